import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { npyHeader } from '../../../../server/src/engine/npy/write-header.ts';
import { compareValues } from '../../../../server/src/engine/tensor-values/compare-values.ts';
import { valueStatistics } from '../../../../server/src/engine/tensor-values/statistics.ts';
import { precisionOfFlags, toleranceFor } from '../../../../server/src/engine/tensor-values/tolerance.ts';
import { openValueFile } from '../../../../server/src/engine/tensor-values/value-file.ts';
import { valueType } from '../../../../server/src/engine/tensor-values/value-types.ts';
import { nodeFileAccess } from '../../../../server/src/node/file-access.ts';

const float = valueType('float') ?? assert.fail();
const int32 = valueType('int32') ?? assert.fail();

/** Values that come in two pieces, as those of a big file do. */
function values(dims: readonly number[], ...numbers: number[]) {
  const all = Float64Array.from(numbers);
  return {
    dims,
    count: all.length,
    type: float,
    *chunks() {
      yield all.subarray(0, 2);
      yield all.subarray(2);
    },
  };
}

describe('statistics of values', () => {
  test('are of the finite ones; the others are counted', () => {
    const { finite, ...counts } = valueStatistics(
      values([6], 1, Number.NaN, 3, Number.NEGATIVE_INFINITY, 0, Number.POSITIVE_INFINITY),
    );
    assert.deepEqual(counts, { count: 6, nan: 1, positiveInfinity: 1, negativeInfinity: 1, zeros: 1 });
    assert.equal(finite?.min, 0);
    assert.equal(finite?.max, 3);
    assert.ok(Math.abs((finite?.mean ?? 0) - 4 / 3) < 1e-12);
    assert.ok(Math.abs((finite?.magnitude ?? 0) - Math.sqrt(10 / 3)) < 1e-12);
    assert.equal(
      finite?.histogram.counts.reduce((sum, count) => sum + count, 0),
      3,
    );
  });

  test('of nothing finite there are none', () => {
    assert.equal(valueStatistics(values([2], Number.NaN, Number.NaN)).finite, undefined);
    assert.equal(valueStatistics(values([0])).finite, undefined);
  });

  test('big numbers close to each other keep their spread', () => {
    const { finite } = valueStatistics(values([3], 1e9 + 1, 1e9 + 2, 1e9 + 3));
    assert.ok(Math.abs((finite?.standardDeviation ?? 0) - Math.sqrt(2 / 3)) < 1e-6);
  });

  test('few different integers have a bar each', () => {
    const { finite } = valueStatistics({ ...values([5], 2, 4, 4, 2, 2), type: int32 });
    assert.deepEqual(finite?.histogram, { start: 2, width: 1, counts: [3, 0, 2] });
  });

  test('the widest range of doubles does not overflow', () => {
    const { finite } = valueStatistics(values([3], -1.7e308, 1.7e308, 0));
    assert.equal(finite?.histogram.counts.at(0), 1);
    assert.equal(finite?.histogram.counts.at(-1), 1);
    assert.equal(finite?.mean, 0);
    assert.ok(Math.abs((finite?.magnitude ?? 0) / 1.7e308 - Math.sqrt(2 / 3)) < 1e-12);
  });
});

describe('values against a reference', () => {
  const within = { relative: 0.01, absolute: 0.001 };

  test('agree within the tolerance, NaN with NaN, an infinity with itself', () => {
    const one = values([2, 2], 1, Number.NaN, Number.POSITIVE_INFINITY, -2);
    const two = values([2, 2], 1.005, Number.NaN, Number.POSITIVE_INFINITY, -2);
    const { verdict, greatestAbsolute, cosine } = compareValues(one, two, within);
    assert.equal(verdict, 'agrees');
    assert.ok(Math.abs(greatestAbsolute - 0.005) < 1e-12);
    assert.ok((cosine ?? 0) > 0.99999);
  });

  test('the first difference and the worst are told with their places', () => {
    const one = values([2, 3], 1, 2, 3.5, 4, 9, 6);
    const two = values([2, 3], 1, 2, 3, 4, 5, 6);
    const { verdict, differing, first, worst, greatestRelative } = compareValues(one, two, within);
    assert.deepEqual([verdict, differing], ['differs', 2]);
    assert.deepEqual(first, { index: [0, 2], value: 3.5, reference: 3 });
    assert.deepEqual(worst, { index: [1, 1], value: 9, reference: 5 });
    assert.equal(greatestRelative, 0.8);
  });

  test('NaN on one side only differs, and is the worst', () => {
    const { verdict, notFinite, worst, greatestAbsolute } = compareValues(
      values([3], 9, Number.NaN, 3),
      values([3], 1, 2, 3),
      within,
    );
    assert.deepEqual([verdict, notFinite, greatestAbsolute], ['differs', 1, 8]);
    assert.deepEqual(worst?.index, [1]);
  });

  test('of doubles whose squares are beyond all doubles there is no cosine', () => {
    const compared = compareValues(values([2], 1e200, 2), values([2], 1e200, 1), within);
    assert.deepEqual([compared.verdict, 'cosine' in compared], ['differs', false]);
  });

  test('tensors of other shapes are not compared element by element, a scalar and one element are', () => {
    assert.equal(compareValues(values([4], 1, 2, 3, 4), values([2, 2], 1, 2, 3, 4), within).verdict, 'shape');
    assert.equal(compareValues(values([], 1), values([1], 1), within).verdict, 'agrees');
  });
});

