/**
 * What a GPU alone can show of debug tensors, through `onnx-trt debug`: chosen tensors, all, unfused ones, as outputs or in several builds
 * where TensorRT does not mark them in one; a weight that was changed, NaN in an input, an overflow in half precision, each found at its node.
 *
 *   node test/gpu/debug.mjs DIST MODELS TENSORRT_FOLDER [NAMES]       MODELS as make-models.py writes them; `;` between first words of steps
 *
 * ONNX Runtime for Node.js (node_modules/onnxruntime-node, node_modules/onnxruntime-common) lies where DIST finds it. Prints a record; exit
 * code 1 where an expectation fails.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { profiles } from './nets.mjs';

const [dist = '', models = '', tensorrt = '', only] = process.argv.slice(2);
const program = path.resolve(dist, 'onnx-trt.js');
const folder = mkdtempSync(path.join(tmpdir(), 'debug-'));
const modelFile = (name) => path.resolve(models, name, 'model.onnx');
const failures = [];
const record = {};

/** What ONNX Runtime computes by itself: without it nothing else can be compared. */
step('onnx runtime alone', { 0: true }, (out) => debug(modelFile('convolutions'), out, ['--no-engine']));

// Exact builds agree within rounding, others within that of what they compute in.
for (const [name, net, settings, tensors] of [
  ['convolutions', 'convolutions', '', 'r0,c1'],
  ['convolutions, exact', 'convolutions', 'noTF32: true', 'r0,c1'],
  ['convolutions, fp16', 'convolutions', 'fp16: true', 'r0,c1'],
  ['layers', 'layers', '', 'r0'],
  ['transformer', 'transformer', '', 'n0,h'],
  ['transformer, more', 'transformer', '', 'n0,scaled,probabilities,h,n1'],
]) {
  step(name, { 0: true }, (out) => debug(config(name, net, settings), out, ['--tensors', tensors]));
}

// Captured without a reference, in whatever format; the later comparison finds it.
step('convolutions, fp16, compared later', { 0: true }, (out) => {
  const half = config('convolutions-later', 'convolutions', 'fp16: true');
  const captured = debug(half, out, ['--tensors', 'r0,c1', '--reference', 'none']);
  return captured.code === 0 ? debug(out, undefined, ['--reference', 'onnxruntime']) : captured;
});

// TensorRT 10.6 marks these in one engine, refuses or crashes; as outputs or in several builds it comes to a comparison all the same. How
// many there were is in the record, and which tensors were left out.
for (const net of ['convolutions', 'layers', 'transformer']) {
  step(`${net}, all`, { 0: true }, (out) => debug(config(`${net}-all`, net, ''), out, ['--tensors', 'all']));
  step(`${net}, all, as outputs`, { 0: true }, (out) =>
    debug(config(`${net}-outputs`, net, ''), out, ['--tensors', 'all', '--mark', 'outputs']),
  );
  // What is said of a TensorRT that is too old for it is the record.
  step(`${net}, unfused`, { 0: true, 1: true, 2: true }, (out) =>
    debug(config(`${net}-unfused`, net, ''), out, ['--unfused']),
  );
}
step('convolutions, fp16, all, as outputs', { 0: true }, (out) =>
  debug(config('convolutions-fp16-outputs', 'convolutions', 'fp16: true'), out, [
    ...['--tensors', 'all', '--mark', 'outputs'],
  ]),
);
step('layers, all, as debug tensors', { 0: true }, (out) =>
  debug(config('layers-debug', 'layers', ''), out, ['--tensors', 'all', '--mark', 'debug']),
);
step('fused tensors', { 0: true }, (out) =>
  debug(config('fused', 'layers', ''), out, ['--tensors', 'm0,r0']),
);
for (const name of [
  'transformer, more',
  'convolutions, all',
  'layers, all',
  'transformer, all',
  'convolutions, all, as outputs',
  'layers, all, as outputs',
  'transformer, all, as outputs',
  'convolutions, fp16, all, as outputs',
  'layers, all, as debug tensors',
  'fused tensors',
]) {
  expect(name, ({ tensors }) => tensors?.some(({ verdict }) => verdict !== undefined), 'values are compared');
  expect(name, ({ builds }) => builds >= 1 && builds <= 16, 'no more than 16 builds');
}
// The same without splitting: an engine, or advice in words.
step('in one engine or none', { 0: true, 2: true }, (out) =>
  debug(config('single', 'transformer', ''), out, [
    '--tensors',
    'n0,scaled,probabilities,h,n1',
    '--max-builds',
    '1',
  ]),
);

// An engine of a model whose second convolution has twice its weights, compared with the model that has not.
step('a changed weight', { 1: true }, (out) => {
  const text = path.join(path.dirname(modelFile('convolutions')), 'debug-changed.onnxtxt');
  run(['print', modelFile('convolutions'), '-o', text]);
  const changed = readFileSync(text, 'utf8').replace(
    /(\[conv1\] c1 = Conv .*\(p0, )w1(, b1\))/,
    'changed = Add (w1, w1)\n  $1changed$2',
  );
  writeFileSync(text, changed);
  const file = path.join(folder, 'changed.trt.yaml');
  const engine = path.join(folder, 'changed.engine');
  writeFileSync(file, `model: ${text}\nengine: ${engine}\nnoTF32: true\nmarkDebug: [p0, c1]\n`);
  const built = run(['build', file, '--runtime', tensorrt]);
  rmSync(text);
  if (!existsSync(engine)) return built;
  return debug(engine, out, ['--model', modelFile('convolutions')]);
});
expect('a changed weight', ({ findings }) => findings?.[0]?.tensor === 'c1', 'c1 is where they part ways');

