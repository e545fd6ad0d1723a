import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { startBridgeProcess } from '../../../../native-bridge/src/client-transport.ts';
import type { ParseResult } from '../../../../native-bridge/src/protocol.ts';
import {
  BridgeClient,
  type BridgeClientOptions,
} from '../../../../server/src/tensorrt/bridge/bridge-client.ts';
import { BridgeError, newWords } from '../../../../server/src/tensorrt/bridge/bridge-error.ts';

const simulatedBridge = path.resolve('test/server/tensorrt/support/simulated-bridge.mjs');

/** A client of the simulated bridge; `library` says how it behaves at its start. */
function client(context: TestContext, library = 'fine', options: Partial<BridgeClientOptions> = {}) {
  let starts = 0;
  const made = new BridgeClient(
    { infer: library, onnxParser: 'parser' },
    {
      displayName: 'TensorRT 0.0.0',
      launch: () => {
        starts++;
        return startBridgeProcess({
          bridgeScript: simulatedBridge,
          execPath: process.execPath,
          env: process.env,
        });
      },
      ...options,
    },
  );
  context.after(() => made.dispose());
  return {
    client: made,
    starts: () => starts,
    parse: (modelPath: string, job: { signal?: AbortSignal; timeout?: number } = {}): Promise<ParseResult> =>
      made.parse(
        {
          modelPath,
          zeroInitializers: [],
          parserFlags: [],
          stronglyTyped: true,
          pluginLibraries: [],
          walkNetwork: false,
        },
        job,
      ),
  };
}

const bridgeError = (kind: string, words: RegExp) => (error: unknown) => {
  assert.ok(error instanceof BridgeError, String(error));
  assert.equal(error.kind, kind);
  assert.match(error.message, words);
  return true;
};

describe('a bridge', () => {
  test('starts with its first use, and once', async (context) => {
    const { client: bridge, parse, starts } = client(context);
    assert.equal(starts(), 0);
    const results = await Promise.all([parse('a'), parse('b'), bridge.initialize()]);
    assert.equal(starts(), 1);
    assert.deepEqual(
      results.slice(0, 2).map((result) => ('log' in result ? result.log[0]?.message : '')),
      ['1 a', '2 b'],
    );
  });

  test('that crashes at work fails that job with its last words, and the next job starts a new one', async (context) => {
    const { parse, starts } = client(context);
    const jobs = [parse('first'), parse('crash.onnx'), parse('next')];
    await assert.rejects(
      jobs[1] ?? Promise.resolve(),
      bridgeError(
        'died',
        /TensorRT 0\.0\.0 ended unexpectedly \(signal SIGABRT\) during “crash\.onnx”\. Its last words: terminate called/,
      ),
    );
    assert.equal((await jobs[2])?.log[0]?.message, '1 next');
    assert.equal(starts(), 2);
  });

  test('that is retired ends when its jobs are over, and serves who still asks', async (context) => {
    const { client: bridge, parse, starts } = client(context);
    const jobs = [parse('slow'), parse('b')];
    bridge.retire();
    await Promise.all(jobs);
    assert.equal(starts(), 1);
    for (let tries = 0; bridge.running && tries < 100; tries++) await delay(10);
    assert.equal(bridge.running, false);
    await parse('c');
    assert.equal(starts(), 2);
    for (let tries = 0; bridge.running && tries < 100; tries++) await delay(10);
    assert.equal(bridge.running, false);
  });

  test('that is killed from outside between two jobs is replaced', async (context) => {
    const { client: bridge, parse, starts } = client(context);
    await parse('a');
    process.kill(bridge.processId ?? 0, 'SIGKILL');
    while (bridge.running) await delay(5);
    await parse('b');
    assert.equal(starts(), 2);
  });

  test('that is killed from outside at work fails that job', async (context) => {
    const { client: bridge, parse } = client(context);
    await parse('a');
    const job = parse('hang');
    await delay(50);
    process.kill(bridge.processId ?? 0, 'SIGKILL');
    await assert.rejects(job, bridgeError('died', /signal SIGKILL\) during “hang”/));
    await parse('b');
  });

  test('that does not answer in time is ended', async (context) => {
    const { parse, starts } = client(context);
    await assert.rejects(
      parse('hang', { timeout: 100 }),
      bridgeError('timed-out', /gave no answer within 0\.1 s during “hang” and was ended/),
    );
    await parse('b');
    assert.equal(starts(), 2);
  });

  test('that refuses says why, and is not asked again before a restart', async (context) => {
    const { client: bridge, parse, starts } = client(context, 'refuse');
    for (let round = 0; round < 3; round++) {
      await assert.rejects(parse('a'), bridgeError('refused', /^This TensorRT needs a GPU\.$/));
    }
    assert.equal(starts(), 1);
    bridge.restart();
    await assert.rejects(parse('a'), bridgeError('refused', /needs a GPU/));
    assert.equal(starts(), 2);
  });

  test('that crashes at its start is tried three times, no more', async (context) => {
    const { parse, starts } = client(context, 'crash');
    for (let round = 0; round < 5; round++) await assert.rejects(parse('a'), bridgeError('died', /SIGABRT/));
    assert.equal(starts(), 3);
  });

  test('of another protocol version is refused', async (context) => {
    const { parse } = client(context, 'old-protocol');
    await assert.rejects(parse('a'), bridgeError('not-started', /speaks version 0 of our protocol, not 1/));
  });

  test('whose program is missing says so', async (context) => {
    const { parse } = client(context, 'fine', {
      launch: () => startBridgeProcess({ bridgeScript: 'x', execPath: '/nonexistent/node', env: {} }),
    });
    await assert.rejects(parse('a'), bridgeError('not-started', /could not be started: .*ENOENT/));
  });

  test('ends when it was idle for long, and starts again', async (context) => {
    const { client: bridge, parse, starts } = client(context, 'fine', { idleTimeout: 50 });
    await parse('a');
    while (bridge.running) await delay(10);
    await parse('b');
    assert.equal(starts(), 2);
  });
});

