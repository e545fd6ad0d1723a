import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { CodeAction, WorkspaceEdit } from 'vscode-languageserver-types';
import { cacheDirectory } from '../../../scripts/cache.mjs';
import { createDocument } from '../../../server/src/features/document.ts';
import { offsetAt } from '../../../server/src/features/source-text.ts';
import { LanguageClient } from './language-client.ts';

const elements = Array.from({ length: 300 }, () => '1').join(', ');
const text = `<ir_version: 10, opset_import: ["" : 17]>
g (float[300] x) => (float[300] y)
<float[300] w = {${elements}}>
{
  y = Add (x, w)
}
`;

/** Chooses the action as an editor does; `applies`: whether it makes the edit that the server asks for. */
async function choose(
  applies: boolean,
  capabilities: unknown,
): Promise<{ edit: WorkspaceEdit | undefined; data: Buffer | undefined; error: unknown }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'onnx-weights-'));
  const client = await LanguageClient.start({ capabilities });
  try {
    let edit: WorkspaceEdit | undefined;
    client.connection.onRequest('workspace/applyEdit', (params: { edit: WorkspaceEdit }) => {
      edit = params.edit;
      return { applied: applies };
    });
    const uri = pathToFileURL(path.join(folder, 'm.onnxtxt')).href;
    await client.open(uri, text);
    const start = { line: 0, character: 0 };
    const [action, ...others] = await client.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri },
      range: { start, end: start },
      context: { diagnostics: [], only: ['source.moveWeightsOut'] },
    });
    assert(action, JSON.stringify(others));
    const chosen = action.command ? action : await client.request<CodeAction>('codeAction/resolve', action);
    assert.equal(chosen.edit, undefined);
    assert(!existsSync(path.join(folder, 'm.onnx.data')), 'a look at the action writes nothing');
    const error: unknown = await client.request('workspace/executeCommand', chosen.command).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    const file = path.join(folder, 'm.onnx.data');
    return { edit, data: existsSync(file) ? readFileSync(file) : undefined, error };
  } finally {
    await client.stop();
    rmSync(folder, { recursive: true });
  }
}

const codeActionLiteralSupport = { codeActionKind: { valueSet: [] } };

describe('saving after weights have moved', () => {
  test('a model goes out and comes back, and is the model that it was', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'onnx-weights-'));
    const original = path.join(folder, 'original.onnx');
    const model = path.join(folder, 'model.onnx');
    copyFileSync(path.join(cacheDirectory, 'models/real/nudenet-320n.onnx'), original);
    copyFileSync(original, model);
    const uri = pathToFileURL(model).href;
    const documentUri = uri.replace('file:', 'onnx:');
    const textDocument = { codeAction: { codeActionLiteralSupport } };
    const client = await LanguageClient.start({ capabilities: { textDocument } });
    let version = 0;
    /** The text after an action, saved. */
    const moved = async (kind: string, before: string): Promise<string> => {
      const document = createDocument(documentUri, ++version, before);
      if (version === 1) {
        await client.open(documentUri, before, version);
      } else {
        await client.change(documentUri, version, [{ text: before }]);
      }
      const start = { line: 0, character: 0 };
      const [action] = await client.request<CodeAction[]>('textDocument/codeAction', {
        textDocument: { uri: documentUri },
        range: { start, end: start },
        context: { diagnostics: [], only: [kind] },
      });
      let edit = action?.edit;
      client.connection.onRequest('workspace/applyEdit', (params: { edit: WorkspaceEdit }) => {
        edit = params.edit;
        return { applied: true };
      });
      if (action?.command) await client.request('workspace/executeCommand', action.command);
      let after = before;
      for (const { range, newText } of (edit?.changes?.[documentUri] ?? []).toReversed()) {
        const [from, to] = [offsetAt(document.source, range.start), offsetAt(document.source, range.end)];
        after = after.slice(0, from) + newText + after.slice(to);
      }
      assert.notEqual(after, before);
      const saved = await client.request<{ text: string }>('onnx/save', { uri, text: after });
      return saved.text;
    };
    try {
      const { text: first } = await client.request<{ text: string }>('onnx/print', { uri });
      const outside = await moved('source.moveWeightsOut', first);
      assert(existsSync(`${model}.data`));
      assert.deepEqual(compared(original, model).same, true);
      assert.notEqual(compared(original, model).external.length, 0);
      const back = await moved('source.moveWeightsIn', outside);
      assert.deepEqual(compared(original, model), { external: [], same: true });
      assert.equal(back, first);
      assert.equal(Buffer.compare(readFileSync(original), readFileSync(model)), 0);
    } finally {
      await client.stop();
      rmSync(folder, { recursive: true });
    }
  });
});

function compared(a: string, b: string): { external: string[]; same: boolean } {
  const script = path.join(import.meta.dirname, '../../support/compare-weights.py');
  return JSON.parse(execFileSync('python3', [script, a, b], { encoding: 'utf8' }));
}

describe('moving weights to external data', () => {
  for (const [editor, capabilities] of [
    [
      'an editor that asks for edits later',
      {
        textDocument: { codeAction: { codeActionLiteralSupport, resolveSupport: { properties: ['edit'] } } },
      },
    ],
    ['an editor that does not', { textDocument: { codeAction: { codeActionLiteralSupport } } }],
  ] as const) {
    test(`writes the file and changes the text once it is chosen, in ${editor}`, async () => {
      const { edit, data, error } = await choose(true, capabilities);
      assert.equal(error, undefined);
      assert.equal(data?.length, 1200);
      const [change] = Object.values(edit?.changes ?? {}).flat();
      assert.equal(change?.newText, '["location": "m.onnx.data", "offset": "0", "length": "1200"]');
    });
  }

  test('leaves no file behind where the editor does not make the edit', async () => {
    const { data, error } = await choose(false, {
      textDocument: { codeAction: { codeActionLiteralSupport } },
    });
    assert.equal(data, undefined);
    assert.match(String(error), /nothing was changed/);
  });
});
