import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { float32, float64, floatLiteral } from '../../../../../server/src/onnx/text/printer/floats.ts';

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

function ofBits(pattern: number): number {
  bits[0] = pattern;
  return float[0] ?? 0;
}

function* samples(): Generator<number> {
  for (let exponent = 0; exponent < 256; exponent++)
    for (const step of [-2, -1, 0, 1, 2]) yield ofBits(exponent * 2 ** 23 + step);
  for (let subnormal = 1; subnormal < 200; subnormal++) yield ofBits(subnormal);
  let state = 1;
  for (let count = 0; count < 50_000; count++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield ofBits(state);
  }
}

describe('floats', () => {
  test('read back as the same float32, and no decimal of fewer digits does', () => {
    for (const value of samples()) {
      if (!Number.isFinite(value)) continue;
      const text = float32(value);
      assert.ok(Object.is(Math.fround(Number(text)), value), `${value} printed as ${text}`);
      const digits = text
        .replace(/e.*/, '')
        .replace(/[-.]/g, '')
        .replace(/^0+|0+$/g, '').length;
      if (digits < 2) continue;
      const shorter = value.toPrecision(digits - 1);
      assert.notEqual(
        Math.fround(Number(shorter)),
        value,
        `${value} printed as ${text}, and ${shorter} would do`,
      );
    }
  });

  test('are written as people write them', () => {
    const expected = {
      '0': 0,
      '-0': -0,
      '1': 1,
      '-2.5': -2.5,
      '0.1': Math.fround(0.1),
      '16777216': 16777216,
      '1e+16': Math.fround(1e16),
      '3.4028235e+38': Math.fround(3.4028235e38),
      '1e-45': Math.fround(1e-45),
      '0.000001': Math.fround(1e-6),
      '1e-7': Math.fround(1e-7),
      nan: Number.NaN,
      inf: Number.POSITIVE_INFINITY,
      '-inf': Number.NEGATIVE_INFINITY,
    };
    for (const [text, value] of Object.entries(expected)) assert.equal(float32(value), text);
    assert.equal(float64(0.1), '0.1');
    assert.equal(float64(1 / 3), '0.3333333333333333');
    assert.equal(float64(1e22), '1e+22');
    assert.equal(float64(-0), '-0');
  });

  test('are no int literals where the literal decides the type', () => {
    assert.equal(floatLiteral(3), '3.0');
    assert.equal(floatLiteral(-0), '-0.0');
    assert.equal(floatLiteral(1e16), '1e+16');
    assert.equal(floatLiteral(Number.NaN), 'nan');
  });
});
