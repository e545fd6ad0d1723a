/** Simulation: `onnx-trt refit` on the recorded GPU (test/support/recorded-gpu). What TensorRT refuses is made up where it says so. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, beforeEach, describe, test } from 'node:test';
import type { RefitResult } from '../../../native-bridge/src/engine-protocol.ts';
import { loadModel } from '../../../server/src/node/load-model.ts';
import { readProvenance, writeProvenance } from '../../../server/src/tensorrt/build/provenance.ts';
import { weightsRecord } from '../../../server/src/tensorrt/weights.ts';
import { temporaryFolder } from '../../native-bridge/support/models.ts';
import { type RecordedDistribution, recordedDistribution } from '../../support/recorded-gpu/distribution.mts';
import {
  readRecordedEngine,
  writeBuiltEngine,
  writeRecordedEngine,
} from '../../support/recorded-gpu/engine-file.ts';
import { convolutionWeights, writeConvolutions } from '../engine/support/refit-models.ts';
import { testLibraries } from '../tensorrt/support/test-libraries.ts';
import { runCommand } from './run-command.ts';

const folder = temporaryFolder();
const at = (name: string) => path.join(folder, name);
const refusal = at('refusal.json');
const [model, changed] = [writeConvolutions(folder, 'net', 1), writeConvolutions(folder, 'changed', 2)];
let recorded: RecordedDistribution;

const refit = (...args: string[]) => onnxTrt('refit', ...args);

function onnxTrt(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [recorded.commandLine, ...args], {
    env: { ...recorded.environment, RECORDED_GPU_REFUSAL: refusal },
    encoding: 'utf8',
    cwd: folder,
  });
  return { status, stdout, stderr };
}

async function writeEngine(name: string, ...flags: string[]): Promise<string> {
  const engine = at(name);
  await writeBuiltEngine(engine, { net: 'convolutions', flags, debugTensors: [] }, model);
  return engine;
}

/** As a build of these flags writes it since hashes of weights are kept. */
async function withWeights(engine: string): Promise<void> {
  const provenance = await readProvenance(engine);
  assert.ok(provenance);
  await writeProvenance(engine, { ...provenance, weights: await weightsRecord(loadModel(model)) });
}

function refuse(result: Partial<RefitResult>): void {
  const milliseconds = { parsing: 1, refitting: 1, writing: 0 };
  writeFileSync(
    refusal,
    JSON.stringify({ succeeded: false, parserErrors: [], missing: [], log: [], milliseconds, ...result }),
  );
}

before(async () => {
  recorded = await recordedDistribution(at('program'));
});
beforeEach(() => rmSync(refusal, { force: true }));

