import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dataTypeOfName } from '../../../../server/src/onnx/model/data-types.ts';
import type { Int64, Tensor, TensorData, TypedDataField } from '../../../../server/src/onnx/model/model.ts';
import { decodeElements, encodeElements } from '../../../../server/src/onnx/model/tensor-values.ts';

function tensor(type: string, dims: readonly Int64[], data: TensorData): Tensor {
  return { name: '', dataType: dataTypeOfName(type)?.number ?? 0, dims, data, metadata: [] };
}

function decodeRaw(type: string, dims: readonly Int64[], ...bytes: readonly number[]) {
  const content = Uint8Array.from(bytes);
  return decodeElements(tensor(type, dims, { kind: 'raw', bytes: content }), content);
}

function decodeTyped(
  type: string,
  dims: readonly Int64[],
  field: TypedDataField,
  ...bytes: readonly number[]
) {
  const content = Uint8Array.from(bytes);
  return decodeElements(tensor(type, dims, { kind: 'typed', field, bytes: content }), content);
}

describe('elements of raw data, as ONNX text lists them', () => {
  test('floats are numbers, smaller floats bit patterns', () => {
    assert.deepEqual(decodeRaw('float', [2], 0, 0, 128, 63, 0, 0, 0, 128), [1, -0]);
    assert.deepEqual(decodeRaw('double', [1], 0, 0, 0, 0, 0, 0, 240, 191), [-1]);
    assert.deepEqual(decodeRaw('float16', [1], 0, 60), [15360]);
    assert.deepEqual(decodeRaw('bfloat16', [1], 128, 191), [49024]);
    assert.deepEqual(decodeRaw('float8e4m3fn', [2], 1, 255), [1, 255]);
  });

  test('integers of all widths', () => {
    assert.deepEqual(decodeRaw('int8', [2], 255, 127), [-1, 127]);
    assert.deepEqual(decodeRaw('uint8', [1], 255), [255]);
    assert.deepEqual(decodeRaw('int16', [1], 0, 128), [-32768]);
    assert.deepEqual(decodeRaw('uint32', [1], 255, 255, 255, 255), [4294967295]);
    assert.deepEqual(decodeRaw('int64', [1], 255, 255, 255, 255, 255, 255, 255, 255), [-1]);
    assert.deepEqual(decodeRaw('uint64', [1], 255, 255, 255, 255, 255, 255, 255, 255), [2n ** 64n - 1n]);
    assert.deepEqual(decodeRaw('bool', [2], 0, 1), [0, 1]);
  });

  test('several to a byte, the first in the lowest bits', () => {
    assert.deepEqual(decodeRaw('uint4', [3], 0x21, 0x0f), [1, 2, 15]);
    assert.deepEqual(decodeRaw('int4', [4], 0x8f, 0x70), [-1, -8, 0, 7]);
    assert.deepEqual(decodeRaw('int2', [3], 0b00_01_10_11), [-1, -2, 1]);
    assert.deepEqual(decodeRaw('uint2', [4], 0b11_10_01_00), [0, 1, 2, 3]);
    assert.deepEqual(decodeRaw('float4e2m1', [2], 0x9a), [10, 9]);
    // As onnx.numpy_helper packs them.
    assert.deepEqual(decodeRaw('float6e2m3', [5], 0x81, 0x30, 0x10, 5), [1, 2, 3, 4, 5]);
  });

  test('complex numbers in two parts', () => {
    assert.deepEqual(decodeRaw('complex64', [1], 0, 0, 128, 63, 0, 0, 0, 64), [1, 2]);
  });

  test('bytes that do not fit the type', () => {
    assert.equal(decodeRaw('float', [1], 0, 0, 128), undefined);
    assert.equal(decodeRaw('complex64', [1], 0, 0, 128, 63), undefined);
    assert.equal(decodeRaw('int4', [5], 0x21), undefined, 'too few');
    assert.equal(decodeRaw('int4', [1], 0x21), undefined, 'padding that is not zero');
    assert.equal(decodeRaw('int4', [-1], 0x21), undefined);
    assert.equal(decodeRaw('float6e2m3', [1], 0x41), undefined, 'padding that is not zero');
    assert.equal(decodeRaw('string', [1], 65), undefined);
  });
});

