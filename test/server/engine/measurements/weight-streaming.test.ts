import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import {
  adviseBudget,
  budgetValue,
  bytesOf,
  readSweep,
  type SweepPoint,
  sweepSection,
  type WeightStreamingSweep,
} from '../../../../server/src/engine/measurements/weight-streaming.ts';

/** What `onnx-trt weight-streaming` measured on an H200 with TensorRT 10.6: the net `blocks` of test/gpu/make-models.py. */
const h200: WeightStreamingSweep = JSON.parse(
  readFileSync(new URL('../../../fixtures/engines/blocks-sweep.json', import.meta.url), 'utf8'),
);

function sweepOf(points: readonly SweepPoint[], streamable: number): WeightStreamingSweep {
  return { ...h200, weights: { streamable, automaticBudget: streamable }, points };
}

const point = (percent: number, median: number): SweepPoint => ({
  budget: percent * 10,
  isAutomatic: false,
  latency: { median, p95: median, min: median },
});

describe('a sweep over weight streaming budgets', () => {
  test('of an H200: all weights, as streaming takes memory, too; less of it for who can wait much longer', () => {
    const strict = adviseBudget(h200, 0.1);
    assert.equal(strict.knee?.budget, 268435712);
    assert.match(strict.sentence, /^Keep all weights on the GPU if they fit: with a smaller budget no/);
    const lax = adviseBudget(h200, 3);
    assert.equal(lax.knee?.budget, 268435712);
    assert.match(
      lax.sentence,
      /: the smaller budgets within 300 % of the best latency \(0\.180 ms\) save no memory, as streaming takes/,
    );
    const patient = adviseBudget(h200, 20);
    assert.match(
      patient.sentence,
      /A budget of 30 % \(80\.5 MB\) asks for least memory within 2000 % of the best latency: an inference takes 3\.71 ms, 1959\.7 % slower than the best, 0\.180 ms at 100 %, and the GPU holds 121 MB less than with a budget of 100 %/,
    );
  });

  test('the smallest budget counts, though one in between is slower by chance', () => {
    const { knee, best } = adviseBudget(
      sweepOf([point(0, 3), point(25, 1.05), point(50, 1.4), point(100, 1)], 1000),
    );
    assert.deepEqual([knee?.budget, best?.budget], [250, 1000]);
  });

  test('a smaller budget may be the fastest one', () => {
    const { sentence } = adviseBudget(sweepOf([point(0, 1), point(100, 1.2)], 1000));
    assert.match(sentence, /A budget of 0 % .*no slower than any other budget/);
  });

  test('failed runs are told, and never recommended', () => {
    const failed: SweepPoint = { budget: 1000, isAutomatic: false, failure: 'Out of memory.' };
    const { knee, best } = adviseBudget(sweepOf([point(0, 3), point(50, 1), failed], 1000));
    assert.deepEqual([knee?.budget, best?.budget], [500, 500]);
    assert.match(
      adviseBudget(sweepOf([point(0, 3), point(50, 1), failed], 1000)).sentence,
      /^Keep 50 % of the weights \(500 bytes\) on the GPU: no larger budget could be measured, and/,
    );
    const sweep = sweepOf([failed], 1000);
    const advice = adviseBudget(sweep);
    assert.equal(advice.sentence, 'No budget could be measured.');
    assert.deepEqual(sweepSection(sweep, advice).rows.at(0)?.at(-1), 'Out of memory.');
  });

  test('one measured budget is compared with nothing', () => {
    const { sentence } = adviseBudget(sweepOf([point(100, 1)], 1000));
    assert.equal(
      sentence,
      'Keep all weights on the GPU if they fit: no smaller budget was measured (1.00 ms).',
    );
  });

  test('a budget is written as a config takes it', () => {
    assert.equal(budgetValue(point(50, 1), 1000), '50%');
    assert.equal(budgetValue({ budget: 333, isAutomatic: false }, 1000), '333B');
    assert.equal(budgetValue({ budget: 787040, isAutomatic: false }, 3148160), '25%');
    assert.equal(budgetValue({ budget: 333, isAutomatic: true }, 1000), 'automatic');
  });

  test('memory is weights and the context, of which the scratch memory is a part', () => {
    assert.equal(bytesOf({ budget: 100, isAutomatic: false, scratch: 20, context: 23 }), 123);
    const { rows } = sweepSection(h200, adviseBudget(h200));
    assert.deepEqual(rows.at(-2)?.slice(0, 4), ['90 %', '242 MB', '67.1 MB', '4.20 MB']);
  });

  test('files of it are told from others', () => {
    assert.deepEqual(readSweep(JSON.parse(JSON.stringify(h200))), h200);
    assert.equal(readSweep({ format: 'onnx-tensorrt-tools profile' }), undefined);
    assert.equal(readSweep(null), undefined);
    assert.throws(() => readSweep({ ...h200, formatVersion: 2 }), /later version/);
    const { device: _, ...nowhere } = h200;
    for (const damaged of [
      { ...h200, points: 3 },
      { ...h200, points: [{}] },
      { ...h200, points: [null] },
      { ...h200, points: [{ ...h200.points[0], latency: {} }] },
      { ...h200, weights: { streamable: 0 } },
      nowhere,
    ]) {
      assert.throws(() => readSweep(damaged), /damaged/);
    }
  });
});
