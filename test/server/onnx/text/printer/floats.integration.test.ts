import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { float32, float64 } from '../../../../../server/src/onnx/text/printer/floats.ts';

/** Bits and text on each line of the input; prints the lines whose value or digits are not numpy's. */
const oracle = `
import sys
from decimal import Decimal
import numpy as np

def digits(text):
    return Decimal(text).normalize().as_tuple()[:2]

for line in sys.stdin:
    kind, bits, text = line.split()
    integer, real = (np.uint32, np.float32) if kind == "32" else (np.uint64, np.float64)
    value = integer(int(bits)).view(real)
    if real(text).view(integer) != integer(int(bits)) or value != 0 and digits(text) != digits(np.format_float_scientific(value, unique=True)):
        print(line, repr(value))
`;

test('floats have the digits that numpy gives them', () => {
  const lines: string[] = [];
  const view = new DataView(new ArrayBuffer(8));
  const add32 = (bits: number) => {
    view.setUint32(0, bits);
    const value = view.getFloat32(0);
    if (Number.isFinite(value)) lines.push(`32 ${bits >>> 0} ${float32(value)}`);
  };
  const add64 = (bits: bigint) => {
    view.setBigUint64(0, bits);
    const value = view.getFloat64(0);
    if (Number.isFinite(value)) lines.push(`64 ${bits} ${float64(value)}`);
  };
  for (let exponent = 0; exponent < 256; exponent++)
    for (const step of [-2, -1, 0, 1, 2]) add32((exponent * 2 ** 23 + step) >>> 0);
  for (let exponent = 0n; exponent < 2047n; exponent += 5n)
    for (const step of [0n, 1n, 2n]) add64((exponent << 52n) + step);
  let state = 12345;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state;
  };
  for (let count = 0; count < 100_000; count++) add32(random());
  for (let count = 0; count < 20_000; count++) add64((BigInt(random()) << 32n) | BigInt(random()));
  const differing = execFileSync('python3', ['-c', oracle], {
    input: lines.join('\n'),
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  assert.equal(differing, '');
});
