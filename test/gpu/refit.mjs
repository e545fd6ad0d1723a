/**
 * What a GPU alone can show of refits: engines that `onnx-trt refit` wrote compute what engines built anew do; refusals in words; engines on
 * lean and dispatch runtimes.
 *
 *   node test/gpu/refit.mjs DIST MODELS TENSORRT_FOLDER [LEAN_FOLDER DISPATCH_FOLDER [NAMES]]
 *
 * MODELS as make-models.py writes them. LEAN_FOLDER and DISPATCH_FOLDER: those of NVIDIA's Python packages, of the TensorRT's own version or
 * a later one. NAMES: first words of sections with `;` between. Prints a record; exit
 * code 1 where an expectation fails.
 */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { difference, floatsOf, profiles } from './nets.mjs';
import { startRunner } from './refit/runner.mjs';

const [dist = '', models = '', tensorrt = '', lean, dispatch, only] = process.argv.slice(2);
const program = path.resolve(dist, 'onnx-trt.js');
const folder = mkdtempSync(path.join(tmpdir(), 'refits-'));
const at = (name) => path.join(folder, name);
const failures = [];
const record = {};

/** TF32 and other tactics: two builds of one model differ by as much. */
const tolerance = 2e-3;

/** Runs a part; what it throws is a failure of its own, and the rest goes on. */
async function section(name, work) {
  if (only !== undefined && !only.split(';').some((first) => name.startsWith(first))) return;
  const start = performance.now();
  try {
    record[name] = await work();
  } catch (error) {
    failures.push(`${name}: ${error instanceof Error ? error.message : error}`);
  }
  const seconds = Math.round(performance.now() - start) / 1000;
  record[name] = { ...record[name], seconds };
  console.error(`${seconds} s  ${name}`);
}

function expect(what, holds, actual) {
  if (!holds) failures.push(`${what}: ${JSON.stringify(actual)}`);
}

function onnxTrt(...args) {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    encoding: 'utf8',
    timeout: 240_000,
    cwd: folder,
    env: {
      ...process.env,
      // A version-compatible build embeds the lean runtime that the loader finds.
      LD_LIBRARY_PATH: [lean, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':'),
    },
  });
  const words = `${stderr}`.trim().split('\n').slice(-6).join('\n');
  return { code: status ?? signal, stdout, words };
}

/** Answers of commands that say them as JSON; their words where they do not. */
function json({ code, stdout, words }) {
  try {
    return { code, ...JSON.parse(stdout) };
  } catch {
    return { code, words };
  }
}

function build(name, model, settings) {
  const config = at(`${name}.trt.yaml`);
  const kind = Object.keys(profiles).find((each) => name.startsWith(each));
  writeFileSync(config, `model: ${model}\nengine: ${name}.engine\n${profiles[kind]}${settings}\n`);
  const { code, stdout, words } = onnxTrt('build', config, '--runtime', tensorrt, '--format', 'json');
  const finished = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
    .findLast(({ event }) => event === 'finished');
  if (finished?.outcome !== 'built') {
    throw new Error(`${name} is not built: ${finished?.problems?.[0]?.message ?? `${code} ${words}`}`);
  }
  return { bytes: finished.bytes, ...(finished.ship && { ship: finished.ship }) };
}

function refit(engine, model, ...options) {
  const args = [
    'refit',
    at(`${engine}.engine`),
    model,
    '--runtime',
    tensorrt,
    '--format',
    'json',
    ...options,
  ];
  const answer = json(onnxTrt(...args));
  const { code, outcome, message, words, milliseconds, missing, output } = answer;
  return {
    code,
    ...(outcome && { outcome }),
    ...(message && { message }),
    ...(words && { words }),
    ...(milliseconds && { milliseconds }),
    ...(missing?.length > 0 && { missing: missing.map(({ name }) => name) }),
    ...(output && { bytes: output.bytes }),
  };
}

/** What the engine computes of the model's inputs. */
async function outputOf(name, engine) {
  const { inputs } = JSON.parse(readFileSync(path.join(models, name, 'model.json'), 'utf8'));
  const given = Object.fromEntries(
    Object.entries(inputs).map(([input, { file, dims }]) => {
      const values = path.resolve(models, name, file);
      return [
        input,
        { dims, source: { kind: 'file', path: values, offset: 0, byteLength: statSync(values).size } },
      ];
    }),
  );
  const runner = startRunner(path.resolve(dist, 'native-bridge.js'), tensorrt);
  try {
    return floatsOf(await runner.outputOf(at(`${engine}.engine`), given, mkdtempSync(at('outputs-'))));
  } finally {
    runner.end();
  }
}

