import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { convertWeights } from '../../../../server/src/engine/refit/weight-types.ts';
import { onnxTypeOf } from '../../../../server/src/engine/tensorrt-data-types.ts';
import { dataTypeOfName } from '../../../../server/src/onnx/model/data-types.ts';

function convert(bytes: ArrayBufferView, from: string, to: string) {
  const [source, target] = [dataTypeOfName(from), onnxTypeOf(to)];
  assert.ok(source && target);
  const raw = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return convertWeights(raw, source.number, target);
}

function converted(bytes: ArrayBufferView, from: string, to: string): ArrayBuffer {
  const result = convert(bytes, from, to);
  assert.ok(result.kind === 'converted', result.kind === 'refused' ? result.reason : '');
  return result.bytes.slice().buffer;
}

const floats = [
  0,
  -0,
  1,
  -1.5,
  65504,
  2 ** -14,
  2 ** -24,
  3 * 2 ** -20,
  Number.POSITIVE_INFINITY,
  0.333251953125,
];

describe('weights of another type than the engine’s', () => {
  test('of the same type, the very bytes', () => {
    const bytes = new Uint8Array([1, 2, 3, 4]);
    const result = convert(bytes, 'float', 'kFLOAT');
    assert.ok(result.kind === 'converted');
    assert.equal(result.bytes.buffer, bytes.buffer);
  });

  test('half precision to single and back, to the last bit', () => {
    const halves = converted(new Float32Array(floats), 'float', 'kHALF');
    assert.deepEqual(
      [...new Uint16Array(halves)].slice(0, 7),
      [0, 0x8000, 0x3c00, 0xbe00, 0x7bff, 0x0400, 1],
    );
    assert.deepEqual([...new Float32Array(converted(new Uint8Array(halves), 'float16', 'kFLOAT'))], floats);
    // All there are: whatever a half holds comes back from a float.
    const all = Uint16Array.from({ length: 0x7c01 }, (_, index) => index);
    const back = converted(new Uint8Array(converted(all, 'float16', 'kFLOAT')), 'float', 'kHALF');
    assert.deepEqual(new Uint16Array(back), all);
  });

  test('bfloat16 and double', () => {
    const values = [1, -2, 0.5, 2 ** 100];
    assert.deepEqual([...new Float32Array(converted(new Float64Array(values), 'double', 'kFLOAT'))], values);
    const brains = converted(new Float32Array(values), 'float', 'kBF16');
    assert.deepEqual([...new Float32Array(converted(new Uint8Array(brains), 'bfloat16', 'kFLOAT'))], values);
  });

  test('integers where they fit', () => {
    const big = new BigInt64Array([1n, -5n, 2n ** 31n - 1n]);
    assert.deepEqual([...new Int32Array(converted(big, 'int64', 'kINT32'))], [1, -5, 2 ** 31 - 1]);
    assert.deepEqual([...new BigInt64Array(converted(new Int8Array([-7]), 'int8', 'kINT64'))], [-7n]);
  });

  test('what would change is refused, with the value', () => {
    const refusals: [ArrayBufferView, string, string, RegExp][] = [
      [new Float32Array([1, 0.1]), 'float', 'kHALF', /element 1, 0\.1\d*, is no float16/],
      [new Float32Array([65536]), 'float', 'kHALF', /element 0, 65536, is no float16/],
      [new Float64Array([0.1]), 'double', 'kFLOAT', /element 0, 0\.1, is no float/],
      [new BigInt64Array([2n ** 31n]), 'int64', 'kINT32', /element 0, 2147483648, is no int32/],
      [new BigInt64Array([2n ** 62n + 1n]), 'int64', 'kFLOAT', /4611686018427387905, is no float/],
      [new Float32Array([-0]), 'float', 'kINT32', /−0, is no int32/],
      [new Float32Array([1.5]), 'float', 'kINT64', /1\.5, is no int64/],
      [new Uint8Array([1]), 'bool', 'kFLOAT', /bool cannot become float without a change/],
      [new Uint8Array([1]), 'float8e4m3fn', 'kHALF', /float8e4m3fn cannot become float16/],
    ];
    for (const [bytes, from, to, words] of refusals) {
      const result = convert(bytes, from, to);
      assert.ok(result.kind === 'refused', `${from} to ${to}`);
      assert.match(result.reason, words);
    }
  });
});