describe('elements of typed fields', () => {
  test('varints', () => {
    assert.deepEqual(decodeTyped('int64', [2], 'int64_data', 0xac, 2, 1), [300, 1]);
    const minusOne = [255, 255, 255, 255, 255, 255, 255, 255, 255, 1];
    assert.deepEqual(decodeTyped('int64', [1], 'int64_data', ...minusOne), [-1]);
    assert.deepEqual(decodeTyped('int8', [1], 'int32_data', ...minusOne), [-1]);
    assert.deepEqual(decodeTyped('uint64', [1], 'uint64_data', ...minusOne), [2n ** 64n - 1n]);
    assert.deepEqual(
      decodeTyped('int32', [1], 'int32_data', 255, 255, 255, 255, 15),
      [-1],
      'five bytes do as well',
    );
    assert.deepEqual(decodeTyped('float16', [1], 'int32_data', 0x80, 0x78), [15360]);
  });

  test('packed elements, a byte in each varint', () => {
    assert.deepEqual(decodeTyped('int4', [3], 'int32_data', 0x21, 0x07), [1, 2, 7]);
    assert.deepEqual(decodeTyped('uint4', [2], 'int32_data', 0x80 | 0x21, 1), [1, 10]);
    assert.equal(decodeTyped('uint4', [3], 'int32_data', 1, 2, 3), undefined, 'as onnx.parser stores them');
  });

  test('a field of another type, and varints that are cut off', () => {
    assert.equal(decodeTyped('int64', [1], 'int32_data', 1), undefined);
    assert.equal(decodeTyped('int64', [1], 'int64_data', 0x80), undefined);
    assert.equal(decodeTyped('int64', [1], 'int64_data', ...new Array<number>(11).fill(0x80)), undefined);
  });

  test('strings', () => {
    const data: TensorData = { kind: 'strings', values: [Buffer.from('é'), Uint8Array.of(255)] };
    assert.deepEqual(decodeElements(tensor('string', [2], data), new Uint8Array()), ['é', '\udcff']);
  });
});

describe('encoding', () => {
  const cases: readonly (readonly [type: string, elements: readonly Int64[]])[] = [
    ['float', [1.5, -0, Number.POSITIVE_INFINITY, Math.fround(1e-45)]],
    ['double', [0.1, -0]],
    ['complex64', [1, 2, 3, 4]],
    ['complex128', [1, 2]],
    ['float16', [0, 65535]],
    ['float8e8m0', [127]],
    ['float4e2m1', [15, 0, 7, 1]],
    ['int8', [-128, 127]],
    ['uint16', [65535]],
    ['int32', [-(2 ** 31), 2 ** 31 - 1]],
    ['uint32', [2 ** 32 - 1]],
    ['int64', [-(2n ** 63n), -1, 2 ** 53 - 1]],
    ['uint64', [2n ** 64n - 1n, 0]],
    ['int4', [-8, 7, 1, 0]],
    ['uint2', [3, 2, 1, 0]],
    ['float6e2m3', [1, 2, 63, 32, 7]],
    ['float6e3m2', [63]],
    ['bool', [1, 0]],
  ];
  for (const [type, elements] of cases) {
    test(`${type}: raw and typed come back`, () => {
      const count = type.startsWith('complex') ? elements.length / 2 : elements.length;
      const field = dataTypeOfName(type)?.field;
      assert.ok(field && field !== 'string_data');
      const shape = tensor(type, [count], { kind: 'none' });
      const raw = encodeElements(shape, 'raw_data', elements);
      assert.deepEqual(decodeRaw(type, [count], ...raw), elements);
      const typed = encodeElements(shape, field, elements);
      assert.deepEqual(decodeTyped(type, [count], field, ...typed), elements);
    });
  }

  test('what does not fit is refused by name', () => {
    const encode =
      (type: string, ...elements: readonly Int64[]) =>
      () =>
        encodeElements(tensor(type, [1], { kind: 'none' }), 'raw_data', elements);
    assert.throws(
      encode('uint8', 1, 256),
      /^RangeError: Element 1, 256, is no value of uint8 \(integers from 0 to 255\)\.$/,
    );
    assert.throws(encode('int4', -9), /int4 \(integers from -8 to 7\)/);
    assert.throws(encode('int64', 1.5), RangeError);
    assert.throws(encode('int64', 2n ** 63n), RangeError);
    assert.throws(encode('complex64', 1), /imaginary part/);
    assert.throws(
      () => encodeElements(tensor('float16', [1], { kind: 'none' }), 'int32_data', [2 ** 31]),
      /int32_data/,
    );
  });
});