for (const name of ['convolutions', 'layers', 'transformer']) {
  const model = path.resolve(models, name, 'model.onnx');
  const changed = path.resolve(models, name, 'changed.onnx');
  const reference = (variant) => floatsOf(path.join(models, name, `${variant}-y.bin`));

  await section(`${name}: refit from a changed model`, async () => {
    const built = build(`${name}-refit`, model, 'refit: true');
    const fresh = build(`${name}-fresh`, changed, 'refit: true');
    const check = json(
      onnxTrt(
        'refit',
        at(`${name}-refit.engine`),
        changed,
        '--check',
        '--runtime',
        tensorrt,
        '--format',
        'json',
      ),
    );
    const refitted = refit(`${name}-refit`, changed, '-o', `${name}-refitted.engine`);
    const [before, after, anew] = [
      await outputOf(name, `${name}-refit`),
      await outputOf(name, `${name}-refitted`),
      await outputOf(name, `${name}-fresh`),
    ];
    const errors = {
      before: difference(before, reference('model')),
      refittedToFresh: difference(after, anew),
      refittedToOnnxRuntime: difference(after, reference('changed')),
      freshToOnnxRuntime: difference(anew, reference('changed')),
      change: difference(before, after),
    };
    expect(
      `${name}: a refitted engine computes what a fresh one does`,
      errors.refittedToFresh < tolerance,
      errors,
    );
    expect(`${name}: the weights were others`, errors.change > 0.01, errors);
    expect(
      `${name}: the check says that it may be done`,
      check.isPossible === true,
      check.message ?? check.words,
    );
    const text = at(`${name}-changed.onnxtxt`);
    copyFileSync(changed, at(`${name}-changed.onnx`));
    const printed = onnxTrt('print', at(`${name}-changed.onnx`), '-o', text);
    const fromText = refit(`${name}-refit`, text, '-o', `${name}-from-text.engine`);
    const textError = existsSync(at(`${name}-from-text.engine`))
      ? difference(await outputOf(name, `${name}-from-text`), anew)
      : undefined;
    expect(`${name}: so does one that was refitted from text`, textError < tolerance, {
      textError,
      ...(printed.code !== 0 && { printed: printed.words }),
      ...fromText,
    });
    return { built, fresh, refitted, errors, fromText, textError };
  });

  await section(`${name}: stripped, and refitted back`, async () => {
    const stripped = build(`${name}-stripped`, model, 'stripWeights: true');
    const full = refit(`${name}-stripped`, model, '-o', `${name}-full.engine`);
    const error = difference(await outputOf(name, `${name}-full`), reference('model'));
    expect(
      `${name}: a stripped engine computes what ONNX Runtime does once it was refitted`,
      error < tolerance,
      error,
    );
    const others = refit(`${name}-stripped`, changed);
    expect(`${name}: other weights are refused for it`, others.code === 1, others);
    const kept = refit(`${name}-stripped`, model, '-o', `${name}-still.engine`, '--keep-stripped');
    const keptBytes = statSync(at(`${name}-still.engine`), { throwIfNoEntry: false })?.size;
    const again = refit(`${name}-still`, model, '-o', `${name}-again.engine`);
    const againError = existsSync(at(`${name}-again.engine`))
      ? difference(await outputOf(name, `${name}-again`), reference('model'))
      : undefined;
    expect(
      `${name}: a stripped engine that was written again can be refitted`,
      againError < tolerance,
      again,
    );
    // Whether the full plan can be refitted once more is TensorRT's to say.
    const onceMore = refit(`${name}-full`, model);
    const inspected = onnxTrt(
      'inspect',
      at(`${name}-stripped.engine`),
      '--compare',
      at(`${name}-full.engine`),
      '--no-load',
    );
    return {
      stripped,
      full,
      error,
      others,
      kept: { ...kept, bytes: keptBytes },
      again,
      onceMore,
      inspected: inspected.stdout,
    };
  });
}

await section('single weights', async () => {
  const changed = path.resolve(models, 'layers', 'changed.onnx');
  const list = json(
    onnxTrt('refit', at('layers-refit.engine'), changed, '--list', '--runtime', tensorrt, '--format', 'json'),
  );
  const one = {};
  for (const { name } of list.weights ?? []) one[name] = refit('layers-refit', changed, '--weights', name);
  const names = (list.weights ?? []).map(({ name }) => name).join(',');
  const all = refit('layers-refit', changed, '--weights', names, '-o', 'layers-single.engine');
  const error = difference(
    await outputOf('layers', 'layers-single'),
    floatsOf(path.join(models, 'layers', 'changed-y.bin')),
  );
  expect('single weights, all of them, are a refit of the whole', error < tolerance, { error, ...all });
  const convolutions = json(
    onnxTrt(
      'refit',
      at('convolutions-refit.engine'),
      path.resolve(models, 'convolutions', 'changed.onnx'),
      '--list',
      '--runtime',
      tensorrt,
      '--format',
      'json',
    ),
  );
  return { list: list.weights, one, all, error, convolutions: convolutions.weights };
});