describe('onnx-trt refit, of a whole model', () => {
  test('a trial writes nothing, and says how to write', async () => {
    const engine = await writeEngine('trial.engine', 'kREFIT');
    const before = readFileSync(engine);
    const { status, stdout, stderr } = refit(engine, changed);
    assert.equal(status, 0, stderr);
    assert.match(
      stdout,
      /trial\.engine: can be refitted with 5 weights of .*changed\.onnxtxt, done in 41\.0 ms/,
    );
    assert.match(
      stderr,
      /Nothing was written: -o ENGINE2 writes the refitted engine, --in-place replaces this one/,
    );
    assert.deepEqual(readFileSync(engine), before);
  });

  test('-o writes an engine with a note that names the new model, and replaces nothing', async () => {
    const engine = await writeEngine('plain.engine', 'kREFIT');
    const { status, stderr } = refit(engine, changed, '-o', 'new.engine');
    assert.equal(status, 0, stderr);
    const note = await readProvenance(at('new.engine'));
    assert.equal(note?.engine.path, at('new.engine'));
    assert.equal(note.engine.bytes, readFileSync(at('new.engine')).length);
    assert.equal(note.model.path, changed);
    assert.deepEqual(
      note.inputs.map(({ path: file }) => path.basename(file)),
      ['changed.bin'],
    );
    assert.equal(note.refit?.weights, 'all');
    assert.equal(note.refit.device.name, 'NVIDIA H200');
    assert.equal(note.refit.engine.sha256, (await readProvenance(engine))?.engine.sha256);
    const again = refit(engine, changed, '-o', 'new.engine');
    assert.equal(again.status, 2);
    assert.match(again.stderr, /new\.engine is there already\. --force replaces it/);
    assert.equal(refit(engine, changed, '-o', 'new.engine', '--force').status, 0);
    const itself = refit(engine, changed, '-o', engine);
    assert.match(itself.stderr, /That is the engine itself; --in-place replaces it/);
  });

  test('--in-place replaces the engine and its note', async () => {
    const engine = await writeEngine('place.engine', 'kREFIT');
    assert.equal(refit(engine, changed, '--in-place').status, 0);
    assert.equal((await readProvenance(engine))?.model.path, changed);
    assert.match(refit(engine, changed, '--in-place', '-o', 'x.engine').stderr, /either -o or --in-place/);
  });

  test('an engine without a note is refitted, and what is not known is said', () => {
    const engine = at('bare.engine');
    writeRecordedEngine(engine, { net: 'convolutions', flags: ['kREFIT'], debugTensors: [] });
    writeFileSync(`${at('bare2.engine')}.json`, '{}');
    const { status, stderr } = refit(engine, changed, '-o', 'bare2.engine', '--force');
    assert.equal(status, 0, stderr);
    assert.match(stderr, /No ENGINE\.json says how the engine was built/);
    assert.match(stderr, /so none is written beside the refitted one/);
    assert.ok(!existsSync(`${at('bare2.engine')}.json`), 'a note of another engine does not stay');
  });

  test('an engine that was not built for it, before it is loaded', async () => {
    const engine = await writeEngine('fixed.engine');
    const { status, stderr } = refit(engine, changed, '-o', 'none.engine');
    assert.equal(status, 1);
    assert.match(
      stderr,
      /It was built without refitting\. Build it again with `refit: true` \(trtexec --refit\)/,
    );
    assert.ok(!existsSync(at('none.engine')));
    const bare = at('bare-fixed.engine');
    writeRecordedEngine(bare, { net: 'convolutions', flags: [], debugTensors: [] });
    const loaded = refit(bare, changed);
    assert.equal(loaded.status, 1);
    assert.match(loaded.stderr, /It was built without refitting/);
  });

  test('a model whose weights have other sizes is another model', async () => {
    const engine = await writeEngine('sizes.engine', 'kREFIT');
    const other = writeConvolutions(folder, 'other', 1, { ...convolutionWeights, w2: [10, 16] });
    const { status, stderr } = refit(engine, other);
    assert.equal(status, 1);
    assert.match(
      stderr,
      /w2 of .* does not fit the engine: it has 160 elements in the model and 320 in the engine/,
    );
  });

  test('what TensorRT’s parser refuses is told at the node (made up)', async () => {
    const engine = await writeEngine('refused.engine', 'kREFIT');
    refuse({
      message: 'the weights of conv1 are not constant',
      parserErrors: [
        {
          code: 8,
          codeName: 'kUNSUPPORTED_NODE',
          description: 'Failed to convert',
          file: 'ModelRefitter.cpp',
          line: 1,
          function: 'refit',
          nodeIndex: 3,
          nodeName: 'conv1',
          operator: 'Conv',
          localFunctionStack: [],
        },
      ],
    });
    const { status, stdout, stderr } = refit(engine, changed, '-o', 'refused2.engine');
    assert.equal(status, 1);
    assert.match(
      stderr,
      /parser does not take changed\.onnxtxt for a refit\. TensorRT’s words: the weights of conv1/,
    );
    assert.match(stdout, /nodes: conv1/);
    assert.ok(!existsSync(at('refused2.engine')));
  });
});

describe('REFIT_IDENTICAL', () => {
  test('takes the weights that the engine was built from, whatever file they lie in, and no others', async () => {
    const engine = await writeEngine('identical.engine', 'kREFIT_IDENTICAL');
    await withWeights(engine);
    const moved = writeConvolutions(folder, 'moved', 1);
    assert.equal(refit(engine, moved).status, 0);
    const { status, stderr } = refit(engine, changed);
    assert.equal(status, 1);
    assert.match(stderr, /built for the same weights only \(kREFIT_IDENTICAL\), and the model has others/);
  });

  test('an older note, without a hash of the weights: the same file, or the word of the user', async () => {
    const engine = await writeEngine('older.engine', 'kREFIT_IDENTICAL');
    assert.equal(refit(engine, model).status, 0);
    const moved = refit(engine, writeConvolutions(folder, 'moved', 1));
    assert.equal(moved.status, 1);
    assert.match(moved.stderr, /nothing here tells that the model has them/);
    assert.equal(refit(engine, at('moved.onnxtxt'), '--assume-identical').status, 0);
  });
});

