import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { BridgeErrorCode, requestCancelled } from '../../native-bridge/src/protocol.ts';
import { cacheDirectory } from '../../scripts/cache.mjs';
import { type ReadyBridge, startReadyBridge } from './support/bridge.ts';
import { temporaryFolder, writeModels } from './support/models.ts';

const folder = temporaryFolder();
const engine = (name: string) => path.join(folder, `${name}.engine`);
const real = (name: string) => path.join(cacheDirectory, 'models/real', `${name}.onnx`);
const detector = real('rapidocr_onnxruntime-ch_PP-OCRv4_det_infer');

const models = writeModels({
  fixed: `
    <ir_version: 8, opset_import: ["" : 17]>
    g (float[1,3,8,8] x) => (float[1,4,8,8] y) <float[4,3,1,1] w = {1,2,3,4,5,6,7,8,9,10,11,12}> {
      [conv] h = Conv (x, w)
      [relu] y = Relu (h)
    }`,
  dynamic: `
    <ir_version: 8, opset_import: ["" : 17]>
    g (float[batch,4] x, int64[n] ids) => (float[batch,3] y, float[n,3] z)
    <float[4,3] w = {1,2,3,4,5,6,7,8,9,10,11,12}> {
      [projection] h = MatMul (x, w)
      [activation] y = Relu (h)
      [lookup] z = Gather (w, ids)
    }`,
  shapeInput: `
    <ir_version: 8, opset_import: ["" : 17]>
    g (float[a,b] x, int64[2] shape) => (float[c,d] y) { [reshape] y = Reshape (x, shape) }`,
  folded: `
    <ir_version: 8, opset_import: ["" : 17]>
    g (float[1,3,8,8] x) => (float[4,64] y)
    <float[4,3,1,1] w = {1,2,3,4,5,6,7,8,9,10,11,12}, float[4] scale = {1,2,3,4}, float[4] shift = {1,2,3,4},
     float[4] mean = {1,2,3,4}, float[4] variance = {1,2,3,4}, int64[2] to = {4,64}> {
      c = Conv (x, w)
      n = BatchNormalization (c, scale, shift, mean, variance)
      k = Constant <value = float[1] {2}> ()
      m = Mul (n, k)
      y = Reshape (m, to)
    }`,
  refused: `
    <ir_version: 8, opset_import: ["" : 17]>
    g (float[2] x) => (float[2] y) { [odd] y = DoesNotExist (x) }`,
});

const sizes = { x: { min: [1, 4], opt: [2, 4], max: [8, 4] }, ids: { min: [1], opt: [2], max: [5] } };

/** The tag of a plan of TensorRT for RTX, and the version that made it. */
function planHeader(file: string): { tag: string; version: number[] } {
  const header = readFileSync(file);
  return { tag: header.toString('latin1', 0, 4), version: [...header.subarray(24, 28)] };
}

