import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { debugFigures } from '../../client/src/debug-figures.ts';
import { sectionPage } from '../../client/src/section-page.ts';

const figures = debugFigures([
  {
    tensor: 'h <b>',
    bars: [
      {
        label: 'TensorRT 10.6.0',
        text: '4 values from 0 to 2',
        histogram: { start: 0, width: 1, counts: [3, 1] },
      },
      {
        label: 'ONNX Runtime 1.30.0',
        text: '4 values from 2 to 4',
        histogram: { start: 2, width: 1, counts: [2, 2] },
      },
    ],
  },
  {
    tensor: 'one',
    bars: [{ label: 'ONNX Runtime 1.30.0', text: '1 value', histogram: { start: 7, width: 0, counts: [5] } }],
  },
]);

describe('histograms of captured values', () => {
  test('both sides are drawn on one scale, and told in words', () => {
    assert.match(figures, /aria-label="h &#60;b&#62;, TensorRT 10\.6\.0: 4 values from 0 to 2"/);
    const lefts = [...figures.matchAll(/<rect(?: class="reference")? x="([\d.]+)"/g)].map(([, left]) =>
      Number(left),
    );
    assert.deepEqual(lefts, [0, 70, 140, 210, 0]);
    assert.equal(figures.match(/class="reference"/g)?.length, 3, 'of the reference, alone or not');
    assert.match(figures, /<title>2\.000 to 3\.000: 2<\/title>/);
    assert.match(figures, /<title>7: 5<\/title>/);
  });

  test('stand in a page behind the tables; without figures there is no heading of theirs', () => {
    const page = sectionPage(
      {
        title: 'Values of net',
        notes: [],
        sections: [
          {
            kind: 'table',
            title: 'Tensors',
            columns: ['Tensor', 'Min', 'Diff'],
            rows: [
              ['h', '-1.5e-7', ''],
              ['y', '12', '0.25'],
            ],
          },
        ],
        figures: [figures],
        buttons: [],
      },
      'N1',
    );
    assert.ok(page.indexOf('<h2>Histograms</h2>') > page.indexOf('</table>'));
    assert.match(page, /<td class="number" data-value="-1\.5e-7">-1\.5e-7<\/td><td class="number"><\/td>/);
    assert.doesNotMatch(page, / style=| on\w+=/);
    assert.equal(debugFigures([]), '');
  });
});
