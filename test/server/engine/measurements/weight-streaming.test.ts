import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import {
  adviseBudget,
  budgetValue,
  bytesOf,
  readSweep,
  type SweepPoint,
  sweepFormat,
  sweepSection,
  type WeightStreamingSweep,
} from '../../../../server/src/engine/measurements/weight-streaming.ts';

/** The sweep that an H200 was seen to make: medians of the compute times, in the record of the bridge's program. */
const recorded: {
  readonly streamable: number;
  readonly automaticBudget: number;
  readonly sweep: Readonly<Record<string, { budget: number; computeMs: number; device: number }>>;
} = JSON.parse(
  readFileSync(new URL('../../../gpu/records/tensorrt-10.6-h200-engines.json', import.meta.url), 'utf8'),
)['weight streaming'];

function sweepOf(points: readonly SweepPoint[], streamable = recorded.streamable): WeightStreamingSweep {
  return {
    format: sweepFormat,
    formatVersion: 1,
    engine: '/models/transformer.engine',
    runtime: { product: 'TensorRT', version: '10.6.0' },
    device: { name: 'NVIDIA H200', computeCapability: '9.0' },
    weights: { streamable, automaticBudget: streamable },
    shapes: {},
    points,
  };
}

const h200 = sweepOf(
  Object.values(recorded.sweep)
    .map(({ budget, computeMs, device }) => ({
      budget,
      isAutomatic: budget === recorded.automaticBudget,
      latency: { median: computeMs, p95: computeMs, min: computeMs },
      context: 4720640,
      device,
    }))
    .sort((left, right) => left.budget - right.budget),
);

const point = (percent: number, median: number): SweepPoint => ({
  budget: percent * 10,
  isAutomatic: false,
  latency: { median, p95: median, min: median },
});

describe('a sweep over weight streaming budgets', () => {
  test('of an H200: within 10 % nothing but all weights, within 15 % half of them', () => {
    const strict = adviseBudget(h200, 0.1);
    assert.equal(strict.knee?.budget, 3148160);
    assert.match(strict.sentence, /^Keep all weights on the GPU if they fit/);
    const lax = adviseBudget(h200, 0.15);
    assert.equal(lax.knee?.budget, 1574080);
    assert.match(
      lax.sentence,
      /A budget of 50 % \(1\.57 MB\) is the smallest within 15 % of the best latency: an inference takes 0\.0605 ms, 10\.4 % slower than the best, 0\.0548 ms at 100 %, and the GPU holds 1\.57 MB less/,
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
    const sweep = sweepOf([failed], 1000);
    const advice = adviseBudget(sweep);
    assert.equal(advice.sentence, 'No budget could be measured.');
    assert.deepEqual(sweepSection(sweep, advice).rows.at(0)?.at(-1), 'Out of memory.');
  });

  test('a budget is written as a config takes it', () => {
    assert.equal(budgetValue(point(50, 1), 1000), '50%');
    assert.equal(budgetValue({ budget: 333, isAutomatic: false }, 1000), '333B');
    assert.equal(budgetValue({ budget: 787040, isAutomatic: false }, 3148160), '25%');
    assert.equal(budgetValue({ budget: 333, isAutomatic: true }, 1000), 'automatic');
  });

  test('memory is weights, scratch memory and activations', () => {
    assert.equal(bytesOf({ budget: 100, isAutomatic: false, scratch: 20, context: 3 }), 123);
  });

  test('files of it are told from others', () => {
    assert.deepEqual(readSweep(JSON.parse(JSON.stringify(h200))), h200);
    assert.equal(readSweep({ format: 'onnx-tensorrt-tools profile' }), undefined);
    assert.equal(readSweep(null), undefined);
    assert.throws(() => readSweep({ ...h200, formatVersion: 2 }), /later version/);
    assert.throws(() => readSweep({ ...h200, points: 3 }), /damaged/);
  });
});
