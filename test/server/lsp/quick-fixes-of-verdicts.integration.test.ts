/** Problems that TensorRT's verdict is shown for have the fixes of our own rules all the same. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { CodeAction } from 'vscode-languageserver-types';
import { cacheDirectory } from '../../../scripts/cache.mjs';
import { LanguageClient } from './language-client.ts';

describe('fixes of problems that TensorRT refuses, too', () => {
  let client: LanguageClient;
  before(async () => {
    client = await LanguageClient.start({
      settings: { runtime: path.join(cacheDirectory, 'tensorrt-rtx-1.7.1'), check: { delay: 50 } },
      capabilities: {
        workspace: { configuration: true },
        textDocument: { codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: [] } } } },
      },
    });
  });
  after(() => client.stop());

  test('a misspelt operator is mended, and the fix is one of the problem that is shown', async () => {
    const uri = 'untitled:misspelt';
    await client.open(
      uri,
      '<ir_version: 8, opset_import: ["" : 17]>\ng (float[N] x) => (float[N] y) { y = Sigmod (x) }\n',
    );
    const { diagnostics } = await client.diagnostics(uri, (published) =>
      published.diagnostics.some(({ code }) => code === 'trt.plugin-not-found'),
    );
    const [shown, ...others] = diagnostics;
    assert.ok(shown);
    assert.deepEqual(others, [], 'One cause has one message.');
    // On the word, and beside it with no problem known to the editor.
    for (const context of [{ diagnostics: [shown] }, { diagnostics: [] }]) {
      const actions: CodeAction[] = await client.request<CodeAction[]>('textDocument/codeAction', {
        textDocument: { uri },
        range: { start: shown.range.end, end: shown.range.end },
        context: { ...context, only: ['quickfix'] },
      });
      const fix = actions.find(({ title }) => title === 'Change to "Sigmoid"');
      assert.ok(fix, JSON.stringify(actions));
      assert.deepEqual(
        fix.edit?.changes?.[uri]?.map(({ newText }) => newText),
        ['Sigmoid'],
      );
      assert.deepEqual(fix.diagnostics, context.diagnostics);
    }
  });
});