describe('stripped engines', () => {
  test('have their weights after a refit, or leave them out again', async () => {
    const engine = await writeEngine('stripped.engine', 'kSTRIP_PLAN', 'kREFIT_IDENTICAL');
    await withWeights(engine);
    assert.equal(refit(engine, model, '-o', 'full.engine').status, 0);
    assert.deepEqual(readRecordedEngine(at('full.engine')).flags, []);
    assert.equal((await readProvenance(at('full.engine')))?.refit?.isStripped, false);
    assert.equal(refit(engine, model, '-o', 'still.engine', '--keep-stripped').status, 0);
    assert.deepEqual(readRecordedEngine(at('still.engine')).flags, ['kSTRIP_PLAN', 'kREFIT_IDENTICAL']);
    assert.equal((await readProvenance(at('still.engine')))?.refit?.isStripped, true);
    assert.match(refit(engine, model, '--keep-stripped').stderr, /give -o or --in-place, too/);
  });
});

describe('from a stripped build to the full engine and back', () => {
  const config = at('convolutions.trt.yaml');
  const engine = at('convolutions.engine');
  const build = () => onnxTrt('build', config, '--format', 'json');
  const outcome = ({ stdout }: { stdout: string }) =>
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .find(({ event }) => event === 'finished');

  test('a build without weights tells its ship size and how they come back', async () => {
    writeFileSync(config, 'model: net.onnxtxt\nengine: convolutions.engine\nstripWeights: true\n');
    const { status, stdout, stderr } = onnxTrt('build', config);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /convolutions\.engine: built, \d+ bytes without about 21\.6 kB of weights in/);
    assert.match(
      stderr,
      /its weights are in net\.onnxtxt: onnx-trt refit convolutions\.engine net\.onnxtxt -o FULL\.engine/,
    );
    assert.deepEqual((await readProvenance(engine))?.weights, await weightsRecord(loadModel(model)));
    const { ship } = outcome(onnxTrt('build', config, '--force', '--format', 'json'));
    assert.equal(ship.weightBytes, 21632);
    assert.deepEqual(
      ship.sources.map(({ path: file }: { path: string }) => path.basename(file)),
      ['net.onnxtxt', 'net.bin'],
    );
  });

  test('inspect has a section of it, and a comparison with the full engine shows the difference', async () => {
    const shown = onnxTrt('inspect', engine, '--no-load');
    assert.match(
      shown.stdout,
      /Ship size\n +Engine without weights +\d+ bytes\n +Weights left out +about 21\.6 kB/,
    );
    assert.match(
      shown.stdout,
      /\n +Refits +It was built for the same weights only \(kREFIT_IDENTICAL\); a refit looks first whether its model has/,
    );
    assert.equal(refit(engine, model, '-o', 'whole.engine').status, 0);
    const compared = onnxTrt('inspect', engine, '--compare', 'whole.engine', '--no-load');
    assert.match(compared.stdout, /Ship size\n +Engine without weights\n +- \d+ bytes\n/);
    assert.match(
      onnxTrt('inspect', 'whole.engine', '--no-load').stdout,
      /Refitted +20.*, all weights of .*net\.onnxtxt\n/,
    );
    const again = refit('whole.engine', model);
    assert.equal(again.status, 1);
    assert.match(again.stderr, /a refit has put them in: TensorRT does not refit it once more/);
    const checked = await runCommand('refit', at('whole.engine'), model, '--check');
    assert.equal(checked.code, 1, 'also without a GPU');
    assert.match(
      checked.stdout,
      /kSTRIP_PLAN +It was built without its weights, and a refit has put them in/,
    );
  });

  test('an engine that was refitted in its place is not what its config asks for any more', () => {
    assert.equal(outcome(build()).outcome, 'up-to-date');
    assert.equal(refit(engine, model, '--in-place').status, 0);
    const again = build();
    assert.match(again.stdout, /a refit put the weights into the engine/);
    assert.equal(outcome(again).outcome, 'built');
  });

  test('a refit with a changed model is as good as a build of it', () => {
    writeFileSync(config, 'model: net.onnxtxt\nengine: convolutions.engine\nrefit: true\n');
    assert.equal(outcome(build()).outcome, 'built');
    const other = at('other-weights.trt.yaml');
    writeFileSync(other, 'model: changed.onnxtxt\nengine: convolutions.engine\nrefit: true\n');
    assert.equal(refit(engine, changed, '--in-place').status, 0);
    assert.equal(outcome(onnxTrt('build', other, '--format', 'json')).outcome, 'up-to-date');
    assert.equal(refit(engine, model, '--weights', 'w0', '--in-place').status, 0);
    const { stdout } = onnxTrt('build', other, '--format', 'json');
    assert.match(stdout, /1 of its weights were refitted from net\.onnxtxt/);
  });
});

