/** Simulation: engines on the recorded GPU (test/support/recorded-gpu), as an editor loads and refits them. */
import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { CodeLens } from 'vscode-languageserver-types';
import type {
  InspectEngineParams,
  InspectEngineResult,
  ModelEngine,
  RefitEngineParams,
  RefitEngineResult,
} from '../../../server/src/engine-protocol.ts';
import { loadModel } from '../../../server/src/node/load-model.ts';
import { readProvenance, writeProvenance } from '../../../server/src/tensorrt/build/provenance.ts';
import { tensorHashes } from '../../../server/src/tensorrt/weights.ts';
import { temporaryFolder } from '../../native-bridge/support/models.ts';
import { type RecordedDistribution, recordedDistribution } from '../../support/recorded-gpu/distribution.mts';
import { writeBuiltEngine } from '../../support/recorded-gpu/engine-file.ts';
import { writeConvolutions } from '../engine/support/refit-models.ts';
import { LanguageClient } from './language-client.ts';

const folder = temporaryFolder();
const at = (name: string) => path.join(folder, name);
const uriOf = (file: string) => pathToFileURL(file).href;
const refusal = at('refusal.json');
const [model, changed] = [writeConvolutions(folder, 'net', 1), writeConvolutions(folder, 'changed', 2)];
let recorded: RecordedDistribution;
let client: LanguageClient;

function start(workspaceTrusted: boolean): Promise<LanguageClient> {
  return LanguageClient.start({
    server: recorded.server,
    environment: { ...recorded.environment, RECORDED_GPU_REFUSAL: refusal },
    initializationOptions: { workspaceTrusted },
  });
}

async function writeEngine(name: string, ...flags: string[]): Promise<string> {
  const engine = at(name);
  await writeBuiltEngine(engine, { net: 'convolutions', flags, debugTensors: [] }, model);
  return engine;
}

const inspect = (params: InspectEngineParams, by = client) =>
  by.connection.sendRequest<InspectEngineResult>('engine/inspect', params);
const refit = (params: RefitEngineParams, by = client) =>
  by.connection.sendRequest<RefitEngineResult>('engine/refit', params);

before(async () => {
  recorded = await recordedDistribution(at('program'));
  client = await start(true);
});
after(() => client.stop());

