/** What the programs here share on the models of make-models.py. */
import { readFileSync } from 'node:fs';

/** Profiles of their build configs. */
export const profiles = {
  convolutions: '',
  layers: 'profiles:\n  - x: { min: [1, 256], opt: [8, 256], max: [64, 256] }\n',
  transformer: 'profiles:\n  - x: { min: [1, 1, 256], opt: [2, 64, 256], max: [4, 128, 256] }\n',
  blocks: 'profiles:\n  - x: { min: [1, 2048], opt: [16, 2048], max: [64, 2048] }\n',
  wide: 'profiles:\n  - x: { min: [1, 4096], opt: [5000, 4096], max: [5000, 4096] }\n',
};

export function floatsOf(file) {
  const bytes = readFileSync(file);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

/** Largest difference, relative to the largest value. */
export function difference(actual, expected) {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let [largest, most] = [0, 1e-9];
  for (const [index, value] of expected.entries()) {
    largest = Math.max(largest, Math.abs(actual[index] - value));
    most = Math.max(most, Math.abs(value));
  }
  return Number.isNaN(largest) ? Number.POSITIVE_INFINITY : largest / most;
}
