import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { settingWith } from '../../client/src/plugin-setting.ts';

const folder = path.resolve('/projects/models');
const inside = path.join(folder, 'build', 'libinside.so');
const outside = path.resolve('/opt/liboutside.so');

describe('the setting with more plugin libraries', () => {
  test('has those of the folder relative to it, others as they are', () => {
    assert.deepEqual(settingWith([], [inside, outside], folder), ['build/libinside.so', outside]);
    assert.deepEqual(settingWith([], [inside], undefined), [inside]);
  });

  test('keeps what was there, and has nothing twice', () => {
    assert.deepEqual(settingWith(['build/libinside.so'], [inside, outside, outside], folder), [
      'build/libinside.so',
      outside,
    ]);
    assert.deepEqual(settingWith([inside], [inside], folder), [inside]);
  });

  test('takes a folder whose name starts with dots for what it is', () => {
    const library = path.join(folder, '..build', 'a.so');
    assert.deepEqual(settingWith([], [library], folder), ['..build/a.so']);
    assert.deepEqual(settingWith([], [path.resolve(folder, '..', 'a.so')], folder), [
      path.resolve(folder, '..', 'a.so'),
    ]);
  });
});
