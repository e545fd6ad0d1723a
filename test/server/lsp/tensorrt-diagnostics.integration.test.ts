import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Diagnostic, Hover } from 'vscode-languageserver-types';
import { LanguageClient, type Published } from './language-client.ts';

const cache =
  process.env['ONNX_TRT_TEST_CACHE'] ??
  path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'onnx-tensorrt-tools-test');
const rtx = path.join(cache, 'tensorrt-rtx-1.7.1');

const refusedModel = `<ir_version: 8, opset_import: ["" : 17, "local" : 1]>
g (float[N,4] x) => (float[N,4] y) {
  a = Relu (x)
  b = local.outer (a)
  c = DoesNotExist (b)
  y = Unique (c)
}
<domain: "local", opset_import: ["" : 17, "local" : 1]>
outer (x) => (y) { t = Neg (x)  y = local.inner (t) }
<domain: "local", opset_import: ["" : 17]>
inner (x) => (y) { t = Bernoulli (x)  y = com.foo.Bar (t) }
`;

const supportedModel = `<ir_version: 8, opset_import: ["" : 17]>
g (float[N,4] x) => (float[N,2] y)
<float[4,2] w = {1, 2, 3, 4, 5, 6, 7, 8}>
{
  h = MatMul (x, w)
  y = Relu (h)
}
`;

const source = 'TensorRT-RTX 1.7.1';

