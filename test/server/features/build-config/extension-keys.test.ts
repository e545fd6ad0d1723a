/** Keys that begin with `x-`, in an editor: nothing but what the settings in them are. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { atCursor, hovered, labels } from './fixture.ts';

const world = { model: 'g (float[N,4] images) => (float[N,4] y) { y = Relu (images) }' };

async function allLabels(marked: string): Promise<string[]> {
  const { service, document, position } = atCursor(marked, world);
  return (await service.completion(document, position, true)).items.map(({ label }) => label);
}

describe('keys that begin with x-', () => {
  test('are not offered, and settings are in them, as in builds', async () => {
    assert.deepEqual(
      (await allLabels('¦')).filter((label) => label.startsWith('x-') || label.includes('^')),
      [],
    );
    const inside = await allLabels('x-base: &base\n  fp¦\n');
    assert.ok(inside.includes('fp16') && !inside.includes('matrix'), inside.join());
    assert.deepEqual(await labels('x-base: &base\n  profiles:\n    - ¦\n', world), ['images']);
    assert.deepEqual(await labels('x-shapes:\n  ima¦\n', world), []);
  });

  test('hover says what they are, and what settings in them do', async () => {
    assert.match(await hovered('x-ba¦se: { fp16: true }', world), /Not read by itself: a place for anchors/);
    assert.match(await hovered('x-base: { fp1¦6: true }', world), /Allows 16-bit/);
    assert.match(await hovered('x-base: { memPoolSize: { workspace: 1¦6 } }', world), /^16,777,216 bytes/);
  });

  test('formatting keeps them', async () => {
    const text = 'x-base:   &base {fp16:   true}\nbuilds:\n    a:  {<<: *base}\n';
    const { service, document } = atCursor(`¦${text}`, world);
    const edits = await service.format(document, { tabSize: 2, insertSpaces: true });
    assert.equal(
      TextDocument.applyEdits(document.textDocument, edits),
      'x-base: &base { fp16: true }\nbuilds:\n  a: { <<: *base }\n',
    );
  });
});