describe('REFIT_INDIVIDUAL', () => {
  const config = at('individual.trt.yaml');
  const engine = at('convolutions.individual.engine');
  const onlyW1 = writeConvolutions(folder, 'only-w1', (weight) => (weight === 'w1' ? 2 : 1));

  test('a build marks the weights that its config names, and keeps hashes of the others', async () => {
    writeFileSync(
      config,
      'model: net.onnxtxt\nengine: convolutions.individual.engine\nrefitIndividual: [w1, "b*", nothing]\n',
    );
    const { status, stdout, stderr } = onnxTrt('build', config);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /The model has no weight nothing, so this has no effect.*config\.unknown-weight/);
    const note = await readProvenance(engine);
    assert.deepEqual(note?.request.settings.flags, ['kREFIT_INDIVIDUAL']);
    assert.deepEqual(note.request.settings.refittableWeights, ['w1', 'b0', 'b1', 'nothing']);
    assert.deepEqual(note.individual?.marked, ['w1', 'b0', 'b1']);
    assert.deepEqual(Object.keys(note.individual.others ?? {}), ['w0', 'w2']);
    const list = refit(engine, model, '--list', '--format', 'json');
    assert.deepEqual(
      JSON.parse(list.stdout).weights.map(({ name }: { name: string }) => name),
      ['b0', 'b1', 'w1'],
    );
    assert.match(
      onnxTrt('inspect', engine, '--no-load').stdout,
      /Refits +It was built with kREFIT_INDIVIDUAL: only w1, b0 and b1 can be replaced/,
    );
  });

  test('a whole model is taken where it changes none of the others, and is then what the engine is made of', async () => {
    const done = refit(engine, onlyW1, '-o', 'individual.w1.engine');
    assert.equal(done.status, 0, done.stderr);
    assert.match(done.stdout, /refitted with 3 weights of .*only-w1\.onnxtxt/);
    const note = await readProvenance(at('individual.w1.engine'));
    assert.equal(note?.refit?.weights, 'all');
    assert.equal(note.model.path, onlyW1);
    assert.deepEqual(note.individual, (await readProvenance(engine))?.individual);
  });

  test('a model that changes others is refused before anything is loaded, also without a GPU', async () => {
    const words = /only w1, b0 and b1 can be replaced .*, and w0 and w2 of the model are not as in the build/;
    const whole = refit(engine, changed, '-o', 'none.engine');
    assert.equal(whole.status, 1);
    assert.match(whole.stderr, words);
    assert.ok(!existsSync(at('none.engine')));
    const checked = await runCommand('refit', engine, changed, '--check');
    assert.equal(checked.code, 1);
    assert.match(checked.stdout, words);
    const single = refit(engine, changed, '--weights', 'w1', '-o', 'individual.single.engine');
    assert.equal(single.status, 0, single.stderr);
    const note = await readProvenance(at('individual.single.engine'));
    assert.deepEqual(note?.refit?.weights, ['w1']);
    assert.equal(note.model.path, model);
  });

  test('single weights that were not marked are refused in words, also without a GPU', async () => {
    const { status, stderr } = refit(engine, changed, '--weights', 'w1,w0');
    assert.equal(status, 1);
    assert.match(stderr, /only w1, b0 and b1 can be replaced .*, not w0\. Build it again with more in/);
    const checked = await runCommand('refit', engine, changed, '--weights', 'w0', '--check');
    assert.equal(checked.code, 1);
    assert.match(checked.stdout, /not w0\./);
  });

  test('where a note does not say which: what stays as it was is told, and the engine is not one of the model', async () => {
    const noted = await writeEngine('individual.older.engine', 'kREFIT_INDIVIDUAL');
    const { status, stderr } = refit(noted, changed, '-o', 'individual.newer.engine');
    assert.equal(status, 0, stderr);
    assert.match(stderr, /note: .*All others stay as they are in the engine, and nothing tells whether/);
    const note = await readProvenance(at('individual.newer.engine'));
    assert.deepEqual(note?.refit?.weights, ['b0', 'b1', 'w0', 'w1', 'w2']);
    assert.equal(note.model.path, model);
  });
});

