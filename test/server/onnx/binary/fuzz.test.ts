import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ModelReadError, readModel } from '../../../../server/src/onnx/binary/reader.ts';
import { encodeModel } from '../../../../server/src/onnx/binary/writer.ts';
import { isFileRange } from '../../../../server/src/onnx/model/bytes.ts';
import { delimited, float, join, memorySource, modelWithGraph, number } from './support/wire.ts';

/** Numbers from 0 to below `limit`, the same in every run (xorshift32). */
function randomNumbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

const tensor = join(number(1, 2), number(2, 1), float(4, 1), float(4, 2), delimited(8, 'w'));
const type = delimited(2, delimited(1, number(1, 1), delimited(2, delimited(1, delimited(2, 'N')))));
const subgraph = join(delimited(1, delimited(4, 'Neg')), delimited(2, 'body'), delimited(5, tensor));
/** A bit of everything. */
const seedModel = join(
  modelWithGraph(
    delimited(
      1,
      delimited(1, 'x'),
      delimited(2, 'y'),
      delimited(4, 'If'),
      delimited(5, delimited(1, 'then_branch'), delimited(6, subgraph), number(20, 5)),
      delimited(5, delimited(1, 'k'), number(8, 3), number(8, 3), number(20, 7)),
      delimited(
        5,
        delimited(1, 's'),
        delimited(22, delimited(1, tensor), delimited(2, tensor)),
        number(20, 11),
      ),
    ),
    delimited(2, 'g'),
    delimited(5, tensor),
    delimited(5, number(1, 500), number(2, 1), delimited(9, new Uint8Array(2000))),
    delimited(11, delimited(1, 'x'), type),
    delimited(12, delimited(1, 'y'), delimited(2, delimited(5, number(1, 8), type))),
    delimited(14, delimited(1, 'x')),
  ),
  delimited(14, delimited(1, 'key'), delimited(2, 'value')),
  delimited(25, delimited(1, 'f'), delimited(7, delimited(4, 'Neg')), delimited(10, 'local')),
);

describe('models with damaged bytes', () => {
  for (const seed of [1, 2, 3, 4]) {
    test(`end in a model that can be written, or in a ModelReadError (seed ${seed})`, () => {
      const random = randomNumbers(seed * 7919);
      let read = 0;
      const start = performance.now();
      for (let round = 0; round < 5000; round++) {
        const bytes = Buffer.from(seedModel);
        for (let change = 0; change <= random(4); change++) {
          const at = random(bytes.length);
          if (random(3) === 0) bytes.copyWithin(at, random(bytes.length), random(bytes.length));
          else bytes[at] = random(2) === 0 ? random(256) : (bytes[at] ?? 0) ^ (1 << random(8));
        }
        const damaged = bytes.subarray(0, random(8) === 0 ? random(bytes.length) : bytes.length);
        try {
          const model = readModel(memorySource(damaged));
          for (const chunk of encodeModel(model)) {
            assert.ok(!isFileRange(chunk) || chunk.offset + chunk.length <= damaged.length);
          }
          read++;
        } catch (error) {
          assert.ok(error instanceof ModelReadError, `round ${round}: ${error}`);
          assert.ok(error.offset >= 0 && error.offset <= damaged.length);
        }
      }
      assert.ok(performance.now() - start < 20_000, 'It takes too long.');
      // Both ends must be reached, or nothing is tested.
      assert.ok(read > 250 && read < 4750, `${read} of 5000 could be read`);
    });
  }
});