/** A text of the net's model in which only these weights are those of changed.onnx. */
function changedIn(name, weights) {
  const [before, after] = ['model', 'changed'].map((variant) => {
    const [binary, text] = [at(`${name}-only-${variant}.onnx`), at(`${name}-only-${variant}.onnxtxt`)];
    copyFileSync(path.resolve(models, name, `${variant}.onnx`), binary);
    const { code, words } = onnxTrt('print', binary, '-o', text);
    if (code !== 0) throw new Error(`${binary} is not printed: ${words}`);
    return readFileSync(text, 'utf8').split('\n');
  });
  const declares = (line, weight) => line.includes(` ${weight} = [`);
  const mixed = before.map((line) => {
    const weight = weights.find((each) => declares(line, each));
    return weight === undefined ? line : after.find((each) => declares(each, weight));
  });
  const file = at(`${name}-only-${weights.join('-')}.onnxtxt`);
  writeFileSync(file, mixed.join('\n'));
  return file;
}

// What is named in the config, what that marks, and a weight that it does not.
for (const [name, wanted, marked, other] of [
  ['layers', 'w1', ['w1'], 'w0'],
  ['convolutions', 'w1, b1', ['b1', 'w1'], 'w0'],
  ['convolutions', '"w*"', ['w0', 'w1', 'w2'], 'b0'],
]) {
  await section(`individually refittable weights: ${name}, ${wanted}`, async () => {
    const model = path.resolve(models, name, 'model.onnx');
    const changed = path.resolve(models, name, 'changed.onnx');
    const onlyMarked = changedIn(name, marked);
    const [engine, bare] = [
      `${name}-individual-${marked.join('')}`,
      `${name}-individual-bare-${marked.join('')}`,
    ];
    const built = build(engine, model, `refitIndividual: [${wanted}]`);
    const fresh = build(`${engine}-fresh`, onlyMarked, '');
    const list = (of) =>
      json(
        onnxTrt('refit', at(`${of}.engine`), changed, '--list', '--runtime', tensorrt, '--format', 'json'),
      );
    const listed = list(engine);
    const names = listed.weights?.map((weight) => weight.name);
    // What TensorRT knows by layer alone has no type, and is none that could be named.
    const typed = listed.weights?.flatMap((weight) => (weight.type === undefined ? [] : [weight.name]));
    expect(`${engine}: the marked weights are those to refit`, String(typed) === String(marked), listed);

    const anew = await outputOf(name, `${engine}-fresh`);
    const toFresh = async (refitted) =>
      existsSync(at(`${refitted}.engine`)) ? difference(await outputOf(name, refitted), anew) : undefined;
    const single = refit(engine, changed, '--weights', marked.join(','), '-o', `${engine}-single.engine`);
    const whole = refit(engine, onlyMarked, '-o', `${engine}-whole.engine`);
    const errors = {
      before: difference(await outputOf(name, engine), floatsOf(path.join(models, name, 'model-y.bin'))),
      single: await toFresh(`${engine}-single`),
      whole: await toFresh(`${engine}-whole`),
      change: await toFresh(engine),
    };
    expect(`${engine}: it computes what the model does`, errors.before < tolerance, errors);
    expect(`${engine}: refitted weight by weight as a fresh one`, errors.single < tolerance, {
      errors,
      ...single,
    });
    expect(`${engine}: refitted from a model as a fresh one`, errors.whole < tolerance, { errors, ...whole });
    expect(`${engine}: the weights were others`, errors.change > 0.01, errors);

    const unmarked = refit(engine, changed, '--weights', other, '-o', `${engine}-none.engine`);
    const others = refit(engine, changed, '-o', `${engine}-none.engine`);
    for (const [what, { code, message = '' }] of Object.entries({ unmarked, others })) {
      expect(`${engine}: ${what} are refused`, code === 1 && message.includes('can be replaced'), {
        code,
        message,
      });
    }

    // Without the note, what TensorRT itself does: the others stay, without a word.
    copyFileSync(at(`${engine}.engine`), at(`${bare}.engine`));
    const noted = {
      list: list(bare).weights?.map((weight) => weight.name),
      unmarked: refit(bare, changed, '--weights', other),
      others: refit(bare, changed, '-o', `${bare}-others.engine`),
    };
    const kept = await toFresh(`${bare}-others`);
    expect(`${bare}: TensorRT leaves the others as they are`, kept < tolerance, { kept, ...noted.others });
    return { built, fresh, names, errors, single, whole, unmarked, others, withoutNote: { ...noted, kept } };
  });
}

