/**
 * What a GPU alone can show of builds: every group of settings that needs TensorRT itself, through `onnx-trt build`; interrupts at
 * several moments, and two processes that want the same GPU.
 *
 *   node test/gpu/builds.mjs DIST MODELS TENSORRT_FOLDER [NAME;…]       MODELS as make-models.py writes them
 *
 * NAME;…: only these builds, and nothing of the rest. Prints a record; exit code 1 where an expectation fails.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { compilePlugin } from '../support/plugins/compile-plugin.mjs';
import { profiles } from './nets.mjs';

const [dist = '', models = '', tensorrt = '', names] = process.argv.slice(2);
const only = names?.split(';');
const program = path.resolve(dist, 'onnx-trt.js');
const folder = mkdtempSync(path.join(tmpdir(), 'builds-'));
const modelFile = (name) =>
  name.endsWith('.onnxtxt') ? path.join(folder, name) : path.resolve(models, name, 'model.onnx');
const failures = [];
const record = {};

/** Scales of an INT8 calibration cache, as TensorRT writes them: the bits of floats. */
const calibration = ['x', 'c0', 'r0', 'p0', 'c1', 'r1', 'g', 'f', 'y', 'm0', 'a0'].map(
  (name) => `${name}: 3d000000`,
);
writeFileSync(
  path.join(folder, 'calibration.cache'),
  `TRT-100600-EntropyCalibration2\n${calibration.join('\n')}\n`,
);

/** An operator of TensorRT's own plugin library, which ONNX does not have. */
writeFileSync(
  path.join(folder, 'plugin.onnxtxt'),
  '<ir_version: 8, opset_import: ["" : 17]>\ng (float[2,3,8,8] x) => (float[2,5,8,8] y) { y = CoordConvAC (x) }\n',
);
/** One of our own: test/support/plugins. */
writeFileSync(
  path.join(folder, 'own-plugin.onnxtxt'),
  '<ir_version: 8, opset_import: ["" : 17]>\ng (float[4,8] x) => (float[4,8] y) { y = Scaled <factor = 3.0> (x) }\n',
);
const library = (name) => {
  const found = readdirSync(path.resolve(tensorrt)).find((file) => file.startsWith(`${name}.so`));
  return path.resolve(tensorrt, found ?? `${name}.so`);
};

const [ownPlugin, selfRegistering] = [[], ['-DREGISTERS_ITSELF']].map((options) =>
  compilePlugin(folder, library('libnvinfer'), options),
);

/**
 * Name, model, settings in YAML, and what the outcome has to be: built, failed, or not-built where checks refuse; several where it is
 * TensorRT's to say and has not been seen.
 */
