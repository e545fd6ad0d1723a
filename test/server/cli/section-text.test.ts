import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tableText } from '../../../server/src/cli/engine/section-text.ts';
import { style } from '../../../server/src/cli/report/style.ts';

test('columns are in line: long names are cut in their middle, except in the last column', () => {
  const long = 'the_scopes/that_an_exporter/writes_into/the_names/of_all/nodes/MatMul_12';
  const text = tableText(
    ['Name', 'Count', 'Layer'],
    [
      [long, '1', long],
      ['b', '1000', 'c'],
    ],
    style(false),
  );
  const shown = 'the_scopes/that_a…ites_into/the_names/of_all/nodes/MatMul_12';
  assert.deepEqual(text.split('\n'), [
    `  Name${' '.repeat(58)}Count  Layer`,
    `  ${shown.padEnd(60)}  1      ${long}`,
    `  ${'b'.padEnd(60)}  1000   c`,
  ]);
});