step('NaN in an input', { 1: true }, (out) => {
  const values = new Float32Array(8 * 256).map((_, index) => Math.sin(index));
  values[300] = Number.NaN;
  const file = path.join(folder, 'nan.bin');
  writeFileSync(file, new Uint8Array(values.buffer));
  return debug(config('nan', 'layers', ''), out, ['--tensors', 'r0', '--load-inputs', `x:${file}`]);
});
expect(
  'NaN in an input',
  ({ tensors }) => tensors?.some(({ engine }) => engine?.nan > 0),
  'the engine has NaN',
);

step('overflow of fp16', { 1: true }, (out) => {
  const file = path.join(folder, 'big.bin');
  writeFileSync(
    file,
    new Uint8Array(new Float32Array(8 * 256).map((_, index) => 60000 * Math.sin(index)).buffer),
  );
  const settings =
    'stronglyTyped: false\nfp16: true\nprecisionConstraints: obey\nlayerPrecisions: { "*": fp16 }\nlayerOutputTypes: { fc0: fp16, bias0: fp16 }';
  return debug(config('overflow', 'layers', settings), out, [
    '--tensors',
    'r0',
    '--load-inputs',
    `x:${file}`,
  ]);
});

// The crash of 10.6 on a tiny net (Relu, Neg, Softmax), with marks: what is said.
for (const [name, tensors] of [
  ['crash', 'r'],
  ['crash, two tensors', 'r,n'],
]) {
  step(name, { 0: true, 2: true }, (out) => {
    const file = path.join(folder, 'softmax.trt.yaml');
    writeFileSync(
      file,
      `model: ${path.resolve(models, 'softmax.onnx')}\nprofiles: [{ x: { min: [1, 8], opt: [2, 8], max: [4, 8] } }]\n`,
    );
    return debug(file, out, ['--tensors', tensors]);
  });
}
expect(
  'crash, two tensors',
  ({ code, said = [] }) => code === 0 || said.some((line) => line.includes('no engine with any of the 2')),
  'that none can be marked is told',
);

// A capture is shown again, with another tolerance, and against another capture.
step('shown again', { 0: true }, () => debug(path.join(folder, 'convolutions'), undefined, []));
step('one capture against another', { 0: true, 1: true }, () =>
  debug(path.join(folder, 'convolutions'), undefined, [
    '--reference',
    path.join(folder, 'convolutions,-exact'),
  ]),
);

rmSync(folder, { recursive: true });
console.log(JSON.stringify({ node: process.version, record, failures }, null, 1));
process.exit(failures.length === 0 ? 0 : 1);

/** `codes`: exit codes that are right. */
function step(name, codes, work) {
  if (only !== undefined && !only.split(';').some((first) => name.startsWith(first))) return;
  const start = performance.now();
  try {
    const { code, ...result } = work(path.join(folder, name.replaceAll(' ', '-')));
    record[name] = { code, milliseconds: Math.round(performance.now() - start), ...result };
    if (!codes[code]) failures.push(`${name}: exit code ${code}`);
  } catch (error) {
    record[name] = { error: String(error) };
    failures.push(`${name}: ${error}`);
  }
}

function expect(name, holds, what) {
  if (record[name] && !holds(record[name])) failures.push(`${name}: not so: ${what}`);
}

function config(name, net, settings) {
  const file = path.join(folder, `${name.replaceAll(/[ ,]+/g, '-')}.trt.yaml`);
  const engine = `${path.basename(file, '.trt.yaml')}.engine`;
  writeFileSync(file, `model: ${modelFile(net)}\nengine: ${engine}\n${profiles[net]}${settings}\n`);
  return file;
}

function debug(target, out, options) {
  const isStored = out === undefined;
  return run([
    'debug',
    target,
    ...options,
    '--format',
    'json',
    ...(isStored ? [] : ['-o', out]),
    ...(isStored || options.includes('--no-engine') ? [] : ['--runtime', tensorrt]),
  ]);
}

/** Exit code, what was said, and what of the index is worth keeping. */
function run(args) {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    timeout: 240_000,
  });
  const said = stderr
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('The values are in'))
    .slice(0, 12);
  const common = { code: status ?? String(signal), ...(said.length > 0 && { said }) };
  if (!stdout.startsWith('{')) return common;
  const { engine, parts, asOutputs, reference, precision, tensors, findings, notes } = JSON.parse(stdout);
  const short = (values) =>
    values && {
      type: values.type,
      dims: values.dims.join('x'),
      nan: values.statistics.nan,
      infinite: values.statistics.positiveInfinity + values.statistics.negativeInfinity,
      magnitude: values.statistics.finite?.magnitude,
    };
  return {
    ...common,
    engine: engine && { runtime: engine.runtime, device: engine.device },
    ...(engine && { builds: parts?.builds ?? 1 }),
    ...(asOutputs && { asOutputs }),
    ...(parts && {
      engines: parts.engines.map((part) => part.tensors.join(' ')),
      leftOut: parts.leftOut,
    }),
    reference: reference?.name,
    precision,
    findings: findings.map(({ kind, side, tensor, suspects, followers }) => ({
      kind,
      side,
      tensor,
      suspects,
      followers,
    })),
    tensors: tensors.map(({ name, engine: own, reference: other, comparison }) => ({
      name,
      engine: short(own),
      reference: short(other),
      ...(comparison && {
        verdict: comparison.verdict,
        differing: comparison.differing,
        greatestAbsolute: comparison.greatestAbsolute,
        allowed: comparison.tolerance.absolute,
        cosine: comparison.cosine,
      }),
    })),
    ...(notes.length > 0 && { notes }),
  };
}
