import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  correlationIn,
  layoutsOf,
  placesIn,
  rowMajor,
} from '../../../../server/src/engine/tensor-values/layouts.ts';

describe('formats of TensorRT', () => {
  test('are those that change the order; formats that are alike for the channels are one', () => {
    const names = (dims: number[]) => layoutsOf(dims).map(({ name, vector }) => `${name}: ${vector}`);
    assert.deepEqual(names([2, 16, 4, 4]), [
      'kHWC or kHWC8 or kHWC16 or kCHW16: 16',
      'kCHW2: 2',
      'kCHW4: 4',
      'kCHW32: 32',
    ]);
    assert.deepEqual(names([1, 16, 2, 4, 4]), ['kDHWC or kDHWC8: 16', 'kCDHW32: 32']);
    assert.deepEqual(names([1, 3, 4, 4]), [
      'kHWC: 3',
      'kHWC8: 8',
      'kHWC16 or kCHW16: 16',
      'kCHW2: 2',
      'kCHW4: 4',
      'kCHW32: 32',
    ]);
    // A matrix, one channel, one place: all orders are the same.
    for (const dims of [[8, 256], [2, 1, 4, 4], [2, 16, 1, 1], [], [7]]) assert.deepEqual(names(dims), []);
  });

  test('have each element where NvInferRuntime.h says', () => {
    // 2 batches, 3 channels, 2 × 2 places; row-major: batch, channel, row, column.
    const dims = [2, 3, 2, 2];
    const at = (batch: number, channel: number, place: number) => (batch * 3 + channel) * 4 + place;
    const last = placesIn(dims, { name: 'kHWC', vector: 3 });
    assert.equal(last[at(1, 2, 3)], 1 * 12 + 3 * 3 + 2);
    const padded = placesIn(dims, { name: 'kHWC8', vector: 8 });
    assert.equal(padded[at(1, 2, 3)], 1 * 32 + 3 * 8 + 2);
    const vectors = placesIn(dims, { name: 'kCHW2', vector: 2 });
    // Channel 2 is the first of the second pair.
    assert.equal(vectors[at(1, 2, 3)], 1 * 16 + 1 * 8 + 3 * 2 + 0);
    assert.equal(vectors[at(0, 1, 3)], 3 * 2 + 1);
    // Three dims lie around the channels of five.
    assert.equal(placesIn([1, 2, 2, 2, 2], { name: 'kDHWC8', vector: 2 })[8 + 5], 5 * 2 + 1);
  });

  test('are turned back; padding that took the place of values is told', () => {
    const dims = [1, 4, 2, 3];
    const values = Uint16Array.from({ length: 24 }, (_, index) => index * 7);
    for (const layout of layoutsOf(dims).filter(({ vector }) => 4 % vector === 0)) {
      const places = placesIn(dims, layout);
      const there = new Uint16Array(24);
      for (const [at, place] of places.entries()) there[place] = values[at] ?? 0;
      const back = rowMajor(new Uint8Array(there.buffer), 2, places);
      assert.deepEqual(new Uint16Array(back?.slice().buffer ?? new ArrayBuffer()), values, layout.name);
    }
    assert.equal(rowMajor(new Uint8Array(48), 2, placesIn(dims, { name: 'kHWC8', vector: 8 })), undefined);
  });

  test('are told apart by what goes with the reference, also where all values are nearly the same', () => {
    const dims = [1, 4, 8, 8];
    const reference = Float64Array.from({ length: 256 }, (_, index) => 100 + Math.sin(index * 1.7));
    const layouts = layoutsOf(dims);
    for (const layout of layouts.filter(({ vector }) => 4 % vector === 0)) {
      const places = placesIn(dims, layout);
      const there = new Float64Array(256);
      for (const [at, place] of places.entries()) there[place] = reference[at] ?? 0;
      for (const other of layouts) {
        const correlation = correlationIn(there, reference, placesIn(dims, other));
        assert.equal(correlation > 0.99, other === layout, `${layout.name} as ${other.name}: ${correlation}`);
      }
    }
  });
});