describe('refits in the editor', () => {
  test('an engine tells whether it can be refitted, and with which model', async () => {
    const plain = await inspect({ uri: uriOf(await writeEngine('no.engine')), load: false });
    assert.equal(plain.refit.isPossible, 'no');
    assert.match(plain.refit.sentence, /built without refitting/);
    const stripped = await writeEngine('stripped.engine', 'kSTRIP_PLAN', 'kREFIT_IDENTICAL');
    assert.deepEqual((await inspect({ uri: uriOf(stripped), load: false })).refit, {
      isPossible: 'yes',
      sentence:
        'It was built for the same weights only (kREFIT_IDENTICAL); a refit looks first whether its model has them.',
      modelUri: uriOf(model),
      isStripped: true,
    });
  });

  test('writes another engine, or only tries', async () => {
    const uri = uriOf(await writeEngine('plain.engine', 'kREFIT'));
    const output = uriOf(at('new.engine'));
    const result = await refit({ uri, model: uriOf(changed), output });
    assert.equal(result.outcome, 'refitted');
    assert.match(
      result.message,
      /plain\.engine was refitted with all weights of changed\.onnxtxt: new\.engine, /,
    );
    assert.equal(result.outputUri, output);
    assert.equal((await readProvenance(at('new.engine')))?.model.path, changed);
    const before = readFileSync(at('plain.engine'));
    const trial = await refit({ uri, model: uriOf(changed), weights: ['w0'] });
    assert.match(
      trial.message,
      /plain\.engine can be refitted with w0 of changed\.onnxtxt\. Nothing was written\./,
    );
    assert.deepEqual(readFileSync(at('plain.engine')), before);
    assert.ok(client.progress.length > 0, 'the editor was told of the steps');
  });

  test('weights that may be the same are for the user to say', async () => {
    const uri = uriOf(await writeEngine('identical.engine', 'kREFIT_IDENTICAL'));
    const params = { uri, model: uriOf(changed) };
    const first = await refit(params);
    assert.deepEqual([first.outcome, first.mayBeSame], ['refused', true]);
    assert.equal(first.sections.at(-1)?.title, 'Rules');
    assert.equal((await refit({ ...params, assumesSame: true })).outcome, 'refitted');
  });

  test('of individually refittable weights, those alone may be replaced by a model that changes others', async () => {
    const engine = await writeEngine('individual.engine', 'kREFIT_INDIVIDUAL');
    const provenance = await readProvenance(engine);
    assert.ok(provenance);
    const others = await tensorHashes(loadModel(model), new Set(['w1']));
    await writeProvenance(engine, { ...provenance, individual: { marked: ['w1'], others } });
    const uri = uriOf(engine);
    const offer = (await inspect({ uri, load: false })).refit;
    assert.equal(offer.isPossible, 'yes');
    assert.match(offer.sentence, /only w1 can be replaced/);
    const first = await refit({ uri, model: uriOf(changed) });
    assert.deepEqual([first.outcome, first.mayBeSame, first.mayReplace], ['refused', false, ['w1']]);
    assert.match(first.message, /b0, b1, w0 and w2 of the model are not as in the build/);
    const then = await refit({ uri, model: uriOf(changed), weights: first.mayReplace });
    assert.match(then.message, /individual\.engine can be refitted with w1 of changed\.onnxtxt/);
    const same = await refit({ uri, model: uriOf(model) });
    assert.match(same.message, /can be refitted with the refittable weights of net\.onnxtxt\. Nothing was/);

    await writeProvenance(engine, provenance);
    const unsure = await refit({ uri, model: uriOf(changed) });
    assert.deepEqual([unsure.outcome, unsure.mayReplace], ['refitted', []]);
    assert.match(unsure.message, /All others stay as they are in the engine, and nothing tells whether/);
  });

  test('missing weights are a table, and what the parser refuses is a diagnostic at its node until a refit works (made up)', async () => {
    const uri = uriOf(await writeEngine('refused.engine', 'kREFIT'));
    const params = { uri, model: uriOf(changed) };
    const made = { succeeded: false, log: [], milliseconds: { parsing: 1, refitting: 1, writing: 0 } };
    const record = {
      ...{
        code: 8,
        codeName: 'kUNSUPPORTED_NODE',
        description: 'not constant',
        file: 'ModelRefitter.cpp',
        line: 1,
      },
      ...{ function: 'refit', nodeIndex: 3, nodeName: 'conv1', operator: 'Conv', localFunctionStack: [] },
    };
    writeFileSync(refusal, JSON.stringify({ ...made, parserErrors: [record], missing: ['b1'] }));
    await client.open(uriOf(changed), readFileSync(changed, 'utf8'));
    const shown = client.diagnostics(uriOf(changed), ({ diagnostics }) =>
      diagnostics.some(({ message }) => String(message).startsWith('Refitting refused.engine failed here')),
    );
    const result = await refit(params);
    assert.equal(result.outcome, 'refused');
    assert.match(
      result.message,
      /needs weights that it does not get from changed\.onnxtxt: b1\. Take a model/,
    );
    const [missing, refused] = result.sections;
    assert.deepEqual(missing?.kind === 'table' && missing.rows, [
      ['b1', 'kFLOAT', '32', 'float[32]', 'conv1 kBIAS'],
    ]);
    assert.equal(refused?.title, 'Refused by TensorRT’s parser');
    const line = readFileSync(changed, 'utf8')
      .split('\n')
      .findIndex((text) => text.includes('[conv1]'));
    const { diagnostics } = await shown;
    assert.equal(
      diagnostics.find(({ message }) => String(message).startsWith('Refitting'))?.range.start.line,
      line,
    );
    rmSync(refusal);
    const gone = client.diagnostics(
      uriOf(changed),
      ({ diagnostics: found }) => !found.some(({ message }) => String(message).startsWith('Refitting')),
    );
    assert.equal((await refit(params)).outcome, 'refitted');
    await gone;
  });

  test('a model has one lens to refit, which asks where several of its engines can be refitted', async () => {
    await writeEngine('a.engine', 'kREFIT');
    await client.open(uriOf(model), readFileSync(model, 'utf8'));
    const lenses = async () =>
      (
        await client.connection.sendRequest<CodeLens[]>('textDocument/codeLens', {
          textDocument: { uri: uriOf(model) },
        })
      )
        .filter(({ command }) => command?.command === 'tensorrt.refitEngine')
        .map(({ command }) => [command?.title, ...(command?.arguments ?? [])]);
    const engines = async () =>
      (await client.connection.sendRequest<ModelEngine[]>('engine/ofModel', { uri: uriOf(model) })).map(
        ({ uri, isRefittable }) => `${path.basename(uri)}${isRefittable ? ' refittable' : ''}`,
      );
    assert.deepEqual(await lenses(), [['Refit engine with this model…', null, uriOf(model)]]);
    const once = await writeEngine('once.engine', 'kSTRIP_PLAN', 'kREFIT');
    const twice = await writeEngine('twice.engine', 'kSTRIP_PLAN', 'kREFIT_IDENTICAL');
    assert.ok((await engines()).includes('twice.engine refittable'));
    for (const engine of [once, twice]) {
      const uri = uriOf(engine);
      const { outcome } = await refit({ uri, model: uriOf(model), output: uri, assumesSame: true });
      assert.equal(outcome, 'refitted');
    }
    const found = await engines();
    assert.ok(found.includes('a.engine refittable'), found.join());
    assert.ok(found.includes('no.engine'), 'there, and not refittable');
    assert.ok(found.includes('once.engine refittable'), found.join());
    assert.ok(found.includes('twice.engine'), 'TensorRT 10.6 refits it once');
    assert.equal((await inspect({ uri: uriOf(twice), load: false })).refit.isPossible, 'no');
    assert.ok(!found.some((name) => name.startsWith('new.engine')), 'of another model now');
    writeFileSync(at('a.engine'), 'another file');
    assert.ok(!(await engines()).some((name) => name.startsWith('a.engine')), 'the note is of another file');
    const others = found.filter((name) => name.endsWith(' refittable') && !name.startsWith('a.engine'));
    for (const name of others) rmSync(at(name.replace(' refittable', '')));
    await writeEngine('a b%20.engine', 'kREFIT');
    assert.deepEqual(await lenses(), [
      ['Refit a b%20.engine with this model', uriOf(at('a b%20.engine')), uriOf(model)],
    ]);
    const moved = at('a b%20.engine');
    const provenance = await readProvenance(moved);
    assert.ok(provenance);
    const elsewhere = { ...provenance.model, path: `/moved/from/${path.basename(model)}` };
    await writeProvenance(moved, { ...provenance, model: elsewhere });
    const withMoved = await engines();
    assert.ok(withMoved.includes(`${path.basename(uriOf(moved))} refittable`), withMoved.join());
  });
});

