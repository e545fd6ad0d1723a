import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CodeAction } from 'vscode-languageserver-types';
import { LanguageClient } from './language-client.ts';

const uri = 'file:///nowhere/model.onnxtxt';
const text = `<ir_version: 10, opset_import: ["" : 17]>
g (float[2] x) => (float[2] y) {
  a = Relu (x)
  b = Neg (a)
  y = Abs (b)
}
`;
/** The node in line 4. */
const range = { start: { line: 3, character: 2 }, end: { line: 3, character: 13 } };
const workspaceEdit = { documentChanges: true, resourceOperations: ['create', 'rename', 'delete'] };
const codeActionLiteralSupport = { codeActionKind: { valueSet: [] } };
const resolving = { codeAction: { codeActionLiteralSupport, resolveSupport: { properties: ['edit'] } } };

describe('refactorings on the connection', () => {
  test('are worked out when chosen, and are followed by a rename or by the new document', async () => {
    await withClient({ workspace: { workspaceEdit }, textDocument: resolving }, async (client) => {
      const actions = await actionsOf(client);
      assert.ok(actions.every(({ edit }) => edit === undefined));
      const extracted = await resolved(client, actions, 'Extract 1 node to function');
      assert.equal(Object.keys(extracted.edit?.changes ?? {}).join(), uri);
      assert.deepEqual(extracted.command?.arguments, [uri, { line: 3, character: 12 }]);
      const part = await resolved(client, actions, 'Extract 1 node as a new model');
      const created = 'file:///nowhere/model-part.onnxtxt';
      assert.equal(part.edit?.changes, undefined);
      const [create, edits] = part.edit?.documentChanges ?? [];
      assert.deepEqual(create, {
        kind: 'create',
        uri: created,
        options: { overwrite: false, ignoreIfExists: false },
      });
      assert.ok(edits && 'edits' in edits && edits.textDocument.uri === created);
      assert.deepEqual(part.command, {
        title: 'Show',
        command: 'tensorrt.showDocument',
        arguments: [created],
      });
    });
  });

  test('that create files are refused with a sentence where the editor cannot apply them', async () => {
    for (const workspace of [{}, { workspaceEdit: { documentChanges: true } }]) {
      await withClient({ workspace, textDocument: resolving }, async (client) => {
        const actions = await actionsOf(client);
        await assert.rejects(
          resolved(client, actions, 'Extract 1 node as a new model'),
          /^Error: This editor does not let a refactoring create files/,
        );
      });
    }
  });

  test('come with their edits for editors that do not ask later, without those that are refused', async () => {
    await withClient({ textDocument: { codeAction: { codeActionLiteralSupport } } }, async (client) => {
      const actions = await actionsOf(client);
      assert.deepEqual(
        actions.map(({ title }) => title),
        ['Extract 1 node to function'],
      );
      assert.ok(actions[0]?.edit?.changes?.[uri]);
    });
  });
});

async function withClient(
  capabilities: unknown,
  use: (client: LanguageClient) => Promise<void>,
): Promise<void> {
  const client = await LanguageClient.start({ capabilities });
  try {
    await client.open(uri, text);
    await use(client);
  } finally {
    await client.stop();
  }
}

function actionsOf(client: LanguageClient): Promise<CodeAction[]> {
  const context = { diagnostics: [], only: ['refactor.extract'] };
  return client.request('textDocument/codeAction', { textDocument: { uri }, range, context });
}

function resolved(
  client: LanguageClient,
  actions: readonly CodeAction[],
  title: string,
): Promise<CodeAction> {
  const action = actions.find((candidate) => candidate.title === title);
  assert.ok(action, JSON.stringify(actions.map((other) => other.title)));
  return client.request('codeAction/resolve', action);
}
