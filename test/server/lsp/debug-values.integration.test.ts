/** Values of tensors for an editor: by the real ONNX Runtime; with an engine on the recorded GPU (a simulation). */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { CodeAction, TextEdit } from 'vscode-languageserver-types';
import { type BuildStatus, BuildsNotification } from '../../../server/src/build-protocol.ts';
import type { CaptureDebugResult, DebugOnModelResult } from '../../../server/src/debug-protocol.ts';
import { temporaryFolder } from '../../native-bridge/support/models.ts';
import type { BadMarks } from '../../support/recorded-gpu/bad-marks.ts';
import { recordedDistribution } from '../../support/recorded-gpu/distribution.mts';
import { LanguageClient } from './language-client.ts';

const net = `<ir_version: 8, opset_import: ["" : 17]>
g (float[batch,4] x) => (float[batch,4] y) {
  [absolute] a = Abs (x)
  [negative] n = Neg (a)
  [root] s = Sqrt (n)
  [end] y = Add (s, s)
}
`;

/** The convolution net of the captures, its weights by name alone: nodes that give them. */
const convolutions = `<ir_version: 8, opset_import: ["" : 17]>
g (float[2,3,64,64] x) => (float[2,10] y) {
  w0 = RandomNormal <shape = [16, 3, 3, 3], seed = 1.0> ()
  w1 = RandomNormal <shape = [32, 16, 3, 3], seed = 2.0> ()
  w2 = RandomNormal <shape = [10, 32], seed = 3.0> ()
  [conv0] c0 = Conv <pads = [1, 1, 1, 1]> (x, w0)
  [relu0] r0 = Relu (c0)
  [pool0] p0 = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (r0)
  [conv1] c1 = Conv <pads = [1, 1, 1, 1]> (p0, w1)
  [relu1] r1 = Relu (c1)
  [mean] g = GlobalAveragePool (r1)
  [flatten] f = Flatten (g)
  [classifier] y = Gemm <transB = 1> (f, w2)
}
`;

const folder = temporaryFolder();

async function opened(client: LanguageClient, name: string, text: string): Promise<string> {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  const uri = pathToFileURL(file).href;
  await client.open(uri, text);
  return uri;
}

