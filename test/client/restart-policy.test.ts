import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRestartPolicy } from '../../client/src/restart-policy.ts';

describe('a server that has ended', () => {
  test('is started again, but not again and again', () => {
    let time = 0;
    const policy = createRestartPolicy(3, 1000, () => time);
    for (time of [0, 10, 20]) assert.ok(policy.mayRestart());
    time = 30;
    assert.ok(!policy.mayRestart());
    assert.ok(!policy.mayRestart());
  });

  test('is started again when its last ends are long ago', () => {
    let time = 0;
    const policy = createRestartPolicy(2, 1000, () => time);
    for (time of [0, 900, 1100, 1950]) assert.ok(policy.mayRestart(), `at ${time}`);
    time = 1960;
    assert.ok(!policy.mayRestart());
  });

  test('is started again when the user says so, as often as at first', () => {
    const policy = createRestartPolicy(2, 1000, () => 0);
    assert.deepEqual([1, 2, 3].map(policy.mayRestart), [true, true, false]);
    policy.forget();
    assert.deepEqual([1, 2, 3].map(policy.mayRestart), [true, true, false]);
  });
});
