import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { CodeAction, WorkspaceEdit } from 'vscode-languageserver-types';
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
