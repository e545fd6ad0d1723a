/** Editors that can do less than ours, each for a reason found in real ones. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { Diagnostic, Hover, InlayHint, Location, WorkspaceEdit } from 'vscode-languageserver-types';
import { testLibraries } from '../tensorrt/support/test-libraries.ts';
import { LanguageClient } from './language-client.ts';

const libraries = testLibraries('tensorrt-rtx-1.7.1');
const uri = 'file:///models/model.onnxtxt';
const text = `<ir_version: 8, opset_import: ["" : 17]>
g (float[N,4] "größe 𝄞") => (float[N,4] y) {
  a = Relu ("größe 𝄞")   b = Neg (a)
  c = Unique (b)
  y = Add (c, missing)
}
`;
const at = (line: number, character: number) => ({ textDocument: { uri }, position: { line, character } });
/** In UTF-16 code units, of which the clef has two. */
const column = (part: string) => (text.split('\n')[2] ?? '').indexOf(part);
const isJudged = ({ diagnostics }: { readonly diagnostics: readonly Diagnostic[] }) =>
  diagnostics.some(({ code }) => code === 'trt.unsupported-node');

const editors: readonly {
  readonly name: string;
  readonly capabilities: unknown;
  readonly options?: unknown;
}[] = [
  { name: 'without any capability', capabilities: {} },
  {
    name: 'without workspace/configuration, that gives settings at the start',
    capabilities: { workspace: { configuration: false } },
    options: { tensorrt: { check: { delay: 0 } } },
  },
  {
    name: 'that offers UTF-8 and UTF-32 positions beside none other',
    capabilities: { general: { positionEncodings: ['utf-8', 'utf-32'] } },
  },
];

for (const { name, capabilities, options } of editors) {
  describe(`an editor ${name}`, () => {
    let client: LanguageClient | undefined;
    after(() => client?.stop());

    test('gets diagnostics, types, definitions, renames, hints and completion', async () => {
      client = await LanguageClient.start({
        capabilities,
        initializationOptions: options,
        environment: { ...process.env, LD_LIBRARY_PATH: libraries },
        // Answering would be a mistake in the test: whoever asks gets an error, as from an editor that knows no such request.
        answersRequests: false,
      });
      assert.equal(client.initialized.capabilities.positionEncoding, 'utf-16');
      await client.open(uri, text);
      const { diagnostics } = await client.diagnostics(uri, isJudged);
      assert.deepEqual(diagnostics.map(({ code }) => code).sort(), [
        'onnx.undefined-value',
        'trt.unsupported-node',
      ]);
      assert.ok(diagnostics.every(({ relatedInformation }) => relatedInformation === undefined));
      const hover = await client.request<Hover>('textDocument/hover', at(2, column('Neg')));
      assert.match(JSON.stringify(hover.contents), /Neg/);
      const found = await client.request<Location[]>('textDocument/definition', at(2, column('a)')));
      assert.deepEqual(
        found.map(({ range }) => range.start),
        [{ line: 2, character: 2 }],
      );
      const edit = await client.request<WorkspaceEdit>('textDocument/rename', { ...at(2, 2), newName: 'z' });
      assert.equal(edit.changes?.[uri]?.length, 2);
      const range = { start: { line: 0, character: 0 }, end: { line: 6, character: 0 } };
      const hints = await client.request<InlayHint[]>('textDocument/inlayHint', {
        textDocument: { uri },
        range,
      });
      assert.ok(hints.length > 0);
      const completion = await client.request<{ items: { insertTextFormat?: number }[] }>(
        'textDocument/completion',
        at(3, 8),
      );
      assert.ok(completion.items.length > 0);
      assert.ok(completion.items.every(({ insertTextFormat }) => insertTextFormat !== 2));
      const actions = await client.request<unknown[] | null>('textDocument/codeAction', {
        textDocument: { uri },
        range,
        context: { diagnostics },
      });
      // Without code action literals an editor takes commands only, and we have none.
      assert.deepEqual(actions, []);
      await setTimeout(100);
      assert.deepEqual(client.unansweredRequests, []);
    });
  });
}

describe('an editor that can ask for inlay hints again', () => {
  let client: LanguageClient | undefined;
  after(() => client?.stop());

  test('is told to when TensorRT has answered, and when settings change', async () => {
    client = await LanguageClient.start({
      capabilities: {
        workspace: {
          configuration: true,
          inlayHint: { refreshSupport: true },
        },
      },
      settings: { runtime: libraries, check: { delay: 0 } },
    });
    await client.open(uri, text.replace('Unique', 'Abs').replace(', missing', ', c'));
    await client.status(uri, ({ state }) => state === 'supported');
    await client.refreshedHints(1);
    const before = client.hintRefreshes;
    await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
    await client.refreshedHints(before + 1);
  });
});