const configs = [
  ['strongly typed', 'convolutions', 'stronglyTyped: true'],
  ['fp16', 'convolutions', 'fp16: true'],
  ['best', 'convolutions', 'best: true\ncalib: calibration.cache'],
  ['int8', 'convolutions', 'int8: true\nfp16: true\ncalib: calibration.cache'],
  [
    'calibration profile',
    'layers',
    'int8: true\nfp16: true\ncalib: calibration.cache\nshapesCalib: { x: [8, 256] }',
  ],
  [
    'layer precisions',
    'convolutions',
    'fp16: true\nprecisionConstraints: obey\nlayerPrecisions: { "conv*": fp16, classifier: fp32 }\nlayerOutputTypes: { conv0: fp32 }',
  ],
  ['no tf32', 'convolutions', 'noTF32: true'],
  ['sparsity', 'convolutions', 'sparsity: enable\nfp16: true'],
  ['pools', 'convolutions', 'memPoolSize: { workspace: 64MiB, tacticSharedMem: 48KiB }'],
  [
    'tactics',
    'convolutions',
    'tacticSources: { CUBLAS: false, CUDNN: false, JIT_CONVOLUTIONS: true }\nmaxTactics: 2\navgTiming: 2',
  ],
  ['levels', 'convolutions', 'builderOptimizationLevel: 1\nmaxAuxStreams: 2'],
  ['preview', 'convolutions', 'preview: { aliasedPluginIO1003: true }'],
  ['hardware', 'convolutions', 'hardwareCompatibilityLevel: ampere+'],
  [
    'formats',
    'convolutions',
    'fp16: true\ninputIOFormats: { x: "fp16:chw+hwc8" }\noutputIOFormats: ["fp32:chw"]',
  ],
  ['verbosity', 'convolutions', 'profilingVerbosity: detailed'],
  ['caches off', 'convolutions', 'noBuilderCache: true\nnoCompilationCache: true'],
  ['monitored', 'convolutions', 'monitorMemory: true\nstrictNans: true'],
  ['timed', 'convolutions', 'timingCacheFile: timing.cache'],
  ['timed again', 'convolutions', 'timingCacheFile: timing.cache'],
  ['refit', 'layers', 'refit: true'],
  ['refit individual', 'layers', 'refitIndividual: [w1]'],
  ['refit individual by pattern', 'convolutions', 'refitIndividual: ["w*", b1]'],
  ['refit individual, folded weights', 'transformer', 'refitIndividual: ["w*", split, join]'],
  ['refit individual of nothing', 'layers', 'refitIndividual: [nothing]', 'failed'],
  ['refit and refit individual', 'layers', 'refit: true\nrefitIndividual: [w1]', 'not-built'],
  ['stripped', 'layers', 'stripWeights: true'],
  ['stripped for others', 'layers', 'stripAllWeights: true'],
  ['streamed', 'transformer', 'stronglyTyped: true\nallowWeightStreaming: true'],
  ['compatible', 'layers', 'versionCompatible: true\nexcludeLeanRuntime: true'],
  ['debug tensors', 'transformer', 'markDebug: [n0, h]'],
  ['further outputs', 'transformer', 'markOutputs: [n0, h]'],
  [
    'two profiles',
    'layers',
    'profiles:\n  - x: { min: [1, 256], opt: [4, 256], max: [16, 256] }\n  - x: { min: [16, 256], opt: [32, 256], max: [64, 256] }',
  ],
  ['no such flag', 'convolutions', 'tilingOptimizationLevel: 1', 'not-built'],
  [
    'wrong profile',
    'layers',
    'profiles:\n  - x: { min: [1, 255], opt: [4, 256], max: [16, 256] }',
    'not-built',
  ],
  ['no lean runtime here', 'layers', 'versionCompatible: true', 'failed'],
  ['for Windows', 'layers', 'runtimePlatform: WindowsAMD64', 'failed'],
  ['fusing debug tensors', 'layers', 'markDebug: [m0, r0]', 'failed'],
  ['plugins', 'plugin.onnxtxt', `staticPlugins: [${library('libnvinfer_plugin')}]`],
  ['plugins by default', 'plugin.onnxtxt', '', ['built', 'failed']],
  [
    'plugins in the engine',
    'layers',
    `versionCompatible: true\nexcludeLeanRuntime: true\ndynamicPlugins: [${library('libnvinfer_vc_plugin')}]\nsetPluginsToSerialize: [${library('libnvinfer_vc_plugin')}]`,
  ],
  ['plugins of our own', 'own-plugin.onnxtxt', `dynamicPlugins: [${ownPlugin}]`],
  ['plugins that register themselves', 'own-plugin.onnxtxt', `staticPlugins: [${selfRegistering}]`],
  ['a plugin whose library is not named', 'own-plugin.onnxtxt', '', ['failed', 'not-built']],
  [
    'plugins of our own in the engine',
    'own-plugin.onnxtxt',
    `versionCompatible: true\nexcludeLeanRuntime: true\ndynamicPlugins: [${ownPlugin}]\nsetPluginsToSerialize: [${ownPlugin}]`,
  ],
  [
    'a library that is none of plugins',
    'convolutions',
    `staticPlugins: [${library('libnvonnxparser')}]`,
    'failed',
  ],
  ['plugins that are not there', 'convolutions', 'staticPlugins: [no-such-plugin.so]', 'not-built'],
  ['plugins that are none', 'convolutions', 'staticPlugins: [calibration.cache]', 'failed'],
  [
    'preferred layer precisions',
    'convolutions',
    'fp16: true\nprecisionConstraints: prefer\nlayerPrecisions: { "*": fp16, mean: fp32 }\nlayerOutputTypes: { "conv*": fp16 }',
  ],
  [
    'precisions of no layer',
    'convolutions',
    'fp16: true\nprecisionConstraints: obey\nlayerPrecisions: { "nothing*": fp16 }',
    ['built', 'not-built'],
  ],
  ['layers on the GPU', 'convolutions', 'layerDeviceTypes: { "conv*": GPU }'],
  ['layers on DLA without DLA', 'convolutions', 'layerDeviceTypes: { conv0: DLA }', 'not-built'],
  [
    'layers on DLA',
    'convolutions',
    'fp16: true\nuseDLACore: 0\nallowGPUFallback: true\nlayerDeviceTypes: { "*": GPU, conv0: DLA }',
  ],
  // 10.6 builds it for the GPU where there is no DLA.
  ['DLA', 'convolutions', 'fp16: true\nuseDLACore: 0\nallowGPUFallback: true'],
  ['DLA without the GPU', 'convolutions', 'fp16: true\nuseDLACore: 0'],
  [
    'DLA alone',
    'convolutions',
    'fp16: true\nuseDLACore: 0\nbuildDLAStandalone: true\ninputIOFormats: { x: "fp16:dla_linear" }\noutputIOFormats: ["fp16:dla_linear"]',
    // DLA has no format for the output of this net, which has two dims.
    'not-built',
  ],
  ['safe', 'convolutions', 'safe: true', ['failed', 'not-built']],
  ['safe, checked', 'convolutions', 'safe: true\nconsistency: true', ['failed', 'not-built']],
  [
    'direct formats',
    'convolutions',
    'directIO: true\ninputIOFormats: { x: "fp32:chw" }\noutputIOFormats: ["fp32:chw"]',
    ['built', 'failed'],
  ],
  ['first device', 'convolutions', 'device: 0'],
  ['no such device', 'convolutions', 'device: 99', ['failed', 'not-built']],
  ['streamed without types', 'layers', 'allowWeightStreaming: true', 'not-built'],
  ['int8 without ranges', 'convolutions', 'int8: true\nfp16: true', ['built', 'failed', 'not-built']],
  ['pool beyond the device', 'convolutions', 'memPoolSize: { workspace: 4000GiB }', ['built', 'failed']],
  ['debug tensor that is not there', 'layers', 'markDebug: [nothing]', ['built', 'not-built']],
];