await section('a weight and an input of over 64 MiB', async () => {
  const built = build('wide-refit', path.resolve(models, 'wide', 'model.onnx'), 'refit: true');
  const refitted = refit(
    'wide-refit',
    path.resolve(models, 'wide', 'changed.onnx'),
    '--weights',
    'w',
    '-o',
    'wide-refitted.engine',
  );
  const reference = (variant) => floatsOf(path.join(models, 'wide', `${variant}-y.bin`));
  const errors = {
    before: difference(await outputOf('wide', 'wide-refit'), reference('model')),
    refitted: difference(await outputOf('wide', 'wide-refitted'), reference('changed')),
    change: difference(reference('model'), reference('changed')),
  };
  expect('large inputs come through whole', errors.before < tolerance, errors);
  expect('a large weight comes through whole', errors.refitted < tolerance, { errors, ...refitted });
  expect('the weight was another', errors.change > 0.01, errors);
  return { built, refitted, errors };
});

await section('refusals', async () => {
  const model = path.resolve(models, 'layers', 'model.onnx');
  build('layers-plain', model, '');
  const noted = refit('layers-plain', model);
  copyFileSync(at('layers-plain.engine'), at('layers-bare.engine'));
  const bare = refit('layers-bare', model);
  const otherModel = refit('layers-refit', path.resolve(models, 'convolutions', 'model.onnx'));
  copyFileSync(at('layers-refit.engine'), at('layers-unnoted.engine'));
  const otherUnnoted = refit('layers-unnoted', path.resolve(models, 'convolutions', 'model.onnx'));
  const noSuch = refit('layers-refit', model, '--weights', 'no_such');
  for (const [what, { code }] of Object.entries({ noted, bare, otherModel, otherUnnoted })) {
    expect(`${what} is refused`, code === 1, code);
  }
  return { noted, bare, otherModel, otherUnnoted, noSuch };
});

if (lean && dispatch) {
  for (const [name, settings] of Object.entries({
    'layers-compatible': 'versionCompatible: true\nrefit: true',
    'layers-excluded': 'versionCompatible: true\nexcludeLeanRuntime: true',
  })) {
    await section(`${name} on lean and dispatch runtimes`, async () => {
      let built;
      try {
        built = build(name, path.resolve(models, 'layers', 'model.onnx'), settings);
      } catch (error) {
        // It embeds the lean runtime of its own version only.
        return { refused: error instanceof Error ? error.message : String(error) };
      }
      const engine = at(`${name}.engine`);
      const answers = {};
      for (const [kind, runtime] of Object.entries({ lean, dispatch, full: tensorrt })) {
        for (const trust of [[], ['--trust-host-code']]) {
          const inspected = json(
            onnxTrt('inspect', engine, '--runtime', runtime, '--format', 'json', ...trust),
          );
          const profiled = json(
            onnxTrt(
              'profile',
              engine,
              '--runtime',
              runtime,
              '--format',
              'json',
              '--duration',
              '0.3',
              ...trust,
            ),
          );
          answers[[kind, ...trust].join(' ')] = {
            code: inspected.code,
            ...(inspected.words && { words: inspected.words }),
            ...(inspected.runtime && { loadedBy: `${inspected.runtime.kind} ${inspected.runtime.version}` }),
            ...(profiled.statistics && { computeMs: profiled.statistics.compute?.median }),
            ...(profiled.words && { profile: profiled.words }),
          };
        }
      }
      const refits = json(
        onnxTrt(
          'refit',
          engine,
          path.resolve(models, 'layers', 'changed.onnx'),
          '--weights',
          'w0,b0,w1',
          '--runtime',
          lean,
          '--format',
          'json',
          '--trust-host-code',
        ),
      );
      return { built, answers, leanRefit: refits.message ?? refits.words ?? refits.outcome };
    });
  }
} else {
  record['lean and dispatch runtimes'] = 'not tried: no folders were given';
}

const files = readdirSync(folder).filter((name) => name.endsWith('.engine')).length;
rmSync(folder, { recursive: true });
console.log(JSON.stringify({ node: process.version, engines: files, record, failures }, null, 1));
process.exit(failures.length === 0 ? 0 : 1);
