import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type {
  CodeAction,
  CompletionList,
  DocumentLink,
  DocumentSymbol,
  FoldingRange,
  Hover,
  TextEdit,
} from 'vscode-languageserver-types';
import { LanguageClient } from './language-client.ts';

describe('build configs over LSP', () => {
  let client: LanguageClient;
  let folder: string;
  let version = 1;
  const uri = (name: string) => pathToFileURL(path.join(folder, name)).href;

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'config-test-'));
    const graph = 'g (float[2] x) => (float[2] y) { y = Relu (x) }';
    writeFileSync(path.join(folder, 'a.onnxtxt'), `<ir_version: 8, opset_import: ["" : 17]> ${graph}`);
    client = await LanguageClient.start({
      settings: { check: { automatically: false } },
      capabilities: {
        workspace: { configuration: true },
        textDocument: {
          completion: { completionItem: { snippetSupport: true } },
          publishDiagnostics: { relatedInformation: true },
          codeAction: { resolveSupport: { properties: ['edit'] } },
        },
      },
    });
  });
  after(async () => {
    await client.stop();
    rmSync(folder, { recursive: true });
  });

  /** Opens a config under a new name; `|` is where the cursor is. */
  async function open(marked: string) {
    const offset = marked.indexOf('|');
    const text = offset < 0 ? marked : marked.slice(0, offset) + marked.slice(offset + 1);
    const before = marked.slice(0, Math.max(offset, 0)).split('\n');
    const position = { line: before.length - 1, character: (before.at(-1) ?? '').length };
    const document = { uri: uri(`config${version++}.trt.yaml`) };
    await client.connection.sendNotification('textDocument/didOpen', {
      textDocument: { ...document, languageId: 'tensorrt-config', version: 1, text },
    });
    return { textDocument: document, position };
  }
  const labelsAt = async (marked: string) => {
    const list = await client.request<CompletionList>('textDocument/completion', await open(marked));
    return list.items.map(({ label }) => label);
  };

  test('problems are shown at once, with a page for each code, and follow edits', async () => {
    const { textDocument } = await open(
      'model: a.onnxtxt\nfp61: true\nmemPoolSize: { workspace: 4GB }\nruntime: tensorrt 10.6\n',
    );
    const { diagnostics } = await client.diagnostics(textDocument.uri);
    assert.deepEqual(
      diagnostics.map(({ code, range }) => [code, range.start]),
      [
        ['config.unknown-key', { line: 1, character: 0 }],
        ['config.bad-unit', { line: 2, character: 26 }],
      ],
    );
    assert.match(diagnostics[0]?.codeDescription?.href ?? '', /docs\/diagnostics\/config\.unknown-key\.md$/);
    await client.change(textDocument.uri, 2, [
      { range: { start: { line: 1, character: 2 }, end: { line: 1, character: 4 } }, text: '16' },
    ]);
    const changed = await client.diagnostics(textDocument.uri, (published) => published.version === 2);
    assert.deepEqual(
      changed.diagnostics.map(({ code }) => code),
      ['config.bad-unit'],
    );
    await client.close(textDocument.uri);
    await client.diagnostics(textDocument.uri, (published) => published.diagnostics.length === 0);
  });

  test('what a config extends is read as the editor has it, else from disk', async () => {
    writeFileSync(path.join(folder, 'base.yaml'), 'engine: a.engine\nfp61: true\n');
    const { textDocument } = await open('extends: base.yaml\nmodel: a.onnxtxt\nruntime: tensorrt 10.6\n');
    const { diagnostics } = await client.diagnostics(textDocument.uri);
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ['config.extended-problems'],
    );
    assert.equal(diagnostics[0]?.relatedInformation?.[0]?.location.uri, uri('base.yaml'));
    const base = { uri: uri('base.yaml'), languageId: 'tensorrt-config', version: 1, text: 'fp16: true\n' };
    await client.connection.sendNotification('textDocument/didOpen', { textDocument: base });
    await client.diagnostics(textDocument.uri, (published) => published.diagnostics.length === 0);
  });

  test('keys, values, names and whole entries are completed', async () => {
    const keys = await labelsAt('|');
    for (const key of ['model', 'profiles', 'fp16', 'extends', 'matrix']) assert.ok(keys.includes(key), key);
    assert.deepEqual(await labelsAt('fp16: |'), ['true', 'false']);
    assert.deepEqual(await labelsAt('hardwareCompatibilityLevel: |'), [
      'none',
      'ampere+',
      'sameComputeCapability',
    ]);
    assert.ok((await labelsAt('inputIOFormats: { images: | }')).includes('chw16'));
    const sources = ['CUBLAS', 'CUBLAS_LT', 'CUDNN', 'EDGE_MASK_CONVOLUTIONS', 'JIT_CONVOLUTIONS'];
    assert.deepEqual(await labelsAt('tacticSources: { | }'), sources);
    assert.deepEqual(await labelsAt('tacticSources:\n  |'), sources);
    assert.ok((await labelsAt('builds:\n  a: { | }')).includes('fp16'));
    const params = await open('profiles:\n  - images: |');
    const { items } = await client.request<CompletionList>('textDocument/completion', params);
    assert.equal(items[0]?.textEdit?.newText, '{ min: [$1], opt: [$2], max: [$3] }');
  });

  test('hover says what a key does, its versions, flag and API', async () => {
    const hover = await client.request<Hover>('textDocument/hover', await open('ma|xTactics: 4\n'));
    const text = JSON.stringify(hover.contents);
    for (const part of [
      'The most tactics',
      '--maxTactics',
      'IBuilderConfig::setMaxNbTactics',
      'since 10.4',
      'Default: -1',
    ])
      assert.ok(text.includes(part), `${part} is not in ${text}`);
  });

  test('quick fixes come with their edits', async () => {
    const { textDocument } = await open('vc: true\n');
    const { diagnostics } = await client.diagnostics(textDocument.uri);
    const range = { start: { line: 0, character: 1 }, end: { line: 0, character: 1 } };
    const [fix] = await client.request<CodeAction[]>('textDocument/codeAction', {
      textDocument,
      range,
      context: { diagnostics },
    });
    assert.equal(fix?.title, 'Replace by versionCompatible');
    assert.equal(fix.isPreferred, true);
    assert.equal(fix.edit?.changes?.[textDocument.uri]?.[0]?.newText, 'versionCompatible');
    assert.deepEqual(await client.request<CodeAction>('codeAction/resolve', fix), fix);
  });

  test('a pasted trtexec line becomes a config', async () => {
    const { textDocument, position } = await open(
      '# mine\n$ trtexec --onnx=a.onnx \\\n  --fp|16 --new\nrefit: true\n',
    );
    const [action] = await client.request<CodeAction[]>('textDocument/codeAction', {
      textDocument,
      range: { start: position, end: position },
      context: { diagnostics: [], only: ['refactor'] },
    });
    assert.equal(action?.title, 'Turn this trtexec line into a config');
    assert.deepEqual(action.edit?.changes?.[textDocument.uri], [
      {
        range: { start: { line: 1, character: 0 }, end: { line: 2, character: 14 } },
        newText:
          '# --new is no flag that this extension knows. It is kept under unknownFlags.\nmodel: a.onnx\nfp16: true\nunknownFlags: [--new]',
      },
    ]);
  });

  test('a pasted line is replaced with all that a shell made of it, which is told', async () => {
    for (const [text, newText] of [
      [
        'CUDA_VISIBLE_DEVICES=1 trtexec --onnx=a.o|nnx --fp16 > log.txt 2>&1\n',
        '# Left out of the line: CUDA_VISIBLE_DEVICES=1\n# Left out of the line: > log.txt 2>&1\nmodel: a.onnx\nfp16: true',
      ],
      ['Run `trtexec --onnx=a.o|nnx`\n', '# Left out of the line: Run `\nmodel: a.onnx'],
      ['--onnx=a.o|nnx\n--fp16\n', 'model: a.onnx\nfp16: true'],
      ['args: [--onnx=a.o|nnx, --fp16]\n', 'model: a.onnx\nfp16: true'],
      ['command:\n  - trtexec # 10.6\n  - --onnx=a.o|nnx\n  - --fp16\n', 'model: a.onnx\nfp16: true'],
    ] as const) {
      const { textDocument, position } = await open(text);
      const [action] = await client.request<CodeAction[]>('textDocument/codeAction', {
        textDocument,
        range: { start: position, end: position },
        context: { diagnostics: [], only: ['refactor'] },
      });
      const [edit] = action?.edit?.changes?.[textDocument.uri] ?? [];
      assert.equal(edit?.newText, newText);
      assert.deepEqual(edit?.range.start, { line: 0, character: 0 });
      const lines = text.replace('|', '').trimEnd().split('\n');
      assert.deepEqual(edit?.range.end, { line: lines.length - 1, character: lines.at(-1)?.length });
    }
  });

  test('outline, folding, links and formatting work', async () => {
    const text =
      'model:   a.onnx\nprofiles:\n  - images: {min: [1], max: [2]}\n    b: [1]\nremoteAutoTuningConfig: ssh://u:geheim@h\n';
    const { textDocument } = await open(text);
    const symbols = await client.request<DocumentSymbol[]>('textDocument/documentSymbol', { textDocument });
    assert.deepEqual(
      symbols.map(({ name }) => name),
      ['model', 'profiles', 'remoteAutoTuningConfig'],
    );
    assert.doesNotMatch(JSON.stringify(symbols), /geheim/);
    const folds = await client.request<FoldingRange[]>('textDocument/foldingRange', { textDocument });
    assert.ok(folds.some(({ startLine, endLine }) => startLine === 1 && endLine === 3));
    const links = await client.request<DocumentLink[]>('textDocument/documentLink', { textDocument });
    assert.deepEqual(
      links.map(({ target }) => target),
      [uri('a.onnx')],
    );
    const edits = await client.request<TextEdit[]>('textDocument/formatting', {
      textDocument,
      options: { tabSize: 2, insertSpaces: true },
    });
    assert.match(
      edits[0]?.newText ?? '',
      /^model: a\.onnx\nprofiles:\n {2}- images: \{ min: \[1\], max: \[2\] \}\n/,
    );
  });

  test('a line in a script is found, and a config goes back for a version', async () => {
    const script = 'set -e\ntrtexec --onnx=a.onnx --fp16\ntrtexec --onnx=b.onnx --what\n';
    const offset = script.indexOf('b.onnx');
    assert.deepEqual(await client.request('config/fromTrtexec', { text: script, offset }), {
      config: 'model: b.onnx\nunknownFlags: [--what]\n',
      notes: ['--what is no flag that this extension knows. It is kept under unknownFlags.'],
    });
    assert.deepEqual(await client.request('config/fromTrtexec', { text: 'ls -l' }), { notes: [] });
    const { textDocument } = await open(
      'model: a.onnx\nskipInference: true\nbuilds: { x: { fp16: true }, y: {} }\n',
    );
    const lines = await client.request<{ line: string; notes: string[] }[]>('config/toTrtexec', {
      uri: textDocument.uri,
      version: '11.1',
    });
    assert.deepEqual(
      lines.map(({ line }) => line),
      [
        'trtexec --onnx=a.onnx --skipInference --saveEngine=a.x.engine',
        'trtexec --onnx=a.onnx --skipInference --saveEngine=a.y.engine',
      ],
    );
    assert.match(lines[0]?.notes.join() ?? '', /no --fp16/);
    const { textDocument: quoted } = await open('model: it is a.onnx\nweightStreamingBudget: 50%\n');
    const forCmd = await client.request<{ line: string; notes: string[] }[]>('config/toTrtexec', {
      uri: quoted.uri,
      version: '10.15',
      shell: 'cmd',
    });
    assert.deepEqual(forCmd, [
      {
        build: '',
        line: 'trtexec "--onnx=it is a.onnx" --weightStreamingBudget=50%',
        notes: ['In a batch file, write each % twice.'],
      },
    ]);
  });

  test('what is asked of models only is answered with nothing', async () => {
    const params = await open('model: a.o|nnx\n');
    for (const method of ['textDocument/references', 'textDocument/semanticTokens/full'])
      assert.equal(await client.request(method, { ...params, context: { includeDeclaration: true } }), null);
  });

  test('a schema that a text names is not fetched', async () => {
    const { textDocument } = await open(
      '# yaml-language-server: $schema=http://127.0.0.1:9/schema.json\nmodel: a.onnxtxt\nsparsity: maybe\n',
    );
    const { diagnostics } = await client.diagnostics(textDocument.uri);
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ['config.bad-value'],
    );
  });
});