describe('values of ONNX Runtime', () => {
  let client: LanguageClient;
  before(async () => {
    client = await LanguageClient.start();
  });
  after(() => client.stop());

  test('of an open model: what is shown, and where NaN comes up in the text', async () => {
    const uri = await opened(client, 'net.onnxtxt', net);
    const title = 'Capturing values';
    const { index } = await client.connection.sendRequest<CaptureDebugResult>('debug/capture', {
      uri,
      engine: false,
      title,
    });
    assert.equal(index, pathToFileURL(path.join(folder, 'net.debug', 'debug.json')).href);
    assert.ok(JSON.stringify(client.progress).includes(title));
    const shown = await client.connection.sendRequest<DebugOnModelResult>('debug/onModel', { uri, index });
    assert.equal(shown.summary.mood, 'no');
    assert.match(
      shown.summary.text,
      /^First NaN or infinity of ONNX Runtime \S+: node root \(Sqrt\), output s\./,
    );
    assert.deepEqual(
      shown.marks.map(({ code, range, related }) => [
        code,
        range.start,
        related.map(({ message }) => message),
      ]),
      [['debug.not-finite', { line: 4, character: 9 }, ['n is finite.', 'y follows from it.']]],
    );
    assert.match(shown.marks[0]?.href ?? '', /docs\/diagnostics\/debug\.not-finite\.md$/);
    assert.deepEqual(
      shown.figures.map(({ tensor }) => tensor),
      ['a', 'n'],
    );
    assert.match(shown.notes[0] ?? '', /The shape of x is taken as 1x4, a guess/);
  });

  test('of single values, with the shapes of a config; unsaved edits count', async () => {
    const uri = await opened(client, 'edited.onnxtxt', net.replace('Sqrt', 'Abs'));
    const config = pathToFileURL(path.join(folder, 'edited.trt.yaml')).href;
    writeFileSync(
      path.join(folder, 'edited.trt.yaml'),
      'model: edited.onnxtxt\nprofiles: [{ x: { min: [1, 4], opt: [5, 4], max: [9, 4] } }]\n',
    );
    writeFileSync(path.join(folder, 'edited.onnxtxt'), 'something else meanwhile');
    const { index } = await client.connection.sendRequest<CaptureDebugResult>('debug/capture', {
      uri,
      configUri: config,
      engine: false,
      tensors: ['s'],
      title: 'Capturing',
    });
    const { sections, summary } = await client.connection.sendRequest<DebugOnModelResult>('debug/onModel', {
      uri,
      index,
    });
    assert.equal(summary.mood, 'unknown');
    const table = sections.find((section) => section.kind === 'table') ?? assert.fail();
    assert.deepEqual(
      table.rows.map((row) => [row[table.columns.indexOf('Tensor')], row[table.columns.indexOf('Shape')]]),
      [
        ['s', '5x4'],
        ['y (output)', '5x4'],
      ],
    );
  });

  test('compared with values from elsewhere, a .npy for each: where they part ways is marked', async () => {
    const uri = await opened(client, 'compared.onnxtxt', net.replace('Sqrt', 'Exp'));
    const { index } = await client.connection.sendRequest<CaptureDebugResult>('debug/capture', {
      uri,
      engine: false,
      title: 'Capturing',
    });
    const elsewhere = path.join(folder, 'elsewhere');
    mkdirSync(elsewhere);
    for (const name of ['a', 'n', 's', 'y']) {
      const bytes = readFileSync(path.join(folder, 'compared.debug', 'onnxruntime', `${name}.npy`));
      // Another last value.
      if (name === 's') bytes.writeFloatLE(7, bytes.length - 4);
      writeFileSync(path.join(elsewhere, `${name}.npy`), bytes);
    }
    const compare = (reference: string) =>
      client.connection.sendRequest('debug/compare', {
        uri,
        index,
        reference: pathToFileURL(reference).href,
      });
    await compare(elsewhere);
    const { marks, summary } = await client.connection.sendRequest<DebugOnModelResult>('debug/onModel', {
      uri,
      index,
    });
    assert.match(
      summary.text,
      /^First divergence of ONNX Runtime \S+ from \S+elsewhere: node root \(Exp\), output s\./,
    );
    assert.deepEqual(
      marks.map(({ code, range }) => [code, range.start]),
      [['debug.divergence', { line: 4, character: 9 }]],
    );
    await assert.rejects(
      compare(path.join(folder, 'nowhere')),
      /The folder with reference values.*cannot be read/,
    );
  });

  test('a text with errors is no model to run; another model is told', async () => {
    const broken = await opened(client, 'broken.onnxtxt', net.replace('=>', '='));
    await assert.rejects(
      client.connection.sendRequest('debug/capture', { uri: broken, engine: false, title: 'Capturing' }),
      /The text has errors, so it is no model to run/,
    );
    const other = await opened(
      client,
      'other.onnxtxt',
      net.replaceAll(/\b([ansy])\b(?= =)|\b([ans])\b(?=[),])/g, '$1$2_'),
    );
    const index = pathToFileURL(path.join(folder, 'net.debug')).href;
    const { notes } = await client.connection.sendRequest<DebugOnModelResult>('debug/onModel', {
      uri: other,
      index,
    });
    assert.ok(
      notes.some((note) => note.includes('Is it the model that was captured?')),
      notes.join(),
    );
  });

  test('actions at a value, and a config that marks it', async () => {
    const uri = await opened(client, 'acted.onnxtxt', net);
    const at = { line: 4, character: 9 };
    const actions = await client.connection.sendRequest<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri },
      range: { start: at, end: at },
      context: { diagnostics: [] },
    });
    assert.deepEqual(
      actions.filter(({ kind }) => kind === 'tensorrt.debug').map(({ title }) => title),
      [
        'Show values of "s" at run time',
        'Mark "s" as debug tensor',
        'Mark all unfused tensors as debug tensors',
      ],
    );
    const text = 'model: acted.onnxtxt\nmarkDebug: [a]\n';
    const config = pathToFileURL(path.join(folder, 'acted.trt.yaml')).href;
    await client.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri: config, languageId: 'tensorrt-config', version: 1, text },
    });
    const edits = await client.connection.sendRequest<TextEdit[]>('debug/mark', {
      uri: config,
      tensors: ['s'],
    });
    assert.deepEqual(
      edits.map(({ newText, range }) => [newText, range.start]),
      [[', s', { line: 1, character: 13 }]],
    );
  });

  test('an engine is not run in a workspace that is not trusted', async () => {
    const stranger = await LanguageClient.start({ initializationOptions: { workspaceTrusted: false } });
    try {
      const uri = await opened(stranger, 'strange.onnxtxt', net);
      await assert.rejects(
        stranger.connection.sendRequest('debug/capture', { uri, engine: true, title: 'Capturing' }),
        /only in a trusted workspace/,
      );
      assert.equal(existsSync(path.join(folder, 'strange.debug')), false);
    } finally {
      await stranger.stop();
    }
  });
});

