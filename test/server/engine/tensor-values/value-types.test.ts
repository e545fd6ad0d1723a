import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  unpacked,
  valueType,
  valueTypeOfBits,
  valueTypeOfTensorRT,
} from '../../../../server/src/engine/tensor-values/value-types.ts';

function decoded(name: string, ...bytes: number[]): number[] {
  return [...(valueType(name) ?? assert.fail(name)).decode(Uint8Array.from(bytes))];
}

describe('values of tensors by type', () => {
  test('float16: ordinary, subnormal, infinite, NaN', () => {
    assert.deepEqual(decoded('float16', 0x00, 0x3c, 0x01, 0x00, 0x00, 0xfc, 0xff, 0x7b), [
      1,
      2 ** -24,
      Number.NEGATIVE_INFINITY,
      65504,
    ]);
    assert.ok(Number.isNaN(decoded('float16', 0x01, 0x7c)[0]));
  });

  test('bfloat16 is the upper half of a float32', () => {
    assert.deepEqual(decoded('bfloat16', 0x80, 0x3f, 0x49, 0xc0), [1, -3.140625]);
  });

  test('8-bit floats: greatest values, NaN, the zero that is none', () => {
    assert.deepEqual(decoded('float8e4m3fn', 0x7e, 0xfe, 0x38, 0x01), [448, -448, 1, 2 ** -9]);
    assert.ok(Number.isNaN(decoded('float8e4m3fn', 0x7f)[0]));
    assert.deepEqual(decoded('float8e5m2', 0x7b, 0x7c, 0x3c), [57344, Number.POSITIVE_INFINITY, 1]);
    assert.deepEqual(decoded('float8e4m3fnuz', 0x7f, 0x40), [240, 1]);
    assert.ok(Number.isNaN(decoded('float8e4m3fnuz', 0x80)[0]));
    assert.deepEqual(decoded('float8e8m0', 127, 130), [1, 8]);
  });

  test('4-bit types lie two to a byte in TensorRT, the first one low', () => {
    const int4 = valueTypeOfTensorRT('kINT4') ?? assert.fail();
    assert.deepEqual([...int4.decode(unpacked(int4, Uint8Array.of(0x8f, 0x07), 3))], [-1, -8, 7]);
    const fp4 = valueTypeOfTensorRT('kFP4') ?? assert.fail();
    assert.deepEqual([...fp4.decode(unpacked(fp4, Uint8Array.of(0x7f), 2))], [-6, 6]);
  });

  test('integers and booleans', () => {
    assert.deepEqual(decoded('int64', 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), [-1]);
    assert.deepEqual(decoded('bool', 1, 0), [1, 0]);
    assert.equal(valueTypeOfTensorRT('kINT32')?.name, 'int32');
    assert.equal(valueTypeOfTensorRT('kNOTHING'), undefined);
  });

  test('a number is rounded to the nearest that a type has', () => {
    for (const [name, value, nearest] of [
      ['float8e4m3fn', 1000, 448],
      ['float8e4m3fn', 1.05, 1],
      ['bfloat16', Math.PI, 3.140625],
      ['float16', -0.1, -0.0999755859375],
      ['bool', 3, 1],
      // As NumPy, ml_dtypes and ONNX's Cast have it: of two as near the even one, beyond the greatest.
      ['float16', 1 + 2 ** -11, 1],
      ['float16', 1 + 3 * 2 ** -11, 1 + 2 ** -9],
      ['float16', 65519, 65504],
      ['float16', -65520, Number.NEGATIVE_INFINITY],
      ['float16', Number.NaN, Number.NaN],
      ['bfloat16', Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
      ['bfloat16', 0, 0],
      ['float16', -0, -0],
      ['float8e5m2', Number.POSITIVE_INFINITY, 57344],
      ['float8e4m3fn', Number.NaN, Number.NaN],
      ['float8e4m3fnuz', -0, 0],
      ['float8e8m0', Number.NaN, Number.NaN],
    ] as const) {
      const type = valueType(name) ?? assert.fail(name);
      const bytes = new Uint8Array(type.bytes);
      type.encode(new DataView(bytes.buffer), 0, value);
      assert.deepEqual([...type.decode(bytes)], [nearest], `${value} as ${name}`);
    }
  });

  test('a 4-bit float is one of its 16 codes', () => {
    const type = valueType('float4e2m1') ?? assert.fail();
    const bytes = new Uint8Array(1);
    type.encode(new DataView(bytes.buffer), 0, -1.5);
    assert.deepEqual([...bytes], [0b1011]);
  });

  test("NumPy's names of types", () => {
    assert.equal(valueTypeOfBits('f2')?.name, 'float16');
    assert.equal(valueTypeOfBits('b1')?.name, 'bool');
    assert.equal(valueTypeOfBits('c8'), undefined);
  });
});
