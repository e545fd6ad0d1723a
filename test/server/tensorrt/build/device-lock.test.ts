/** One build at a time on a GPU: within a process, between processes, and after one died. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  deviceKey,
  visibleDevice,
  withDeviceLock,
} from '../../../../server/src/tensorrt/build/device-lock.ts';
import { temporaryFolder } from '../support/folders.ts';

const holding = fileURLToPath(new URL('hold-device-lock.mts', import.meta.url));

function options(folder: string, holder: string, signal = new AbortController().signal) {
  const waits: string[] = [];
  return { waits, given: { folder, holder, signal, onWait: (sentence: string) => waits.push(sentence) } };
}

/** Another process that has the lock until it is ended. */
async function otherHolder(folder: string) {
  const child = spawn(process.execPath, ['--import', 'tsx', holding, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

describe('the lock of a GPU', () => {
  test('lets one build after the other have it', async (context) => {
    const folder = path.join(temporaryFolder(context), 'locks');
    const order: string[] = [];
    const build = async (name: string) => {
      const { given } = options(folder, name);
      await withDeviceLock('gpu', given, async () => {
        order.push(`${name} begins`);
        await setTimeout(50);
        order.push(`${name} ends`);
      });
    };
    await Promise.all([build('a'), build('b'), build('c')]);
    assert.equal(order.length, 6);
    for (let index = 0; index < 6; index += 2) {
      assert.equal(order[index]?.replace('begins', 'ends'), order[index + 1]);
    }
    assert.deepEqual(readdirSync(folder), []);
  });

  test('is given back where the build throws', async (context) => {
    const folder = temporaryFolder(context);
    const { given } = options(folder, 'a');
    await assert.rejects(
      withDeviceLock('gpu', given, () => Promise.reject(new Error('no'))),
      /no/,
    );
    assert.deepEqual(readdirSync(folder), []);
  });

  test('is of one device: builds on two go on together', async (context) => {
    const folder = temporaryFolder(context);
    const { given } = options(folder, 'a');
    const inner = await withDeviceLock('first', given, () => withDeviceLock('second', given, async () => 7));
    assert.equal(inner, 7);
  });

  test('who waits is told who has it, and gets it when that process ends, however it does', async (context) => {
    const folder = temporaryFolder(context);
    const other = await otherHolder(folder);
    const { waits, given } = options(folder, 'ours');
    const waiting = withDeviceLock('gpu', given, async () => 'ours');
    while (waits.length === 0) await setTimeout(10);
    assert.match(waits[0] ?? '', new RegExp(`theirs\\.trt\\.yaml · fp16 .*process ${other.pid}`));
    other.kill('SIGKILL');
    assert.equal(await waiting, 'ours');
    assert.equal(waits.length, 1, 'told once');
  });

  test('waiting can be given up', async (context) => {
    const folder = temporaryFolder(context);
    const other = await otherHolder(folder);
    try {
      const controller = new AbortController();
      const { waits, given } = options(folder, 'ours', controller.signal);
      const waiting = withDeviceLock('gpu', given, async () => assert.fail('it was not ours'));
      while (waits.length === 0) await setTimeout(10);
      const start = performance.now();
      controller.abort(new Error('given up'));
      await assert.rejects(waiting, /given up/);
      assert.ok(performance.now() - start < 500);
    } finally {
      other.kill('SIGKILL');
    }
  });

  test('a lock of a process that is gone is taken over by one of those who wait, not by two', async (context) => {
    const folder = temporaryFolder(context);
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    const left = { process: child.pid, holder: 'gone', since: new Date().toISOString() };
    writeFileSync(path.join(folder, 'gpu.lock'), JSON.stringify(left));
    let inside = 0;
    const build = async () => {
      await withDeviceLock('gpu', options(folder, 'x').given, async () => {
        assert.equal(++inside, 1);
        await setTimeout(20);
        inside--;
      });
    };
    await Promise.all(Array.from({ length: 8 }, build));
    assert.deepEqual(readdirSync(folder), []);
  });

  test('an id that is another process’s by now does not count', {
    skip: process.platform !== 'linux',
  }, async (context) => {
    const folder = temporaryFolder(context);
    const left = { process: process.ppid, begun: '1', holder: 'gone', since: new Date().toISOString() };
    writeFileSync(path.join(folder, 'gpu.lock'), JSON.stringify(left));
    const { waits, given } = options(folder, 'ours');
    assert.equal(await withDeviceLock('gpu', given, async () => 'ours'), 'ours');
    assert.deepEqual(waits, []);
  });

  test('a lock that nobody finished writing counts for ten seconds', async (context) => {
    const folder = temporaryFolder(context);
    const file = path.join(folder, 'gpu.lock');
    writeFileSync(file, '');
    const controller = new AbortController();
    const fresh = withDeviceLock('gpu', options(folder, 'a', controller.signal).given, async () => 'a');
    await setTimeout(500);
    assert.equal(readFileSync(file, 'utf8'), '', 'left alone');
    const old = new Date(Date.now() - 11_000);
    utimesSync(file, old, old);
    assert.equal(await fresh, 'a');
    assert.equal(existsSync(file), false);
  });

  test('a folder that cannot be made is told of', async (context) => {
    const file = path.join(temporaryFolder(context), 'file');
    writeFileSync(file, '');
    const { given } = options(path.join(file, 'locks'), 'a');
    await assert.rejects(
      withDeviceLock('gpu', given, async () => 'a'),
      /The lock of the GPU, .* cannot be written/,
    );
  });
});

describe('which GPU is meant', () => {
  test('the n-th of those that this process sees', () => {
    assert.equal(visibleDevice(undefined, {}), undefined);
    assert.equal(visibleDevice(0, {}), undefined);
    assert.equal(visibleDevice(1, {}), '1');
    assert.equal(visibleDevice(undefined, { CUDA_VISIBLE_DEVICES: '2, 3' }), '2');
    assert.equal(visibleDevice(1, { CUDA_VISIBLE_DEVICES: '2, 3' }), '3');
    assert.equal(visibleDevice(2, { CUDA_VISIBLE_DEVICES: '2, 3' }), '', 'none, as CUDA says it');
    assert.equal(visibleDevice(0, { CUDA_VISIBLE_DEVICES: 'GPU-8932f937' }), 'GPU-8932f937');
  });

  test('its lock has a name that every file system takes', () => {
    assert.match(deviceKey('NVIDIA H200 (80 GB)', 'MIG-GPU/1:2'), /^[A-Za-z0-9._-]+$/);
    assert.notEqual(deviceKey('NVIDIA H200', '0'), deviceKey('NVIDIA H200', '1'));
  });
});