for (const [name, model, settings, expected = 'built'] of configs) {
  if (only && !only.includes(name)) continue;
  const file = path.join(folder, `${name.replaceAll(' ', '-')}.trt.yaml`);
  const own = settings.includes('profiles:') ? '' : (profiles[model] ?? '');
  const engine = `${path.basename(file, '.trt.yaml')}.engine`;
  writeFileSync(file, `model: ${modelFile(model)}\nengine: ${engine}\n${own}${settings}\n`);
  const { code, events, milliseconds } = await build(file);
  const finished = events.findLast(({ event }) => event === 'finished');
  const outcome = finished?.outcome ?? `exit code ${code}`;
  record[name] = {
    settings,
    outcome,
    ...(finished?.bytes && { bytes: finished.bytes }),
    milliseconds,
    ...(finished?.notes?.length > 0 && { notes: finished.notes }),
    warnings: events
      .filter(({ event, id }) => event === 'problems' && id !== undefined)
      .flatMap(({ problems }) => problems.map(({ code, message }) => `${code}: ${message}`)),
    ...(outcome !== 'built' && {
      problems: (finished?.problems ?? events.filter(({ event }) => event === 'problem')).map((problem) => ({
        code: problem.code,
        message: problem.message,
        advice: problem.advice,
      })),
    }),
  };
  if (![expected].flat().includes(outcome)) failures.push(`${name}: ${outcome} instead of ${expected}`);
}

if (!only) await buildAgain();
rmSync(folder, { recursive: true });
console.log(JSON.stringify({ node: process.version, record, failures }, null, 1));
process.exit(failures.length === 0 ? 0 : 1);

