import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { finished, partOf, type Steps, stepwise } from '../../../../server/src/onnx/analysis/steps.ts';

function* counting(to: number, done: number[]): Steps<{ readonly sum: number }, number> {
  let sum = 0;
  for (let at = 1; at <= to; at++) {
    sum += at;
    done.push(at);
    yield sum;
  }
  return { sum };
}

describe('work in steps', () => {
  test('is done as far as somebody wants, tells how far it is, and goes on from there', () => {
    const done: number[] = [];
    const work = stepwise(() => counting(10, done));
    assert.deepEqual([work.ready, work.soFar, done], [undefined, undefined, []]);
    assert.equal(
      work.work(() => done.length >= 3),
      false,
    );
    assert.deepEqual([work.ready, work.soFar, done], [undefined, 6, [1, 2, 3]]);
    assert.deepEqual(work.value, { sum: 55 });
    assert.deepEqual([work.soFar, done.length], [undefined, 10]);
    assert.equal(work.value, work.ready);
    assert.equal(
      work.work(() => true),
      true,
    );
    assert.equal(done.length, 10);
  });

  test('as a part of other work pauses with it, and is done once', () => {
    const done: number[] = [];
    const inner = stepwise(() => counting(4, done));
    const outer = function* () {
      const { sum } = yield* partOf(inner, undefined);
      return { twice: 2 * sum };
    };
    const [first, second] = [stepwise(outer), stepwise(outer)];
    first.work(() => true);
    assert.deepEqual(done, [1]);
    assert.deepEqual([second.value, first.value], [{ twice: 20 }, { twice: 20 }]);
    assert.deepEqual(done, [1, 2, 3, 4]);
  });

  test('that fails says so to everybody who asks', () => {
    const work = stepwise((): Steps<object> => {
      throw new Error('broken');
    });
    for (let time = 0; time < 2; time++) assert.throws(() => work.value, /broken/);
    assert.throws(() => work.work(() => true), /broken/);
  });

  test('gives the same when nobody pauses it', () => {
    assert.deepEqual(finished(counting(10, [])), { sum: 55 });
  });
});
