/**
 * What a GPU alone can show of builds and engines, through the native bridge.
 *
 *   python3 test/gpu/make-models.py MODELS          where numpy, onnx and onnxruntime are
 *   node scripts/build.mjs && node test/gpu/bundle.mjs OUT/engines.mjs
 *   g++ -shared -fPIC -std=c++17 test/support/plugins/scale-plugin.cpp TENSORRT_FOLDER/libnvinfer.so.10 -ldl -o PLUGIN.so
 *   node OUT/engines.mjs DIST MODELS TENSORRT_FOLDER RESULTS PLUGIN.so [LEAN_LIBRARY] [DISPATCH_LIBRARY]
 *
 * Prints a record; layer information, profiles and debug tensors go to RESULTS. Exit code 1 where an expectation fails.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BuilderProfile, BuilderSettings } from '../../native-bridge/src/build-protocol.ts';
import {
  CloseEngineRequest,
  ContextMemoryRequest,
  InitializeRuntimeRequest,
  LayerInformationRequest,
  OpenEngineRequest,
  RefitRequest,
  RefittableWeightsRequest,
  type RunInput,
  type RunParams,
  RunRequest,
} from '../../native-bridge/src/engine-protocol.ts';
import { InitializeRequest, protocolVersion } from '../../native-bridge/src/protocol.ts';
import { readLayerInformation } from '../../server/src/engine/layer-information.ts';
import { type Bridge, startBridge } from './engines/bridge.mts';
import { difference, median, Record, round } from './engines/record.mts';

const [dist = '', models = '', tensorrt = '', results = '', plugin = '', lean, dispatch] =
  process.argv.slice(2);
const script = path.resolve(dist, 'native-bridge.js');
const library = (name: string) =>
  path.join(tensorrt, readdirSync(tensorrt).find((file) => file.startsWith(`${name}.so`)) ?? name);
const infer = library('libnvinfer');
const onnxParser = library('libnvonnxparser');
const folder = mkdtempSync(path.join(tmpdir(), 'engines-'));
mkdirSync(results, { recursive: true });

const record = new Record();
const modelNames = ['convolutions', 'layers', 'transformer'] as const;
type ModelName = (typeof modelNames)[number];

interface Described {
  readonly inputs: { readonly [name: string]: { readonly file: string; readonly dims: number[] } };
  readonly weights: { readonly [name: string]: { readonly file: string; readonly dims: number[] } };
}
const described = Object.fromEntries(
  modelNames.map((name) => [name, JSON.parse(readFileSync(path.join(models, name, 'model.json'), 'utf8'))]),
) as { [Name in ModelName]: Described };
const modelFile = (name: ModelName, variant = 'model') => path.join(models, name, `${variant}.onnx`);
const reference = (name: ModelName, variant = 'model', tensor = 'y') =>
  path.join(models, name, `${variant}-${tensor}.bin`);
const engineFile = (name: string) => path.join(folder, `${name}.engine`);

const profiles: { readonly [Name in ModelName]: readonly BuilderProfile[] } = {
  convolutions: [],
  layers: [{ x: { min: [1, 256], opt: [8, 256], max: [64, 256] } }],
  transformer: [{ x: { min: [1, 1, 256], opt: [2, 64, 256], max: [4, 128, 256] } }],
};

function inputsOf(name: ModelName): { [name: string]: RunInput } {
  return Object.fromEntries(
    Object.entries(described[name].inputs).map(([input, { file, dims }]) => {
      const at = path.join(models, name, file);
      return [input, { dims, source: { kind: 'file', path: at, offset: 0, byteLength: statSync(at).size } }];
    }),
  );
}

const quick = { warmUp: 20, iterations: 5, duration: 0, streams: 1, cudaGraph: false, transfers: true };
const timed = { warmUp: 200, iterations: 50, duration: 0.5, streams: 1, cudaGraph: false, transfers: true };

function runParams(engine: number, name: ModelName, more: Partial<RunParams> = {}): RunParams {
  return {
    engine,
    inputs: inputsOf(name),
    profile: 0,
    allocationStrategy: 'kSTATIC',
    timing: quick,
    profileLayers: false,
    ...more,
  };
}

async function withBuilder<Value>(work: (bridge: Bridge) => Promise<Value>): Promise<Value> {
  const bridge = startBridge(script, infer);
  try {
    await bridge.request(InitializeRequest, { protocolVersion, libraries: { infer, onnxParser } });
    return await work(bridge);
  } finally {
    bridge.end();
  }
}

async function build(
  bridge: Bridge,
  name: ModelName,
  engine: string,
  settings: BuilderSettings = {},
  more: object = {},
) {
  const result = await bridge.build({
    modelPath: modelFile(name),
    enginePath: engineFile(engine),
    settings: { profiles: profiles[name], profilingVerbosity: 'kDETAILED', ...settings },
    ...more,
  });
  if (result.failure) {
    throw new Error(`${result.failure.stage}: ${result.failure.message}`);
  }
  return {
    bytes: result.engineBytes,
    buildMs: Math.round(result.milliseconds.building),
    phases: result.phases.reduce((sum, { count }) => sum + count, 0),
    deviceMemory: result.peakMemory.device,
    notes: result.notes,
  };
}

const main = startBridge(script, infer);
const started = await main.request(InitializeRequest, { protocolVersion, libraries: { infer, onnxParser } });
record.entries['runtime'] = {
  version: started.version,
  mode: started.mode,
  device: started.device,
  node: process.version,
};

await record.section('builds', async () => {
  const entry: { [name: string]: unknown } = {};
  for (const name of modelNames) {
    entry[name] = {
      plain: await build(main, name, `${name}-plain`),
      refit: await build(main, name, `${name}-refit`, { flags: ['kREFIT'] }),
      stripped: await build(main, name, `${name}-stripped`, { flags: ['kSTRIP_PLAN', 'kREFIT_IDENTICAL'] }),
    };
  }
  entry['streamed'] = await build(main, 'transformer', 'transformer-streamed', {
    flags: ['kWEIGHT_STREAMING'],
  });
  entry['fresh'] = await build(
    main,
    'layers',
    'layers-changed',
    {},
    { modelPath: modelFile('layers', 'changed') },
  );
  try {
    entry['compatible'] = await build(main, 'layers', 'layers-compatible', {
      flags: ['kVERSION_COMPATIBLE'],
    });
  } catch (error) {
    // Redistributables without libnvinfer_lean cannot embed it.
    entry['compatible'] = { refused: error instanceof Error ? error.message : String(error) };
  }
  entry['lean excluded'] = await build(main, 'layers', 'layers-lean-excluded', {
    flags: ['kVERSION_COMPATIBLE', 'kEXCLUDE_LEAN_RUNTIME'],
  });
  return entry;
});

const debugTensors: { readonly [Name in ModelName]: readonly string[] } = {
  convolutions: ['r0', 'c1'],
  layers: ['r0'],
  transformer: ['n0', 'h'],
};

// TensorRT 10.6 dies over debug tensors of some networks: each build has a process of its own.
await record.section('debug builds', async () => {
  const entry: { [name: string]: unknown } = {};
  const sets = [
    ...modelNames.map((name) => [name, `${name}-debug`, debugTensors[name]] as const),
    ['transformer', 'transformer-debug-softmax', ['scaled', 'probabilities']] as const,
    ['layers', 'layers-debug-crash', ['m0']] as const,
  ];
  for (const [name, engine, tensors] of sets) {
    const bridge = startBridge(script, infer);
    await bridge.request(InitializeRequest, { protocolVersion, libraries: { infer, onnxParser } });
    entry[engine] = await build(bridge, name, engine, { debugTensors: [...tensors] }).catch(
      async (error: Error) => {
        const ended = await Promise.race([bridge.ended, new Promise((resolve) => setTimeout(resolve, 2000))]);
        return { refused: error.message, ended };
      },
    );
    bridge.end();
  }
  return entry;
});

await record.section('flag groups', async () => {
  const groups: { [name: string]: [BuilderSettings, object?] } = {
    fp16: [{ flags: ['kFP16'] }, { stronglyTyped: false }],
    'bf16 and fp8': [{ flags: ['kBF16', 'kFP8'] }, { stronglyTyped: false }],
    'layer precisions': [
      {
        flags: ['kFP16', 'kOBEY_PRECISION_CONSTRAINTS'],
        layerPrecisions: [
          { layer: 'conv*', value: 'kHALF' },
          { layer: 'nothing', value: 'kHALF' },
        ],
        layerOutputTypes: [{ layer: 'conv0', values: ['kFLOAT'] }],
      },
      { stronglyTyped: false },
    ],
    'no tf32': [{ clearedFlags: ['kTF32'] }],
    sparsity: [{ flags: ['kSPARSE_WEIGHTS'] }],
    pools: [
      { memoryPools: { kWORKSPACE: 2 ** 26, kTACTIC_SHARED_MEMORY: 48 * 1024, kTACTIC_DRAM: 2 ** 30 } },
    ],
    tactics: [
      { tacticSources: { kCUBLAS: false, kCUDNN: false, kEDGE_MASK_CONVOLUTIONS: true }, maxTactics: 2 },
    ],
    levels: [{ optimizationLevel: 1, averageTimingIterations: 2, maxAuxStreams: 2 }],
    preview: [{ previewFeatures: { kPROFILE_SHARING_0806: true, kALIASED_PLUGIN_IO_10_03: true } }],
    'hardware compatibility': [{ hardwareCompatibilityLevel: 'kAMPERE_PLUS' }],
    'windows runtime': [{ runtimePlatform: 'kWINDOWS_AMD64', flags: ['kVERSION_COMPATIBLE'] }],
    formats: [
      { flags: ['kFP16'], ioFormats: { x: { type: 'kHALF', formats: ['kLINEAR', 'kHWC8'] } } },
      { stronglyTyped: false },
    ],
    'refit individual': [{ flags: ['kREFIT_INDIVIDUAL'], refittableWeights: ['w1', 'b1', 'nothing'] }],
    'caches off': [{ flags: ['kDISABLE_TIMING_CACHE', 'kDISABLE_COMPILATION_CACHE'] }],
    'monitor memory': [{ flags: ['kMONITOR_MEMORY', 'kSTRICT_NANS', 'kDEBUG'] }],
    'names only': [{ profilingVerbosity: 'kLAYER_NAMES_ONLY' }],
  };
  const entry: { [name: string]: unknown } = {};
  for (const [name, [settings, more]] of Object.entries(groups)) {
    try {
      const { bytes, buildMs, notes } = await build(main, 'convolutions', `group-${name}`, settings, more);
      entry[name] = { bytes, buildMs, ...(notes.length > 0 && { notes }) };
    } catch (error) {
      entry[name] = { refused: error instanceof Error ? error.message : String(error) };
    }
  }
  const tooNew = await main.build({
    modelPath: modelFile('convolutions'),
    enginePath: engineFile('too-new'),
    settings: { tilingOptimizationLevel: 'kFAST' },
  });
  record.expect(
    'a setting of 10.8 is named',
    tooNew.failure?.setting === 'tilingOptimizationLevel',
    tooNew.failure,
  );
  entry['tiling'] = { refused: tooNew.failure?.message };
  return entry;
});

await record.section('timing cache', async () => {
  const timingCachePath = path.join(folder, 'timing.cache');
  const first = await main.build({
    modelPath: modelFile('convolutions'),
    enginePath: engineFile('t'),
    timingCachePath,
  });
  const second = await main.build({
    modelPath: modelFile('convolutions'),
    enginePath: engineFile('t'),
    timingCachePath,
  });
  record.expect(
    'the cache is read',
    (second.timingCache?.read ?? 0) > 0,
    second.timingCache ?? second.failure,
  );
  writeFileSync(timingCachePath, 'no cache');
  const third = await main.build({
    modelPath: modelFile('convolutions'),
    enginePath: engineFile('t'),
    timingCachePath,
  });
  record.expect('a bad cache is refused', third.failure?.setting === 'timingCachePath', third.failure);
  return {
    first: Math.round(first.milliseconds.building),
    second: Math.round(second.milliseconds.building),
    bytes: second.timingCache,
    refused: third.failure?.message,
  };
});

await record.section('cancel', async () => {
  const entry: { [name: string]: unknown } = {};
  for (const after of [50, 400, 1500]) {
    const start = performance.now();
    const outcome = await main
      .build(
        {
          modelPath: modelFile('transformer'),
          enginePath: engineFile('c'),
          settings: { profiles: profiles.transformer, optimizationLevel: 5 },
        },
        after,
      )
      .then(
        (result) => (result.failure ? result.failure.message : 'finished'),
        (error: Error) => error.message,
      );
    entry[`after ${after} ms`] = { outcome, stoppedMs: Math.round(performance.now() - start - after) };
  }
  return entry;
});
main.end();

await record.section('crash', async () => {
  const text = path.join(models, 'softmax.onnx');
  return await withBuilder(async (bridge) => {
    const outcome = await bridge
      .build({
        modelPath: text,
        enginePath: engineFile('crash'),
        settings: { profiles: [{ x: { min: [1, 8], opt: [2, 8], max: [4, 8] } }] },
      })
      .then(
        (result) => ({ outcome: result.failure?.message ?? 'built' }),
        async () => ({ outcome: 'died', ...(await bridge.ended) }),
      );
    return outcome;
  });
});

const runner = startBridge(script, infer);
record.entries['runner'] = await runner.request(InitializeRuntimeRequest, {
  protocolVersion,
  infer,
  onnxParser,
});
const open = (engine: string, more = {}) =>
  runner.request(OpenEngineRequest, {
    enginePath: engineFile(engine),
    pluginLibraries: [],
    hostCodeAllowed: false,
    ...more,
  });
const close = (engine: number) => runner.request(CloseEngineRequest, { engine });

async function outputDifference(
  engine: number,
  name: ModelName,
  variant: string,
  more: Partial<RunParams> = {},
): Promise<number> {
  const outputDirectory = mkdtempSync(path.join(folder, 'outputs-'));
  const { outputs } = await runner.request(RunRequest, runParams(engine, name, { outputDirectory, ...more }));
  const output = outputs.find((tensor) => tensor.name === 'y');
  return output ? difference(output.path, reference(name, variant)) : Number.POSITIVE_INFINITY;
}

for (const name of modelNames) {
  await record.section(`run ${name}`, async () => {
    const { engine, description, milliseconds } = await open(`${name}-plain`);
    const { json } = await runner.request(LayerInformationRequest, { engine });
    writeFileSync(path.join(results, `${name}-layers.json`), json);
    writeFileSync(path.join(results, `${name}-description.json`), JSON.stringify(description, null, 1));
    const error = await outputDifference(engine, name, 'model');
    record.expect(`${name} computes what ONNX Runtime does`, error < 2e-3, error);
    const plain = await runner.request(
      RunRequest,
      runParams(engine, name, { timing: timed, profileLayers: true }),
    );
    writeFileSync(
      path.join(results, `${name}-run.json`),
      JSON.stringify(
        {
          ...plain,
          iterations: plain.iterations.slice(0, 20),
          layers: plain.layers.map((layer) => ({ ...layer, milliseconds: layer.milliseconds.slice(0, 10) })),
        },
        null,
        1,
      ),
    );
    const graph = await runner.request(
      RunRequest,
      runParams(engine, name, { timing: { ...timed, cudaGraph: true } }),
    );
    record.expect(`${name} runs as a CUDA graph`, graph.cudaGraph.used, graph.cudaGraph);
    const graphError = await outputDifference(engine, name, 'model', {
      timing: { ...quick, cudaGraph: true },
    });
    record.expect(`${name} computes the same as a graph`, graphError < 2e-3, graphError);
    const streams = await runner.request(
      RunRequest,
      runParams(engine, name, { timing: { ...timed, streams: 2 } }),
    );
    const strategies: { [name: string]: number } = {};
    for (const allocationStrategy of ['kON_PROFILE_CHANGE', 'kUSER_MANAGED']) {
      strategies[allocationStrategy] = await outputDifference(engine, name, 'model', { allocationStrategy });
      record.expect(
        `${name} with ${allocationStrategy}`,
        (strategies[allocationStrategy] ?? 1) < 2e-3,
        strategies,
      );
    }
    const memory = await runner.request(ContextMemoryRequest, {
      engine,
      shapes: [{ profile: 0, inputs: inputsOf(name) }],
    });
    await close(engine);
    const compute = (run: typeof plain) =>
      round(
        median(run.iterations.map(({ startComputeMs, endComputeMs }) => endComputeMs - startComputeMs)),
        4,
      );
    return {
      loadMs: Math.round(milliseconds),
      layers: description.layerCount,
      memory: description.memory,
      error,
      computeMs: compute(plain),
      graphMs: compute(graph),
      twoStreamsMs: compute(streams),
      iterations: plain.iterations.length,
      profiled: plain.layers.map((layer) => layer.name).slice(0, 6),
      strategies,
      contexts: memory.rows,
    };
  });
}

for (const name of modelNames) {
  await record.section(`refit ${name}`, async () => {
    const { engine, description } = await open(`${name}-refit`);
    record.expect(`${name} is refittable`, description.isRefittable);
    const weights = await runner.request(RefittableWeightsRequest, { engine });
    writeFileSync(path.join(results, `${name}-weights.json`), JSON.stringify(weights, null, 1));
    const before = await outputDifference(engine, name, 'model');
    const outputPath = engineFile(`${name}-refitted`);
    const refit = await runner.request(RefitRequest, {
      engine,
      model: { path: modelFile(name, 'changed') },
      outputPath,
    });
    record.expect(`${name} is refitted`, refit.succeeded, refit);
    const after = await outputDifference(engine, name, 'changed');
    record.expect(`${name} computes the changed model`, before < 2e-3 && after < 2e-3, [before, after]);
    await close(engine);
    const written = await open(`${name}-refitted`);
    const again = await outputDifference(written.engine, name, 'changed');
    record.expect(`the refitted plan of ${name} computes the changed model`, again < 2e-3, again);
    await close(written.engine);
    return {
      weights: weights.weights.length,
      byLayer: weights.layers.length,
      first: weights.weights.slice(0, 4),
      before,
      after,
      again,
      milliseconds: refit.milliseconds,
      bytes: refit.engineBytes,
    };
  });
}

await record.section('refit by weight', async () => {
  const { engine } = await open('layers-refit');
  const names = (await runner.request(RefittableWeightsRequest, { engine })).weights.map(({ name }) => name);
  const sources = Object.entries(described.layers.weights).map(([name, { file, dims }]) => {
    const at = path.join(models, 'layers', file);
    return {
      name,
      type: 'kFLOAT',
      count: dims.reduce((a, b) => a * b, 1),
      path: at,
      offset: 0,
      byteLength: statSync(at).size,
    };
  });
  const some = await runner.request(RefitRequest, {
    engine,
    weights: sources.filter(({ name }) => names.includes(name)),
  });
  const error = some.succeeded ? await outputDifference(engine, 'layers', 'changed') : undefined;
  const wrong = await runner.request(RefitRequest, {
    engine,
    weights: [{ ...sources[0], name: 'no such weights' } as (typeof sources)[number]],
  });
  record.expect('unknown weights are refused', !wrong.succeeded, wrong);
  await close(engine);
  return {
    names,
    supplied: sources.map(({ name }) => name),
    succeeded: some.succeeded,
    message: some.message,
    missing: some.missing,
    error,
    refused: wrong.message,
  };
});

await record.section('not refittable', async () => {
  const { engine } = await open('layers-plain');
  const words = await runner.request(RefitRequest, { engine, model: { path: modelFile('layers') } }).then(
    () => 'refitted',
    (error: Error) => error.message,
  );
  record.expect('a plain engine is not refitted', words !== 'refitted', words);
  await close(engine);
  return { words };
});

for (const name of modelNames) {
  await record.section(`strip ${name}`, async () => {
    const { engine, description } = await open(`${name}-stripped`);
    const missing = (await runner.request(RefittableWeightsRequest, { engine })).weights.filter(
      ({ isMissing }) => isMissing,
    );
    const refit = await runner.request(RefitRequest, {
      engine,
      model: { path: modelFile(name) },
      outputPath: engineFile(`${name}-full`),
      serialization: { set: ['kEXCLUDE_LEAN_RUNTIME'], cleared: ['kEXCLUDE_WEIGHTS'] },
    });
    record.expect(`${name} gets its weights back`, refit.succeeded, refit);
    const error = await outputDifference(engine, name, 'model');
    record.expect(`${name} computes after its weights are back`, error < 2e-3, error);
    const lean = await runner.request(RefitRequest, {
      engine,
      model: { path: modelFile(name) },
      outputPath: engineFile(`${name}-stripped-again`),
      serialization: { set: ['kEXCLUDE_WEIGHTS', 'kEXCLUDE_LEAN_RUNTIME'], cleared: [] },
    });
    await close(engine);
    const size = (file: string) => statSync(engineFile(file)).size;
    return {
      missing: missing.length,
      bytes: {
        plain: size(`${name}-plain`),
        stripped: size(`${name}-stripped`),
        full: refit.engineBytes,
        again: lean.engineBytes,
      },
      weights: description.weights,
      isRefittable: description.isRefittable,
      error,
    };
  });
}

await record.section('individually refittable', async () => {
  const { engine, description } = await open('group-refit individual');
  const { weights, layers } = await runner.request(RefittableWeightsRequest, { engine });
  const names = weights.map(({ name }) => name).toSorted();
  record.expect('only the marked weights can be replaced', String(names) === 'b1,w1', weights);
  const source = (name: string) => {
    const { file } = described.convolutions.weights[name] ?? { file: '' };
    const byteLength = statSync(path.join(models, 'convolutions', file)).size;
    const at = path.join(models, 'convolutions', file);
    return { name, type: 'kFLOAT', count: byteLength / 4, path: at, offset: 0, byteLength };
  };
  const marked = await runner.request(RefitRequest, { engine, weights: ['w1', 'b1'].map(source) });
  record.expect('marked weights are replaced', marked.succeeded, marked.message);
  const unmarked = await runner
    .request(RefitRequest, { engine, weights: [source('w0')] })
    .catch((error: Error) => ({ succeeded: false, message: error.message }));
  record.expect('others are not', !unmarked.succeeded, unmarked);
  await close(engine);
  return { isRefittable: description.isRefittable, weights, layers, marked, unmarked };
});

await record.section('weight streaming', async () => {
  const opened = await open('transformer-streamed');
  const { streamable = 0, automaticBudget, scratch } = opened.description.weights;
  record.expect('weights can be streamed', streamable > 0, opened.description.weights);
  const sweep: { [share: string]: unknown } = {};
  for (const share of [1, 0.75, 0.5, 0.25, 0]) {
    const budget = Math.floor(streamable * share);
    const run = await runner.request(
      RunRequest,
      runParams(opened.engine, 'transformer', { timing: timed, weightStreamingBudget: budget }),
    );
    sweep[`${share * 100} %`] = {
      budget,
      computeMs: round(
        median(run.iterations.map(({ startComputeMs, endComputeMs }) => endComputeMs - startComputeMs)),
        4,
      ),
      device: run.memory.device,
    };
  }
  const error = await outputDifference(opened.engine, 'transformer', 'model', { weightStreamingBudget: 0 });
  record.expect('streamed weights compute the same', error < 2e-3, error);
  await close(opened.engine);
  return { streamable, automaticBudget, scratch, sweep, error };
});

for (const name of modelNames) {
  await record.section(`debug tensors ${name}`, async () => {
    const { engine, description } = await open(`${name}-debug`);
    const directory = path.join(results, `${name}-debug`);
    mkdirSync(directory, { recursive: true });
    const run = await runner.request(
      RunRequest,
      runParams(engine, name, { debug: { tensors: 'all', unfused: false, directory } }),
    );
    const tensors = run.debugTensors.map((tensor) => ({
      name: tensor.name,
      type: tensor.type,
      dims: tensor.dims,
      error: difference(tensor.path, reference(name, 'model', tensor.name)),
    }));
    writeFileSync(
      path.join(results, `${name}-debug.json`),
      JSON.stringify(
        run.debugTensors.map((tensor) => ({ ...tensor, path: path.basename(tensor.path) })),
        null,
        1,
      ),
    );
    record.expect(
      `all marked tensors of ${name} come`,
      debugTensors[name].every((marked) => tensors.some((tensor) => tensor.name === marked)),
      tensors,
    );
    record.expect(
      `those of ${name} hold what ONNX Runtime computes`,
      tensors.every(({ error }) => error < 2e-3),
      tensors,
    );
    await close(engine);
    return { tensors, notes: run.notes, listed: description.debugTensors };
  });
}

// Debug tensors come in the format of the kernels: which, and what the inspector says of it. Several builds, as tactics differ.
for (const [name, settings] of Object.entries({
  'level 3': { flags: ['kFP16'] },
  'level 3 again': { flags: ['kFP16'] },
  'level 5': { flags: ['kFP16'], optimizationLevel: 5 },
})) {
  await record.section(`formats of debug tensors in float16, ${name}`, async () => {
    const engineName = `formats-${name}`;
    const builder = startBridge(script, infer);
    await builder.request(InitializeRequest, { protocolVersion, libraries: { infer, onnxParser } });
    await build(
      builder,
      'convolutions',
      engineName,
      { ...settings, debugTensors: ['c0', 'r0', 'p0', 'c1'] },
      { stronglyTyped: false },
    ).finally(() => builder.end());
    const { engine } = await open(engineName);
    const { json } = await runner.request(LayerInformationRequest, { engine });
    writeFileSync(path.join(results, `${engineName.replaceAll(' ', '-')}-layers.json`), json);
    const directory = path.join(results, engineName.replaceAll(' ', '-'));
    mkdirSync(directory, { recursive: true });
    const run = await runner.request(
      RunRequest,
      runParams(engine, 'convolutions', {
        debug: { tensors: 'all', unfused: false, directory },
      }),
    );
    await close(engine);
    const told = readLayerInformation(json).layers.flatMap(({ outputs }) => outputs);
    return {
      tensors: run.debugTensors.map(({ name: tensor, type, dims, path: file }) => ({
        name: tensor,
        type,
        dims,
        // Next to nothing where they come in rows; make-models.py writes some of them.
        ...(existsSync(reference('convolutions', 'model', tensor)) && {
          error: difference(file, reference('convolutions', 'model', tensor)),
        }),
        inspector: told.filter((output) => output.name === tensor).map(({ format }) => format),
      })),
      formats: [...new Set(told.map(({ format }) => format))],
      notes: run.notes,
    };
  });
}

await record.section('plugins', async () => {
  const folderOf = path.join(models, 'plugin');
  const build = async (enginePath: string, pluginLibraries: readonly string[]) =>
    await withBuilder(
      async (bridge) =>
        await bridge.build({
          modelPath: path.join(folderOf, 'model.onnx'),
          enginePath: engineFile(enginePath),
          settings: { profilingVerbosity: 'kDETAILED' },
          pluginLibraries,
        }),
    );
  const unnamed = await build('plugin-unnamed', []);
  record.expect('without its library a plugin is not found', unnamed.failure !== undefined, unnamed);
  const built = await build('plugin', [plugin]);
  record.expect('a model with a plugin of ours is built', built.failure === undefined, built.failure);
  const without = await open('plugin').then(
    () => 'loaded',
    (error: Error) => error.message,
  );
  record.expect('without the library an engine with plugins does not load', without !== 'loaded');
  const { engine } = await open('plugin', { pluginLibraries: [plugin] });
  const { json } = await runner.request(LayerInformationRequest, { engine });
  writeFileSync(path.join(results, 'plugin-layers.json'), json);
  const input = path.join(folderOf, 'input-x.bin');
  const x: RunInput = {
    dims: [4, 64],
    source: { kind: 'file', path: input, offset: 0, byteLength: statSync(input).size },
  };
  const errors: { [how: string]: number } = {};
  for (const [how, timing] of Object.entries({
    plain: quick,
    graph: { ...quick, cudaGraph: true },
    streams: { ...quick, streams: 2 },
  })) {
    const outputDirectory = mkdtempSync(path.join(folder, 'outputs-'));
    const { outputs } = await runner.request(RunRequest, {
      ...runParams(engine, 'layers', { outputDirectory, timing }),
      inputs: { x },
    });
    errors[how] = difference(outputs[0]?.path ?? '', path.join(folderOf, 'model-y.bin'));
    record.expect(`a plugin computes (${how})`, (errors[how] ?? 1) < 2e-3, errors);
  }
  await close(engine);
  return { unnamed: unnamed.failure?.message, without, errors };
});

await record.section('plans that do not load', async () => {
  const words = (error: Error) => error.message;
  const corrupt = engineFile('corrupt');
  writeFileSync(corrupt, readFileSync(engineFile('layers-plain')).subarray(0, 2000));
  const onnx = engineFile('onnx');
  writeFileSync(onnx, readFileSync(modelFile('layers')));
  const opened = {
    corrupt: await open('corrupt').then(() => 'loaded', words),
    onnx: await open('onnx').then(() => 'loaded', words),
    leanExcluded: await open('layers-lean-excluded').then(() => 'loaded', words),
    ...(lean !== undefined && {
      otherLean: await open('layers-lean-excluded', { leanRuntimePath: lean }).then(() => 'loaded', words),
    }),
  };
  record.expect('a damaged plan is refused', opened.corrupt !== 'loaded' && opened.onnx !== 'loaded', opened);
  return opened;
});
runner.end();

for (const [kind, runtimeLibrary] of [
  ['lean', lean],
  ['dispatch', dispatch],
] as const) {
  if (runtimeLibrary !== undefined) {
    await record.section(`${kind} runtime`, async () => {
      const bridge = startBridge(script, runtimeLibrary);
      try {
        const initialized = await bridge.request(InitializeRuntimeRequest, {
          protocolVersion,
          infer: runtimeLibrary,
        });
        const attempt = async (engine: string, hostCodeAllowed: boolean) => {
          try {
            const opened = await bridge.request(OpenEngineRequest, {
              enginePath: engineFile(engine),
              pluginLibraries: [],
              hostCodeAllowed,
            });
            const outputDirectory = mkdtempSync(path.join(folder, 'outputs-'));
            const { outputs } = await bridge.request(
              RunRequest,
              runParams(opened.engine, 'layers', { outputDirectory }),
            );
            return { error: difference(outputs[0]?.path ?? '', reference('layers')) };
          } catch (error) {
            return { refused: error instanceof Error ? error.message : String(error) };
          }
        };
        return {
          version: initialized.version,
          'lean excluded': await attempt('layers-lean-excluded', true),
          plain: await attempt('layers-plain', true),
        };
      } finally {
        bridge.end();
      }
    });
  }
}

rmSync(folder, { recursive: true });
console.log(JSON.stringify({ ...record.entries, failures: record.failures }, null, 1));
process.exit(record.failures.length === 0 ? 0 : 1);