describe('building on a plain CPU with TensorRT for RTX', () => {
  let bridge: ReadyBridge;
  before(async () => {
    bridge = await startReadyBridge('tensorrt-rtx-1.7.1');
  });
  after(() => bridge.kill());

  test('a fixed model gives a plan of this version, with phases and durations', async () => {
    const result = await bridge.build(models.fixed, { enginePath: engine('fixed') });
    assert.equal(result.failure, undefined);
    assert.equal(result.engineBytes, statSync(engine('fixed')).size);
    assert.deepEqual(planHeader(engine('fixed')), { tag: 'vtrt', version: [1, 7, 1, 116] });
    assert.ok(result.milliseconds.building > 0 && result.milliseconds.writing > 0);
    const phase = result.phases.find(({ name }) => name === 'Building engine');
    assert.ok(phase && phase.count === 1 && phase.milliseconds <= result.milliseconds.building);
    assert.ok(result.peakMemory.host > 50e6, `${result.peakMemory.host}`);
    assert.equal(result.peakMemory.device, undefined, 'there is no device here');
  });

  test('two builds of the same text give the same plan', async () => {
    const first = await bridge.build(models.fixed, { enginePath: engine('first') });
    const second = await bridge.build(models.fixed, { enginePath: engine('second') });
    assert.equal(first.engineBytes, second.engineBytes);
  });

  test('dynamic inputs need a profile, several are taken, and what names no input is noted', async () => {
    const without = await bridge.build(models.dynamic, { enginePath: engine('without') });
    assert.equal(without.failure?.stage, 'building');
    assert.match(without.failure?.message ?? '', /no optimization profile has been defined/);
    assert.equal(existsSync(engine('without')), false);

    const result = await bridge.build(models.dynamic, {
      enginePath: engine('dynamic'),
      settings: { profiles: [sizes, { ...sizes, other: { min: [1], opt: [1], max: [1] } }] },
    });
    assert.equal(result.failure, undefined);
    assert.deepEqual(result.notes, [
      'The network has no input other; what the profile says of it has no effect.',
    ]);
  });

  test('the values of a shape tensor are set as values', async () => {
    const wide = { min: [1, 1], opt: [4, 4], max: [16, 16] };
    const result = await bridge.build(models.shapeInput, {
      enginePath: engine('shape'),
      settings: { profiles: [{ x: wide, shape: wide }] },
    });
    assert.equal(result.failure, undefined);
  });

  test('a profile that TensorRT refuses is named, with its words', async () => {
    const result = await bridge.build(models.dynamic, {
      enginePath: engine('refused'),
      settings: { profiles: [sizes, { ...sizes, x: { min: [1, 5], opt: [2, 4], max: [8, 4] } }] },
    });
    assert.equal(result.failure?.setting, 'profiles.1');
    assert.match(result.failure?.message ?? '', /input tensors x, please ensure .* MIN<=OPT<=MAX/);
    assert.equal(existsSync(engine('refused')), false);
  });

  test('settings that this version lacks are named with the version that has them', async () => {
    const refusals = async (settings: object) =>
      (await bridge.build(models.fixed, { enginePath: engine('no'), settings })).failure;
    assert.deepEqual(await refusals({ flags: ['kFP16'] }), {
      stage: 'configuring',
      setting: 'flags.kFP16',
      message: 'TensorRT-RTX 1.7.1 has no BuilderFlag::kFP16; TensorRT for RTX leaves it out.',
    });
    assert.equal((await refusals({ memoryPools: { kWORKSPACE: -1 } }))?.setting, 'memoryPools.kWORKSPACE');
    assert.equal((await refusals({ buildRoute: 'x' }))?.setting, 'buildRoute');
  });

  test('weight streaming, memory, levels, verbosity, formats, debug tensors and compute capabilities are taken', async () => {
    const result = await bridge.build(models.dynamic, {
      enginePath: engine('settings'),
      settings: {
        flags: ['kWEIGHT_STREAMING'],
        clearedFlags: ['kTF32'],
        memoryPools: { kWORKSPACE: 2 ** 28, kTACTIC_SHARED_MEMORY: 48 * 1024 },
        optimizationLevel: 2,
        maxAuxStreams: 1,
        averageTimingIterations: 2,
        profilingVerbosity: 'kDETAILED',
        computeCapabilities: ['kSM86', 'kSM89'],
        ioFormats: { x: { formats: ['kLINEAR'] }, nothing: { formats: ['kLINEAR'] } },
        debugTensors: ['h', 'unknown'],
        profiles: [sizes],
      },
    });
    assert.equal(result.failure, undefined);
    assert.deepEqual(result.notes, [
      'The network has no input or output nothing; its format has no effect.',
      'The network has no tensor unknown; it cannot be marked as a debug tensor.',
    ]);
  });

  test('tensors become outputs, which have formats, too', async () => {
    const result = await bridge.build(models.dynamic, {
      enginePath: engine('outputs'),
      settings: {
        markedOutputs: ['h', 'y', 'x', 'unknown'],
        ioFormats: { h: { formats: ['kLINEAR'] } },
        profiles: [sizes],
      },
    });
    assert.equal(result.failure, undefined);
    assert.deepEqual(result.notes, [
      'TensorRT does not mark x as an output.',
      'The network has no tensor unknown; it cannot be marked as an output.',
    ]);
  });

  test('weights are marked as refittable by name; without a GPU TensorRT for RTX builds no such engine', async () => {
    const build = async (refittableWeights: readonly string[], flags = ['kREFIT_INDIVIDUAL']) =>
      await bridge.build(models.folded, {
        enginePath: engine('individual'),
        settings: { flags, refittableWeights },
      });
    const result = await build(['w', 'k', 'scale', 'to', 'nothing']);
    assert.deepEqual(result.markedWeights, ['w', 'k']);
    assert.deepEqual(result.notes, [
      'The network has no weights scale, to, nothing that can be replaced. TensorRT knows initializers and outputs of Constant nodes by name, but not those that its parser folds into others (BatchNormalization) or takes for shapes.',
    ]);
    assert.equal(result.failure?.stage, 'building');
    assert.match(
      result.failure.message,
      /^IBuilder::buildSerializedNetwork.*CHECK\(status == CUDA_SUCCESS\)/,
    );
    assert.ok(!result.log.some(({ message }) => message.includes('markWeightsRefittable')), 'it is a note');

    const none = await build(['scale', 'nothing']);
    assert.equal(none.failure?.setting, 'refittableWeights');
    assert.equal(none.failure.stage, 'configuring');
    assert.match(
      none.failure.message,
      /^The network has no weights scale, nothing that can be replaced, so nothing of the engine could be\. TensorRT knows/,
    );
    assert.doesNotMatch(none.failure.message, /TensorRT says/);
    assert.match((await build([])).failure?.message ?? '', /^No weights are left to mark as refittable/);
    const without = await build(['w'], []);
    assert.equal(without.failure, undefined, 'a mark alone changes nothing');
  });

  test('a model that the parser refuses comes with the parser’s errors', async () => {
    const result = await bridge.build(models.refused, { enginePath: engine('refused') });
    assert.equal(result.failure?.stage, 'parsing');
    assert.deepEqual(
      result.parserErrors.map(({ nodeName, operator }) => [nodeName, operator]),
      [['odd', 'DoesNotExist']],
    );
  });

  test('a timing cache is left alone, as nothing is timed here', async () => {
    const timingCachePath = path.join(folder, 'timing.cache');
    writeFileSync(timingCachePath, 'of another machine');
    const result = await bridge.build(models.fixed, { enginePath: engine('timed'), timingCachePath });
    assert.equal(result.failure, undefined);
    assert.deepEqual(result.notes, [
      'Nothing is timed without a GPU: the timing cache is neither read nor written.',
    ]);
    assert.equal(readFileSync(timingCachePath, 'utf8'), 'of another machine');
  });

  test('an engine that cannot be written is an error that names the file', async () => {
    const enginePath = path.join(folder, 'missing', 'x.engine');
    await assert.rejects(bridge.build(models.fixed, { enginePath }), (error: Error & { code?: number }) => {
      assert.equal(error.code, BridgeErrorCode.fileNotWritten);
      assert.ok(error.message.includes(enginePath));
      return true;
    });
  });

  test('the If nodes of a voice model fail at the build, though they parse', async () => {
    const result = await bridge.build(real('silero_vad-silero_vad'), {
      enginePath: engine('silero'),
      settings: {
        profiles: [
          {
            input: { min: [1, 512], opt: [1, 512], max: [1, 512] },
            state: { min: [2, 1, 128], opt: [2, 1, 128], max: [2, 1, 128] },
          },
        ],
      },
    });
    assert.ok(result.failure);
    assert.equal(result.failure.stage, 'building');
  });

  test('a real detector builds, and its progress is told while it goes on', async () => {
    const from = bridge.progress.length;
    const result = await bridge.build(detector, {
      enginePath: engine('detector'),
      settings: {
        profiles: [{ x: { min: [1, 3, 32, 32], opt: [1, 3, 640, 640], max: [1, 3, 960, 960] } }],
      },
    });
    assert.equal(result.failure, undefined);
    const reports = bridge.progress.slice(from);
    assert.deepEqual(
      [...new Set(reports.map(({ stage }) => stage))],
      ['parsing', 'configuring', 'building', 'writing'],
    );
    assert.ok(reports.some(({ phases }) => phases.length > 1 && phases[0]?.name === 'Building engine'));
    assert.ok(
      reports.every(({ elapsed }, index) => elapsed >= (reports[index - 1]?.elapsed ?? 0)),
      'time goes on',
    );
  });

  test('a cancelled build stops at the next step, whenever it is cancelled, and the next build works', async () => {
    for (const delay of [0, 60, 250, 700]) {
      const cancellation = new CancellationTokenSource();
      const building = bridge.build(
        detector,
        {
          enginePath: engine('cancelled'),
          settings: {
            profiles: [{ x: { min: [1, 3, 32, 32], opt: [1, 3, 640, 640], max: [1, 3, 960, 960] } }],
          },
        },
        cancellation.token,
      );
      setTimeout(() => cancellation.cancel(), delay);
      await assert.rejects(building, (error: Error & { code?: number }) => error.code === requestCancelled);
      assert.equal(existsSync(engine('cancelled')), false);
    }
    const next = await bridge.build(models.fixed, { enginePath: engine('next') });
    assert.equal(next.failure, undefined);
  });
});

describe('building without a GPU elsewhere', () => {
  test('TensorRT 11.2 says that it needs one', async () => {
    const bridge = await startReadyBridge('tensorrt-11.2');
    try {
      const result = await bridge.build(models.fixed, { enginePath: engine('standard') });
      assert.equal(result.failure?.stage, 'building');
      assert.match(result.failure?.message ?? '', /CPU-only builder is not supported/);
    } finally {
      bridge.kill();
    }
  });
});