describe('tolerances', () => {
  test('follow the coarsest of the stored types and of what the build allows', () => {
    assert.equal(precisionOfFlags(['kTF32', 'kFP16', 'kREFIT']), 'float16');
    assert.deepEqual(toleranceFor(['float', 'float'], 2, 'float32'), { relative: 1e-4, absolute: 2e-4 });
    assert.deepEqual(toleranceFor(['float', 'float'], 2, 'float16'), { relative: 1e-2, absolute: 2e-2 });
    assert.deepEqual(toleranceFor(['bfloat16', 'float'], 1, 'tf32'), { relative: 5e-2, absolute: 5e-2 });
  });

  test('integers have to be equal, quantized ones may be a step apart', () => {
    assert.deepEqual(toleranceFor(['int64', 'int64'], 100, 'float16'), { relative: 0, absolute: 0 });
    assert.deepEqual(toleranceFor(['int8', 'int8'], 100, 'int8'), { relative: 0, absolute: 1 });
  });

  test('one that is given counts as it is', () => {
    const given = { relative: 0, absolute: 3 };
    assert.equal(toleranceFor(['float'], 100, 'float16', given), given);
  });
});

describe('values in files', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'values-'));
  after(() => rmSync(folder, { recursive: true }));

  function file(name: string, descr: string, elements: BigInt64Array | BigUint64Array) {
    const to = path.join(folder, `${name}.npy`);
    writeFileSync(to, Buffer.concat([npyHeader(descr, [elements.length]), new Uint8Array(elements.buffer)]));
    return openValueFile(to, nodeFileAccess);
  }

  test('integers beyond 2^53 are compared to the last bit', () => {
    const [one, two] = [
      file('one', '<i8', BigInt64Array.of(7n, 2n ** 53n, -(2n ** 63n), 2n ** 62n)),
      file('two', '<i8', BigInt64Array.of(7n, 2n ** 53n + 1n, -(2n ** 63n), 2n ** 62n - 3n)),
    ];
    const exactly = { relative: 0, absolute: 0 };
    const { verdict, differing, greatestAbsolute, first, worst } = compareValues(one, two, exactly);
    assert.deepEqual([verdict, differing, greatestAbsolute], ['differs', 2, 3]);
    assert.deepEqual(first?.exact, ['9007199254740992', '9007199254740993']);
    assert.deepEqual([worst?.index, worst?.exact], [[3], ['4611686018427387904', '4611686018427387901']]);
    assert.equal(compareValues(one, two, { relative: 0, absolute: 2 }).differing, 1);
    assert.equal(compareValues(one, one, exactly).verdict, 'agrees');
  });

  test('of unsigned and signed integers, too', () => {
    const unsigned = file('unsigned', '<u8', BigUint64Array.of(2n ** 64n - 1n, 2n ** 62n + 1n));
    const signed = file('signed', '<i8', BigInt64Array.of(-1n, 2n ** 62n + 1n));
    const { differing, first } = compareValues(unsigned, signed, { relative: 0, absolute: 0 });
    assert.deepEqual([differing, first?.exact], [1, ['18446744073709551615', '-1']]);
  });

  test('across chunks; no file stays open', { skip: process.platform !== 'linux' }, () => {
    const before = readdirSync('/proc/self/fd').length;
    const long = (last: bigint) =>
      BigInt64Array.from({ length: 2 ** 16 + 3 }, (_, at) => (at < 2 ** 16 ? 2n ** 60n : last));
    const [one, two] = [file('long', '<i8', long(2n ** 60n)), file('longer', '<i8', long(2n ** 60n + 1n))];
    const { differing, first } = compareValues(one, two, { relative: 0, absolute: 0 });
    assert.deepEqual([differing, first?.index], [3, [2 ** 16]]);
    assert.equal(readdirSync('/proc/self/fd').length, before);
  });
});