describe('a language client with TensorRT for RTX 1.7.1', () => {
  let client: LanguageClient;
  let folder: string;
  const uriOf = (name: string) => pathToFileURL(path.join(folder, name)).href;
  const isJudged = ({ diagnostics }: Published) =>
    diagnostics.some((diagnostic) => diagnostic.source === source);

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'lsp-test-'));
    client = await LanguageClient.start({ settings: { runtime: rtx, check: { delay: 50 } } });
  });
  after(async () => {
    await client.stop();
    rmSync(folder, { recursive: true });
  });

  test('gets the refused nodes with their function stacks', async () => {
    const uri = uriOf('refused.onnxtxt');
    await client.open(uri, refusedModel);
    const { diagnostics: all, version } = await client.diagnostics(uri, isJudged);
    const diagnostics = verdict(all);
    assert.equal(version, 1);
    assert.deepEqual(
      diagnostics.map(({ range, source, data, relatedInformation }) => ({
        text: textAt(refusedModel, range),
        source,
        operator: (data as { operator: string }).operator,
        frames: (relatedInformation ?? []).map(({ location, message }) => {
          assert.equal(location.uri, uri);
          return `${message} at ${location.range.start.line}: ${textAt(refusedModel, location.range)}`;
        }),
      })),
      [
        {
          text: 'Bernoulli',
          source,
          operator: 'Bernoulli',
          frames: ['Called by node_of_b (outer) at 3: outer', 'Called by node_of_y (inner) at 8: inner'],
        },
        {
          text: 'Bar',
          source,
          operator: 'Bar',
          frames: ['Called by node_of_b (outer) at 3: outer', 'Called by node_of_y (inner) at 8: inner'],
        },
        { text: 'DoesNotExist', source, operator: 'DoesNotExist', frames: [] },
        { text: 'Unique', source, operator: 'Unique', frames: [] },
      ],
    );
    for (const { code, codeDescription, message, severity } of diagnostics) {
      assert.equal(severity, 1);
      assert.match(String(code), /^trt\./);
      assert.match(codeDescription?.href ?? '', new RegExp(`^file:///.*/docs/diagnostics/${code}\\.md$`));
      assert.match(String(message), /\. \S/);
      assert.match(String(message), /\nThe parser's words: \S/);
    }
  });

  test('is told the summary and the runtime, with progress while it starts', async () => {
    const status = await client.status(uriOf('refused.onnxtxt'), ({ state }) => state === 'refused');
    assert.equal(status.summary, 'TensorRT-RTX 1.7.1: 4 of 6 nodes refused');
    assert.equal(status.runtime?.product, 'TensorRT-RTX');
    assert.equal(status.runtime?.version, '1.7.1');
    assert.match(status.runtime?.mode ?? '', /^(gpu|cpu-only)$/);
    const from = client.statuses.length;
    await client.request('tensorrt/restartBridge', null);
    await client.status(uriOf('refused.onnxtxt'), ({ state }) => state === 'refused', from);
    assert.deepEqual(
      client.statuses.slice(from).map(({ state }) => state),
      ['starting', 'checking', 'refused'],
    );
    assert.match(JSON.stringify(client.progress), /"kind":"begin","title":"Starting TensorRT"/);
    assert.match(JSON.stringify(client.progress), /"kind":"end"/);
  });

  test('sees an edit at once, and the new verdict when the text rests', async () => {
    const uri = uriOf('refused.onnxtxt');
    const line = refusedModel.split('\n').findIndex((text) => text.includes('DoesNotExist'));
    const start = { line, character: '  c = '.length };
    const end = { line, character: start.character + 'DoesNotExist'.length };
    await client.change(uri, 2, [{ range: { start, end }, text: 'Sigmoid' }]);
    const atOnce = await client.diagnostics(uri, ({ version }) => version === 2);
    // What was said of other statements stays until the new verdict is there.
    assert.deepEqual(operators(atOnce.diagnostics), ['Bernoulli', 'Bar', 'Unique']);
    await client.status(uri, ({ summary }) => summary.endsWith(': 3 of 6 nodes refused'));
    const judged = await client.diagnostics(uri, ({ version }) => version === 2);
    assert.deepEqual(operators(judged.diagnostics), ['Bernoulli', 'Bar', 'Unique']);
  });

  test('keeps diagnostics at their statements while lines above them are edited', async () => {
    const uri = uriOf('refused.onnxtxt');
    await client.change(uri, 3, [
      {
        range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
        text: '# A comment\n\n',
      },
    ]);
    const { diagnostics } = await client.diagnostics(uri, ({ version }) => version === 3);
    assert.deepEqual(operators(diagnostics), ['Bernoulli', 'Bar', 'Unique']);
    assert.deepEqual(
      verdict(diagnostics).map(({ range }) => range.start.line),
      [12, 12, 7],
    );
  });

  test('is told of syntax problems at once; TensorRT is asked when there are none', async () => {
    const uri = uriOf('broken.onnxtxt');
    const broken = supportedModel.replace('MatMul (x, w)', 'MatMul (x, w');
    await client.open(uri, broken);
    const { diagnostics } = await client.diagnostics(uri, ({ version }) => version === 1);
    assert.deepEqual(
      diagnostics.map(({ source, code }) => [source, code]),
      [['ONNX', 'onnx.syntax.missing-bracket']],
    );
    assert.match(
      diagnostics[0]?.codeDescription?.href ?? '',
      /docs\/diagnostics\/onnx\.syntax\.missing-bracket\.md$/,
    );
    const status = await client.status(uri, ({ state }) => state === 'not-checked');
    assert.equal(status.summary, 'Not checked: one problem in the text');
    await client.change(uri, 2, [{ text: supportedModel }]);
    await client.status(uri, ({ state }) => state === 'supported');
    const mended = await client.diagnostics(uri, ({ version }) => version === 2);
    assert.deepEqual(mended.diagnostics, []);
  });

  test('gets shapes from the network of TensorRT at hover', async () => {
    const uri = uriOf('supported.onnxtxt');
    await client.open(uri, supportedModel);
    const status = await client.status(uri, ({ state }) => state === 'supported');
    assert.equal(status.summary, 'TensorRT-RTX 1.7.1: all 2 nodes are supported');
    const found = await client.request<Hover>('textDocument/hover', {
      textDocument: { uri },
      position: { line: 4, character: 2 },
    });
    const text = JSON.stringify(found.contents);
    assert.match(text, /float\[(N|\?),2\] h/);
    assert.match(text, /Type and shape from the network of TensorRT-RTX 1\.7\.1\./);
  });

  test('gets a verdict although the bridge dies during the check', async () => {
    const uri = uriOf('supported.onnxtxt');
    const [victim] = bridgeProcesses(client.processId);
    assert.ok(victim);
    // A stopped process answers nothing, so the check is under way for sure when it is killed.
    process.kill(victim, 'SIGSTOP');
    const from = client.statuses.length;
    await client.change(uri, 2, [{ text: supportedModel.replace('Relu', 'Bernoulli') }]);
    await client.status(uri, ({ state }) => state === 'starting' || state === 'checking', from);
    // The status goes out before the request to the bridge does.
    await setTimeout(1000);
    process.kill(victim, 'SIGKILL');
    const { summary } = await client.status(uri, ({ state }) => state === 'refused', from);
    assert.equal(summary, 'TensorRT-RTX 1.7.1: 1 of 2 nodes refused');
    const [successor] = bridgeProcesses(client.processId);
    assert.ok(successor && successor !== victim);
    assert.ok(
      client.logLines.some(({ message }) => message.includes('The check is repeated with a new process')),
    );
  });

  test('is told when the bridge keeps dying, and the next edit works again', async () => {
    const uri = uriOf('supported.onnxtxt');
    const from = client.statuses.length;
    // The one that runs would be done before the first kill; one that starts takes long to load its library.
    const killAll = () => bridgeProcesses(client.processId).forEach(killIfAlive);
    killAll();
    const killing = setInterval(killAll, 20);
    await client.change(uri, 3, [{ text: supportedModel.replace('Relu', 'Softplus') }]);
    const { message } = await client
      .status(uri, ({ state }) => state === 'failed', from)
      .finally(() => clearInterval(killing));
    assert.match(message ?? '', /ended unexpectedly \(signal SIGKILL\)/);
    const published = await client.diagnostics(uri, ({ version }) => version === 3);
    assert.deepEqual(
      published.diagnostics.map(({ code }) => code),
      ['trt.check-failed'],
    );
    await client.change(uri, 4, [{ text: supportedModel }]);
    await client.status(uri, ({ state }) => state === 'supported', from);
  });

  test('gets one diagnostic for a node of a function that is called twice, with both calls', async () => {
    const uri = uriOf('called-twice.onnxtxt');
    await client.open(
      uri,
      `<ir_version: 8, opset_import: ["" : 17, "local" : 1]>
g (float[N,4] x) => (float[N,4] y) {
  [first] a = local.random (x)
  [second] y = local.random (a)
}
<domain: "local", opset_import: ["" : 17]>
random (x) => (y) { y = Bernoulli (x) }
`,
    );
    const { diagnostics } = await client.diagnostics(uri, isJudged);
    assert.deepEqual(
      diagnostics.map(({ relatedInformation }) =>
        relatedInformation?.map(({ message, location }) => `${location.range.start.line}: ${message}`),
      ),
      [['2: Called by first (random)', '3: Also called by second (random)']],
    );
  });

  test('pins an error without a node to the declaration that caused it', async () => {
    const uri = uriOf('input.onnxtxt');
    const text =
      '<ir_version: 8, opset_import: ["" : 17]>\ng (string[N] words) => (string[N] y) {\n  y = Identity (words)\n}\n';
    await client.open(uri, text);
    const { diagnostics } = await client.diagnostics(uri, isJudged);
    assert.equal(diagnostics[0]?.code, 'trt.unsupported-input-type');
    assert.equal(textAt(text, (diagnostics[0] as Diagnostic).range), 'string');
  });

  test('is told of missing external data at the weight', async () => {
    const uri = uriOf('external.onnxtxt');
    const text = `<ir_version: 8, opset_import: ["" : 17]>
g (float[N,100] x) => (float[N,100] y)
<float[100] w = ["location": "nowhere.bin", "offset": "0", "length": "400"]>
{
  y = Add (x, w)
}
`;
    await client.open(uri, text);
    await client.status(uri, ({ state }) => !['starting', 'checking'].includes(state));
    const { diagnostics } = await client.diagnostics(uri, (published) => published.diagnostics.length > 0);
    assert.equal(diagnostics[0]?.code, 'onnx.external-data.unreadable-file');
    assert.match(String(diagnostics[0]?.message), /nowhere\.bin/);
    assert.equal(diagnostics[0]?.range.start.line, 2);
  });

  test('forgets a document that is closed', async () => {
    const uri = uriOf('refused.onnxtxt');
    await client.close(uri);
    const { diagnostics } = await client.diagnostics(uri, ({ version }) => version === undefined);
    assert.deepEqual(diagnostics, []);
  });
});

