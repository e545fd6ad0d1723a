import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LayeredMap } from '../../../../server/src/onnx/inference/layered-map.ts';

describe('a map whose copies are cheap', () => {
  for (const expected of [0, 100_000]) {
    test(`is as if each copy were a whole one, for ${expected} entries`, () => {
      let state = 11;
      const below = (limit: number) => {
        state = (Math.imul(state, 1103515245) + 12345) >>> 0;
        return Math.floor((state / 2 ** 32) * limit);
      };
      let map = new LayeredMap<number>(expected);
      let model = new Map<string, number>();
      const versions: [LayeredMap<number>, ReadonlyMap<string, number>][] = [];
      for (let version = 0; version < 20; version++) {
        for (let step = 0; step < 200; step++) {
          const key = `/stages.${below(40)}/Relu_${below(40)}_output_0`;
          if (below(4) === 0) {
            map.delete(key);
            model.delete(key);
          } else {
            map.set(key, step);
            model.set(key, step);
          }
        }
        versions.push([map, model]);
        map = map.copy();
        model = new Map(model);
      }
      for (const [copy, whole] of versions) {
        for (let stage = 0; stage < 40; stage++) {
          for (let node = 0; node < 40; node++) {
            const key = `/stages.${stage}/Relu_${node}_output_0`;
            assert.equal(copy.get(key), whole.get(key));
          }
        }
      }
    });
  }
});