/** Nothing changed, interrupts, two processes: with what the builds above left. */
async function buildAgain() {
  const again = await build(path.join(folder, 'refit.trt.yaml'));
  record['up to date'] = again.events.findLast(({ event }) => event === 'finished')?.outcome;
  if (record['up to date'] !== 'up-to-date') failures.push(`a second build is ${record['up to date']}`);
  const note = path.join(folder, 'refit.engine.json');
  record.provenance = existsSync(note) ? JSON.parse(readFileSync(note, 'utf8')) : undefined;

  record.interrupted = {};
  for (const [moment, fits] of Object.entries({
    'as it began': ({ event }) => event === 'started',
    'before TensorRT was asked': ({ event }) => event === 'reason',
    'while the model was parsed': ({ event, stage }) => event === 'progress' && stage === 'parsing',
    'in a phase': ({ event, phases }) => event === 'progress' && phases.length > 0,
    'deep in a phase': ({ event, phases }) => event === 'progress' && phases.length > 2,
  })) {
    const interrupted = await interrupt(path.join(folder, 'debug-tensors.trt.yaml'), fits);
    record.interrupted[moment] = interrupted;
    if (interrupted.code === 130 && !(interrupted.milliseconds < 1000)) {
      failures.push(`interrupted ${moment}, a build goes on for ${interrupted.milliseconds} ms`);
    }
  }
  // What was killed last may still have the GPU: whoever comes next waits for it.
  const next = await build(path.join(folder, 'fp16.trt.yaml'), undefined, ['--force']);
  record.afterInterrupt = waitsOf(next);

  record.twoProcesses = await compete();

  record.timingCacheBytes = statSync(path.join(folder, 'timing.cache'), { throwIfNoEntry: false })?.size;
  if (!record.timingCacheBytes) failures.push('there is no timing cache');
}

/** Runs one build to its end; every event is told as it comes. */
function build(config, onEvent = () => undefined, options = []) {
  const start = performance.now();
  const child = spawn(process.execPath, [
    program,
    'build',
    config,
    '--runtime',
    tensorrt,
    '--format',
    'json',
    ...options,
  ]);
  const events = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const event = JSON.parse(line);
    events.push(event);
    onEvent(event, child);
  });
  child.stderr.on('data', (data) => process.stderr.write(data));
  return new Promise((resolve) => {
    child.once('close', (code) => {
      resolve({ code, events, milliseconds: Math.round(performance.now() - start) });
    });
  });
}

function waitsOf({ events }) {
  return {
    outcome: events.findLast(({ event }) => event === 'finished')?.outcome,
    waited: events.filter(({ event }) => event === 'waiting').map(({ message }) => message),
  };
}

/** Two commands at a time on one GPU: what each says, and whether TensorRT ever built for both. */
async function compete() {
  const times = [];
  const builds = ['fp16', 'no-tf32'].map(async (name) => {
    let begun;
    const done = await build(
      path.join(folder, `${name}.trt.yaml`),
      ({ event }) => {
        if (event === 'progress') begun ??= performance.now();
        if (event === 'finished') times.push([begun, performance.now()]);
      },
      ['--force'],
    );
    return waitsOf(done);
  });
  const ends = await Promise.all(builds);
  const [[, firstEnd] = [], [secondBegin] = []] = times;
  if (!(secondBegin >= firstEnd - 100)) failures.push('two builds were on the GPU at a time');
  if (ends.every(({ waited }) => waited.length === 0)) failures.push('of two builds none waited');
  return ends;
}

/** Milliseconds from an interrupt in the middle of a build to the end of its process. */
async function interrupt(config, fits) {
  let asked;
  const { code, events } = await build(
    config,
    (event, child) => {
      if (asked === undefined && fits(event)) {
        asked = performance.now();
        child.kill('SIGINT');
      }
    },
    ['--force'],
  );
  return {
    code,
    outcome: events.findLast(({ event }) => event === 'finished')?.outcome,
    milliseconds: asked === undefined ? undefined : Math.round(performance.now() - asked),
  };
}