describe('an engine and ONNX Runtime (simulated GPU)', () => {
  let client: LanguageClient;
  const badMarks = path.join(folder, 'bad-marks.json');
  before(async () => {
    const { server, environment } = await recordedDistribution(path.join(folder, 'program'));
    client = await LanguageClient.start({
      server: server,
      environment: { ...environment, RECORDED_GPU_BAD_MARKS: badMarks },
    });
  });
  after(() => client.stop());

  test('part ways at a node of the text: the made-up values 1, 2, 3 … are none that a net computes', async () => {
    const uri = await opened(client, 'convolutions.onnxtxt', convolutions);
    assert.equal(await client.connection.sendRequest('debug/hasGpu', {}), true);
    const { index } = await client.connection.sendRequest<CaptureDebugResult>('debug/capture', {
      uri,
      engine: true,
      tensors: ['r0', 'c1'],
      title: 'Capturing',
    });
    const { marks, figures, summary } = await client.connection.sendRequest<DebugOnModelResult>(
      'debug/onModel',
      {
        uri,
        index,
      },
    );
    assert.match(summary.text, /^First divergence of TensorRT 10\.6\.0 from ONNX Runtime/);
    assert.deepEqual(
      marks.map(({ code, range }) => [code, range.start]),
      [['debug.divergence', { line: 6, character: 10 }]],
    );
    assert.deepEqual(
      figures.map(({ tensor, bars }) => [tensor, bars.length]),
      [
        ['r0', 2],
        ['c1', 2],
        ['y', 2],
      ],
    );
  });

  test('of what fusions leave', async () => {
    const uri = await opened(client, 'unfused-convolutions.onnxtxt', convolutions);
    await client.connection.sendRequest<CaptureDebugResult>('debug/capture', {
      uri,
      engine: true,
      unfused: true,
      title: 'Unfused',
    });
    const engine = path.join(folder, 'unfused-convolutions.debug.engine', 'unfused-convolutions.engine.json');
    const { request } = JSON.parse(readFileSync(engine, 'utf8'));
    assert.equal(request.settings.markUnfusedTensorsAsDebugTensors, true);
    assert.equal(request.settings.debugTensors, undefined);
  });

  test('that TensorRT does not mark in one engine are marked in several, shown as one', async () => {
    const bad: readonly BadMarks[] = [
      { together: ['r0', 'c1'], end: 'LLVM ERROR: out of memory', asOutputs: true },
    ];
    writeFileSync(badMarks, JSON.stringify(bad));
    const uri = await opened(client, 'split-convolutions.onnxtxt', convolutions);
    let told: readonly BuildStatus[] = [];
    client.connection.onNotification(BuildsNotification.method, ({ builds }) => {
      told = builds;
    });
    const { index } = await client.connection.sendRequest<CaptureDebugResult>('debug/capture', {
      uri,
      engine: true,
      tensors: ['r0', 'c1'],
      title: 'Splitting',
    });
    rmSync(badMarks);
    assert.match(
      JSON.stringify(client.progress),
      /building split-convolutions\.part2\.engine: 1 of 2 debug tensors \(build 4 of at most 16\)/,
    );
    const { marks, sections, notes } = await client.connection.sendRequest<DebugOnModelResult>(
      'debug/onModel',
      { uri, index },
    );
    assert.equal(marks.length, 1);
    assert.match(notes.join('\n'), /2 engines were built, each with some of them \(4 builds in all\)/);
    const table = sections.find((section) => section.kind === 'table') ?? assert.fail();
    assert.deepEqual(
      table.rows.map((row) => [row[0], row[table.columns.indexOf('Engine')]]),
      [
        ['r0', '1'],
        ['c1', '2'],
        ['y (output)', '1'],
      ],
    );
    assert.deepEqual(
      // The latest first.
      told.map(({ title }) => title).filter((title) => title.startsWith('split-')),
      [
        'split-convolutions.onnxtxt (1 of 2 debug tensors)',
        'split-convolutions.onnxtxt (1 of 2 debug tensors)',
        'split-convolutions.onnxtxt (2 tensors as outputs)',
        'split-convolutions.onnxtxt',
      ],
    );
    // That a build of all of them failed is no problem of the model's.
    const shown = client.published.findLast((published) => published.uri === uri)?.diagnostics ?? [];
    assert.deepEqual(
      shown.filter(({ code }) => String(code).startsWith('build.')),
      [],
    );
  });
});
