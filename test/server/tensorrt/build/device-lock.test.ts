/** One build at a time on a GPU: within a process, between processes, and after one died. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  deviceKey,
  visibleDevice,
  type Workers,
  withDeviceLock,
} from '../../../../server/src/tensorrt/build/device-lock.ts';
import { temporaryFolder } from '../support/folders.ts';

const program = (name: string) => fileURLToPath(new URL(`processes/${name}.mts`, import.meta.url));

const none: Workers = { processId: undefined, endingProcessIds: [] };

function options(
  folder: string,
  holder: string,
  { signal = new AbortController().signal, workers = none }: { signal?: AbortSignal; workers?: Workers } = {},
) {
  const waits: string[] = [];
  const onWait = (sentence: string) => waits.push(sentence);
  return { waits, given: { folder, holder, workers, signal, onWait } };
}

/** Another process that has the lock until it is ended; `said` is what it printed. */
async function otherHolder(folder: string, ...args: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', program('hold-device-lock'), folder, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await once(child.stdout, 'data');
  return Object.assign(child, { said: String(said).trim() });
}

/** A process that does nothing for a minute. */
function idleProcess(context: TestContext) {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'], { stdio: 'ignore' });
  context.after(() => child.kill('SIGKILL'));
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

  test('is had by one of several processes at a time', async (context) => {
    const folder = temporaryFolder(context);
    const notes = path.join(folder, 'notes');
    const children = Array.from({ length: 3 }, () =>
      spawn(
        process.execPath,
        ['--import', 'tsx', program('compete-for-device'), path.join(folder, 'locks'), notes, '6'],
        { stdio: 'inherit' },
      ),
    );
    const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0]));
    assert.deepEqual(codes, [0, 0, 0]);
    const lines = readFileSync(notes, 'utf8').trim().split('\n');
    assert.equal(lines.length, 36);
    for (let index = 0; index < lines.length; index += 2) {
      assert.equal(lines[index]?.replace('begins', 'ends'), lines[index + 1]);
    }
    assert.equal(new Set(lines).size, 6, 'each process had it');
    assert.deepEqual(readdirSync(path.join(folder, 'locks')), []);
  });

  test('of a killed process is had by its TensorRT until that is gone, too', async (context) => {
    const folder = temporaryFolder(context);
    const other = await otherHolder(folder, 'worker');
    const worker = Number(other.said);
    other.kill('SIGKILL');
    await once(other, 'exit');
    const { waits, given } = options(folder, 'ours');
    let isOurs = false;
    const waiting = withDeviceLock('gpu', given, async () => {
      isOurs = true;
    });
    while (waits.length === 0) await setTimeout(10);
    await setTimeout(500);
    assert.equal(isOurs, false);
    process.kill(worker, 'SIGKILL');
    await waiting;
    assert.deepEqual(readdirSync(folder), []);
  });

  test('stays with a TensorRT that was told to end, while whoever built goes on', async (context) => {
    const folder = temporaryFolder(context);
    const worker = idleProcess(context);
    const id = worker.pid ?? 0;
    const begin = performance.now();
    await withDeviceLock(
      'gpu',
      options(folder, 'first', { workers: { processId: id, endingProcessIds: [id] } }).given,
      async () => undefined,
    );
    assert.ok(performance.now() - begin < 200, 'nobody waits for it');
    const { waits, given } = options(folder, 'second');
    const second = withDeviceLock('gpu', given, async () => worker.signalCode);
    while (waits.length === 0) await setTimeout(10);
    assert.equal(waits[0], `Waiting for the GPU: first has ended and is about to leave it (process ${id}).`);
    worker.kill('SIGKILL');
    assert.equal(await second, 'SIGKILL');
    assert.deepEqual(readdirSync(folder), []);
  });

  test('is given back while TensorRT waits for the next build', async (context) => {
    const folder = temporaryFolder(context);
    const workers = { processId: idleProcess(context).pid, endingProcessIds: [] };
    await withDeviceLock('gpu', options(folder, 'a', { workers }).given, async () => undefined);
    assert.deepEqual(readdirSync(folder), []);
  });

  test('is not had by the name that is left of a process that nobody asked for its end', {
    skip: process.platform !== 'linux',
  }, async (context) => {
    const folder = temporaryFolder(context);
    // The shell becomes a program that never asks.
    const parent = spawn('sh', ['-c', 'sleep 0.05 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    context.after(() => parent.kill('SIGKILL'));
    const [printed] = await once(parent.stdout, 'data');
    const id = Number(String(printed));
    while (!/\) Z /.test(readFileSync(`/proc/${id}/stat`, 'utf8'))) await setTimeout(10);
    const left = { process: id, holder: 'gone', since: new Date().toISOString() };
    writeFileSync(path.join(folder, 'gpu.lock'), JSON.stringify(left));
    const { waits, given } = options(folder, 'ours');
    assert.equal(await withDeviceLock('gpu', given, async () => 'ours'), 'ours');
    assert.deepEqual(waits, []);
  });

  test('waiting can be given up', async (context) => {
    const folder = temporaryFolder(context);
    const other = await otherHolder(folder);
    try {
      const controller = new AbortController();
      const { waits, given } = options(folder, 'ours', { signal: controller.signal });
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
    const fresh = withDeviceLock(
      'gpu',
      options(folder, 'a', { signal: controller.signal }).given,
      async () => 'a',
    );
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
