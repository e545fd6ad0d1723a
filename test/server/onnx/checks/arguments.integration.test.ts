/** What the shape inference of the onnx package refuses of single operators: found here, too, on the token that is to blame. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseOnnxText } from '../../../../server/src/onnx/text/parse.ts';
import { python, temporaryFolder } from '../text/models.ts';
import { findEverything } from './support.ts';

interface Case {
  readonly text: string;
  /** What the mark `¦…¦` encloses: where the first error is. */
  readonly token: string;
}

/** Lines `OPSET|MORE IMPORTS|GRAPH`, the token to blame between two `¦`. */
function cases(): readonly Case[] {
  const file = fileURLToPath(new URL('refused-arguments.txt', import.meta.url));
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [opset = '', imports = '', graph = ''] = line.split('|');
      const token = /¦(.*?)¦/.exec(graph)?.[1] ?? '';
      return {
        text: `<ir_version: 10, opset_import: ["" : ${opset}${imports}]> g ${graph.replaceAll('¦', '')}`,
        token,
      };
    });
}

describe('arguments that onnx.checker refuses', () => {
  const folder = temporaryFolder();
  const given = cases();

  test('are refused by it', () => {
    const file = path.join(folder, 'texts.json');
    writeFileSync(file, JSON.stringify(given.map(({ text }) => text)));
    const script = fileURLToPath(new URL('onnx-verdicts.py', import.meta.url));
    const verdicts = JSON.parse(python(script, file)) as (string | null)[];
    assert.equal(verdicts.length, given.length);
    const accepted = given.filter((_, index) => verdicts[index] === null).map(({ text }) => text);
    assert.deepEqual(accepted, []);
  });

  for (const { text, token } of given) {
    test(text.slice(text.indexOf(' g ') + 3), () => {
      const { findings, otherErrors } = findEverything(text);
      assert.deepEqual(otherErrors, []);
      const [first, ...others] = findings.filter(({ severity }) => severity === 'error');
      assert.ok(first, 'There is no error.');
      const { starts } = parseOnnxText(text);
      const start = starts[first.segment] ?? 0;
      assert.equal(text.slice(start + first.span.start, start + first.span.end), token, first.message);
      assert.deepEqual(
        others.map(({ message }) => message),
        [],
      );
    });
  }
});