test('a language client on a machine without TensorRT is told how to get one', async () => {
  const home = mkdtempSync(path.join(tmpdir(), 'lsp-test-'));
  // Without programs to ask, only the usual folders of the system are left to look in.
  const environment = { HOME: home, PATH: home };
  const client = await LanguageClient.start({ environment });
  const uri = pathToFileURL(path.join(home, 'model.onnxtxt')).href;
  await client.open(uri, supportedModel);
  const { summary, message } = await client.status(uri, ({ state }) => state === 'no-runtime');
  assert.equal(summary, 'No TensorRT found');
  assert.match(message ?? '', /^No TensorRT was found on this machine\. .*Install TensorRT for RTX/);
  const { diagnostics } = await client.diagnostics(uri, (published) => published.diagnostics.length > 0);
  assert.deepEqual(
    diagnostics.map(({ code, severity }) => [code, severity]),
    [['trt.no-runtime', 3]],
  );
  await client.stop();
  rmSync(home, { recursive: true });
});

describe('a language client with a runtime that cannot be used', () => {
  test('is told why in one sentence, in the document and in the status', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'lsp-test-'));
    const client = await LanguageClient.start({ settings: { runtime: folder } });
    const uri = pathToFileURL(path.join(folder, 'model.onnxtxt')).href;
    await client.open(uri, supportedModel);
    const { message } = await client.status(uri, ({ state }) => state === 'failed');
    assert.match(message ?? '', new RegExp(`${folder} holds no TensorRT`));
    const { diagnostics } = await client.diagnostics(uri, (published) => published.diagnostics.length > 0);
    assert.equal(diagnostics.length, 1);
    assert.equal(diagnostics[0]?.code, 'trt.check-failed');
    assert.equal(diagnostics[0]?.range.start.line, 0);
    assert.equal(diagnostics[0]?.message, message);
    await client.stop();
    rmSync(folder, { recursive: true });
  });
});

function operators(diagnostics: readonly Diagnostic[]): string[] {
  return verdict(diagnostics).map(({ data }) => (data as { operator: string }).operator);
}

/** What TensorRT says; what the rules of ONNX say of the same nodes comes under the name of ONNX. */
function verdict(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.filter((diagnostic) => diagnostic.source === source);
}

function textAt(text: string, { start, end }: Diagnostic['range']): string {
  assert.equal(start.line, end.line);
  return text.split('\n')[start.line]?.slice(start.character, end.character) ?? '';
}

/** Processes that a process has started. */
function bridgeProcesses(parent: number): number[] {
  const list = spawnSync('ps', ['-o', 'pid=,args=', '--ppid', String(parent)], { encoding: 'utf8' });
  return list.stdout
    .split('\n')
    .filter((line) => line.includes('native-bridge'))
    .map((line) => Number.parseInt(line, 10));
}

/** A process may end by itself between being listed and being killed. */
function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'ESRCH');
  }
}
