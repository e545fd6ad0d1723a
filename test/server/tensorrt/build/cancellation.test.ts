/** Builds of a simulated TensorRT that does not follow a cancellation, on a simulated GPU that a killed process keeps for a while. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { BuildEvent } from '../../../../server/src/tensorrt/build/queue.ts';
import { temporaryFolder, writeFiles } from '../support/folders.ts';
import { type SimulationOptions, simulatedBuilds } from '../support/simulated-builds.ts';

const net = `<ir_version: 8, opset_import: ["" : 17]>
g (float[2,4] x) => (float[2,4] y) { y = Relu (x) }
`;

function simulation(context: TestContext, options: Omit<SimulationOptions, 'userData' | 'onEvent'> = {}) {
  const folder = temporaryFolder(context);
  const events: [engine: string, event: BuildEvent, at: number][] = [];
  const simulated = simulatedBuilds({
    userData: path.join(folder, 'data'),
    onEvent: ({ request }, event) =>
      events.push([path.basename(request.build.get('engine')?.value.path ?? ''), event, performance.now()]),
    ...options,
  });
  context.after(() => simulated.dispose());
  const file = (name: string) => path.join(folder, name);
  const add = (config: string) => {
    writeFiles(folder, { 'net.onnxtxt': net, 'net.trt.yaml': `model: net.onnxtxt\n${config}\n` });
    return simulated.add(file('net.trt.yaml'));
  };
  const until = async (engine: string, kind: BuildEvent['kind']): Promise<number> => {
    for (let time = 0; time < 20_000; time += 5) {
      const found = events.find(([name, event]) => name === engine && event.kind === kind);
      if (found) return found[2];
      await setTimeout(5);
    }
    throw new Error(`${engine} did not come to ${kind}.`);
  };
  const locks = () => (existsSync(file('data/locks')) ? readdirSync(file('data/locks')) : []);
  return { ...simulated, folder, file, add, events, until, locks };
}

const two = 'builds: { a: { engine: hang.engine }, b: { engine: b.engine } }';

describe('a TensorRT that does not stop', () => {
  for (const dyingTakes of [0, 900]) {
    const how = dyingTakes === 0 ? 'ends at once' : 'keeps its GPU for long';
    test(`and, killed, ${how}: the build is over after its grace, the next one has the GPU when it is free`, async (context) => {
      const { queue, add, until, folder, file, locks } = simulation(context, {
        cancelGrace: 200,
        dyingTakes,
      });
      const [first, second] = add(two);
      assert.ok(first && second);
      await until('hang.engine', 'progress');
      assert.equal(locks().length, 1);
      const begin = performance.now();
      queue.cancel(first.id);
      assert.deepEqual(await first.end, { kind: 'cancelled' });
      const time = performance.now() - begin;
      assert.ok(time >= 190 && time < 600, `${time} ms`);
      assert.deepEqual(
        readdirSync(folder).filter((name) => name.includes('engine')),
        [],
      );
      assert.equal((await second.end).kind, 'built');
      if (dyingTakes > 0) {
        const waited = (await until('b.engine', 'progress')) - begin;
        assert.ok(waited >= 200 + dyingTakes - 50, `${waited} ms`);
      }
      assert.ok(existsSync(file('b.engine')));
      assert.deepEqual(locks(), []);
    });
  }

  test('ends at once when it is asked again', async (context) => {
    const { queue, add, until } = simulation(context, { cancelGrace: 10_000, dyingTakes: 900 });
    const [first] = add('engine: hang.engine');
    assert.ok(first);
    await until('hang.engine', 'progress');
    const begin = performance.now();
    queue.cancel(first.id);
    queue.cancel(first.id);
    assert.deepEqual(await first.end, { kind: 'cancelled' });
    const time = performance.now() - begin;
    assert.ok(time < 400, `${time} ms`);
  });

  test('does not keep a build that waits for the GPU from being cancelled', async (context) => {
    const { queue, add, until } = simulation(context, { cancelGrace: 50, dyingTakes: 20_000 });
    const [first, second] = add(two);
    assert.ok(first && second);
    await until('hang.engine', 'progress');
    queue.cancel(first.id);
    await until('b.engine', 'waiting');
    const begin = performance.now();
    queue.cancel(second.id);
    assert.deepEqual(await second.end, { kind: 'cancelled' });
    assert.ok(performance.now() - begin < 1000, `${performance.now() - begin} ms`);
  });
});

describe('a build on a simulated GPU', () => {
  test('sees the GPU that `device` names, alone, and has that one’s lock', async (context) => {
    const { add, until, file, locks } = simulation(context);
    const builds = add(
      'builds: { first: { engine: slow.engine }, other: { engine: slow-other.engine, device: 3 } }',
    );
    await until('slow.engine', 'progress');
    const [lock] = locks();
    await until('slow-other.engine', 'progress');
    const [otherLock] = locks();
    assert.notEqual(lock, otherLock);
    assert.match(otherLock ?? '', /-3-Simulated_GPU\.lock$/);
    for (const { end } of builds) assert.equal((await end).kind, 'built');
    const visible = (name: string) => JSON.parse(readFileSync(file(name), 'utf8').slice(4)).visible;
    const { CUDA_VISIBLE_DEVICES: own } = process.env;
    assert.deepEqual(
      [visible('slow.engine'), visible('slow-other.engine')],
      [own, own?.split(',')[3] ?? '3'],
    );
  });

  test('has its timing cache’s folder made, and notes what was read and written', async (context) => {
    const { add, file } = simulation(context);
    const [build] = add('engine: net.engine\ntimingCacheFile: caches/net.cache');
    assert.equal((await build?.end)?.kind, 'built');
    const { params } = JSON.parse(readFileSync(file('net.engine'), 'utf8').slice(4));
    assert.equal(params.timingCachePath, file('caches/net.cache'));
    assert.ok(existsSync(file('caches')));
    const note = JSON.parse(readFileSync(file('net.engine.json'), 'utf8'));
    assert.deepEqual(note.timingCache, { read: 0, written: 7 });
    assert.equal(note.device.name, 'Simulated GPU');
  });
});