describe('cancelling a job', () => {
  test('a queued one is dropped and never reaches the bridge', async (context) => {
    const { parse } = client(context);
    const abort = new AbortController();
    const slow = parse('slow');
    const dropped = parse('dropped', { signal: abort.signal });
    const last = parse('last');
    abort.abort(new Error('stale'));
    await assert.rejects(dropped, /stale/);
    await slow;
    assert.equal((await last).log[0]?.message, '2 last');
  });

  test('a running one frees the caller at once and its process stays when it ends in time', async (context) => {
    const { parse, starts } = client(context);
    await parse('a');
    const abort = new AbortController();
    const slow = parse('slow', { signal: abort.signal });
    await delay(50);
    const start = performance.now();
    abort.abort(new Error('stale'));
    await assert.rejects(slow, /stale/);
    assert.ok(performance.now() - start < 50);
    assert.equal((await parse('b')).log[0]?.message, '3 b');
    assert.equal(starts(), 1);
  });

  test('one that does not stop is ended with its process', async (context) => {
    const { parse, starts } = client(context, 'fine', { cancelGrace: 50 });
    await parse('a');
    const abort = new AbortController();
    const hanging = parse('hang', { signal: abort.signal });
    await delay(50);
    abort.abort(new Error('stale'));
    await assert.rejects(hanging, /stale/);
    assert.equal((await parse('b')).log[0]?.message, '1 b');
    assert.equal(starts(), 2);
  });
});

describe('the last words of a process', () => {
  test('are those since its last request', () => {
    assert.equal(newWords('', 'all'), 'all');
    assert.equal(
      newWords('Unsupported type\n', 'Unsupported type\nterminate called\n'),
      'terminate called\n',
    );
    assert.equal(newWords('said earlier, and forgotten', 'terminate called'), 'terminate called');
    assert.equal(newWords('x'.repeat(9000), `${'x'.repeat(500)}crash`), 'crash');
  });
});