describe('lean and dispatch runtimes', () => {
  const lean = testLibraries('tensorrt-lean-10.15');
  const dispatch = testLibraries('tensorrt-dispatch-10.15');

  test('do not load an engine that is not version-compatible, and say which TensorRT does', async () => {
    const engine = await writeEngine('not-compatible.engine', 'kREFIT');
    for (const runtime of [lean, dispatch]) {
      const { status, stderr } = onnxTrt('inspect', engine, '--runtime', runtime);
      assert.equal(status, 2);
      assert.match(
        stderr,
        /was not built version-compatible, so TensorRT (lean|dispatch) runtime 10\.15\.1 does not load it; the full TensorRT 10\.6\.0 does/,
      );
    }
  });

  test('load another version’s engine by the code inside it, where that is trusted', async () => {
    const engine = await writeEngine('compatible.engine', 'kVERSION_COMPATIBLE', 'kREFIT');
    for (const command of [['inspect'], ['profile', '--iterations', '1']]) {
      const [name = '', ...options] = command;
      const refused = onnxTrt(name, engine, '--runtime', lean, ...options);
      assert.equal(refused.status, 2);
      assert.match(refused.stderr, /code for the CPU, and runs only where it is trusted \(--trust-host-code/);
      const trusted = onnxTrt(name, engine, '--runtime', lean, '--trust-host-code', ...options);
      assert.equal(trusted.status, 0, trusted.stderr);
    }
  });

  test('an engine without a lean runtime inside needs the one of its builder', async () => {
    const engine = await writeEngine('excluded.engine', 'kVERSION_COMPATIBLE', 'kEXCLUDE_LEAN_RUNTIME');
    const { status, stderr } = onnxTrt('inspect', engine, '--runtime', dispatch, '--trust-host-code');
    assert.equal(status, 2);
    assert.match(stderr, /needs the lean runtime of TensorRT 10\.6\.0, which was not found on this machine/);
  });

  test('a refit from a model takes the full TensorRT', async () => {
    const engine = await writeEngine('lean-refit.engine', 'kVERSION_COMPATIBLE', 'kREFIT');
    const library = path.join(lean, 'libnvinfer_lean.so.10');
    const { status, stderr } = refit(engine, changed, '--runtime', library, '--trust-host-code');
    assert.equal(status, 2);
    assert.match(
      stderr,
      /A refit from a model takes the ONNX parser of a full TensorRT 10\.6\.0; TensorRT lean runtime 10\.15\.1 has none/,
    );
  });
});

test('without a GPU: what the rules say, and why it cannot be tried', async () => {
  const engine = await writeEngine('no-gpu.engine', 'kREFIT');
  const tried = await runCommand('refit', engine, model);
  assert.equal(tried.code, 2);
  assert.match(
    tried.stderr,
    /cannot be refitted here\. Engines run on an NVIDIA GPU, and this machine has none/,
  );
  const checked = await runCommand('refit', engine, model, '--check');
  assert.equal(checked.code, 0);
  assert.match(checked.stdout, /No rule speaks against a refit\. The engine was not loaded/);
  const fixed = await runCommand('refit', await writeEngine('no-gpu-fixed.engine'), model, '--check');
  assert.equal(fixed.code, 1);
  assert.match(fixed.stdout, /Not refittable +It was built without refitting/);
});

test('an engine that needs code inside it to run is inspected without it, and told of', async () => {
  const engine = await writeEngine('older.engine', 'kVERSION_COMPATIBLE');
  const bytes = readFileSync(engine);
  bytes.set([10, 5, 0, 1], 24);
  writeFileSync(engine, bytes);
  const { status, stdout, stderr } = onnxTrt('inspect', engine);
  assert.equal(status, 0, stderr);
  assert.match(stderr, /not loaded: .* which loads it only by the lean runtime inside it/);
  assert.match(stdout, /Made by +TensorRT 10\.5\.0/);
  assert.match(onnxTrt('inspect', engine, '--trust-host-code').stdout, /\nEngine\n/);
});

describe('single weights', () => {
  test('are taken by name, and the note keeps the model that the engine was built from', async () => {
    const engine = await writeEngine('single.engine', 'kREFIT');
    const { status, stdout, stderr } = refit(engine, changed, '--weights', 'w0,b0', '-o', 'single2.engine');
    assert.equal(status, 0, stderr);
    assert.match(stdout, /refitted with w0, b0 of/);
    const note = await readProvenance(at('single2.engine'));
    assert.equal(note?.model.path, model);
    assert.deepEqual(note.refit?.weights, ['w0', 'b0']);
    assert.equal(note.refit.model.path, changed);
  });

  test('others that TensorRT wants with them are listed by initializer (made up)', async () => {
    const engine = await writeEngine('fused.engine', 'kREFIT');
    refuse({ missing: ['b0'], message: '1 set of weights is missing' });
    const { status, stdout, stderr } = refit(engine, changed, '--weights', 'w0');
    assert.equal(status, 1);
    assert.match(stderr, /TensorRT needs more weights than it was given: b0\. It has fused them with others/);
    assert.match(stdout, /Missing weights\n.*\n +b0 +kFLOAT +16 +float\[16\] +conv0 kBIAS/);
  });

  test('a name that is none, and what the engine has', async () => {
    const engine = await writeEngine('names.engine', 'kREFIT');
    const { status, stderr } = refit(engine, changed, '--weights', 'w9');
    assert.equal(status, 2);
    assert.match(stderr, /The engine has no refittable weights w9\. It has b0, b1, w0, w1, w2\./);
  });
});

describe('--list and --check', () => {
  test('weights by initializer, with the layers that use them', async () => {
    const engine = await writeEngine('list.engine', 'kREFIT');
    const { status, stdout } = refit(engine, model, '--list');
    assert.equal(status, 0);
    assert.match(stdout, /w1 +kFLOAT +4608 +float\[32,16,3,3\] +conv1 kKERNEL/);
    assert.match(stdout, /w2 +kFLOAT +320 +float\[10,32\]\n/);
    const json = JSON.parse(refit(engine, model, '--list', '--format', 'json').stdout);
    assert.deepEqual(json.weights[0], {
      name: 'b0',
      type: 'kFLOAT',
      count: 16,
      isMissing: false,
      roles: ['conv0 kBIAS'],
      initializer: { name: 'b0', type: 'float', dims: [16] },
    });
  });

  test('the rules, before and after the engine was loaded', async () => {
    const engine = await writeEngine('check.engine', 'kREFIT_IDENTICAL');
    await withWeights(engine);
    const good = refit(engine, model, '--check');
    assert.equal(good.status, 0, good.stderr);
    assert.match(
      good.stdout,
      /kREFIT_IDENTICAL +It was built for the same weights only .* and the model has them/,
    );
    assert.match(good.stdout, /A refit may be done\./);
    const bad = refit(engine, changed, '--check');
    assert.equal(bad.status, 1);
    assert.match(bad.stdout, /It cannot be refitted with this model\./);
    const json = JSON.parse(refit(engine, changed, '--check', '--format', 'json').stdout);
    assert.deepEqual([json.isPossible, json.rules[0].answer], [false, 'no']);
  });
});