describe('loading an engine is a decision of trust', () => {
  test('nothing is loaded in a workspace that is not trusted, until it is', async () => {
    const untrusted = await start(false);
    try {
      const uri = uriOf(await writeEngine('trust.engine', 'kREFIT'));
      assert.ok((await inspect({ uri, load: false }, untrusted)).canLoad, 'its header is read all the same');
      const words = /An engine is a program for the GPU, and this workspace is not trusted/;
      await assert.rejects(inspect({ uri, load: true }, untrusted), words);
      await assert.rejects(refit({ uri, model: uriOf(model) }, untrusted), words);
      await untrusted.connection.sendNotification('tensorrt/workspaceTrusted');
      const { sections } = await inspect({ uri, load: true }, untrusted);
      assert.ok(sections.some(({ title }) => title === 'Engine'));
    } finally {
      await untrusted.stop();
    }
  });

  test('code inside an engine runs only when the user has said so, and plugins are told', async () => {
    const engine = await writeEngine('compatible.engine', 'kVERSION_COMPATIBLE');
    const provenance = await readProvenance(engine);
    assert.ok(provenance);
    const request = { ...provenance.request, pluginLibraries: ['/plugins/own.so'] };
    // As of an older TensorRT than the one that is here.
    const bytes = readFileSync(engine);
    bytes.set([10, 5, 0, 1], 24);
    writeFileSync(engine, bytes);
    await writeProvenance(engine, { ...provenance, request });
    const uri = uriOf(engine);
    const { needs } = await inspect({ uri, load: false });
    assert.deepEqual(needs, { hostCode: true, plugins: ['/plugins/own.so'] });
    await assert.rejects(
      inspect({ uri, load: true }),
      /loads it only by the lean runtime inside it\. That is code for the CPU, and runs only where it is trusted/,
    );
    const { sections } = await inspect({ uri, load: true, trust: { hostCode: true } });
    assert.ok(sections.some(({ title }) => title === 'Engine'));
  });
});
