import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { isSameList, noPlugins, pluginSet } from '../../../server/src/tensorrt/plugin-set.ts';
import { temporaryFolder } from './support/folders.ts';

describe('a list of plugin libraries', () => {
  test('has each once, in their order', (context) => {
    const folder = temporaryFolder(context);
    const [a, b] = [path.join(folder, 'a.so'), path.join(folder, 'b.so')];
    assert.deepEqual(pluginSet([b, a, b]).paths, [b, a]);
    assert.notEqual(pluginSet([b, a]).key, pluginSet([a, b]).key);
    assert.equal(pluginSet([]), noPlugins);
  });

  test('is another one when a file was written anew, is gone or comes', (context) => {
    const file = path.join(temporaryFolder(context), 'a.so');
    const absent = pluginSet([file]);
    writeFileSync(file, 'one');
    const one = pluginSet([file]);
    assert.equal(pluginSet([file]).key, one.key);
    writeFileSync(file, 'another');
    const another = pluginSet([file]);
    rmSync(file);
    const gone = pluginSet([file]);
    assert.equal(new Set([absent, one, another].map(({ key }) => key)).size, 3);
    assert.equal(gone.key, absent.key);
    assert.ok(isSameList(one, another));
    assert.ok(!isSameList(one, noPlugins));
  });
});
