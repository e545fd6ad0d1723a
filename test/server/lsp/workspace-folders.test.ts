import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { WorkspaceFolders } from '../../../server/src/lsp/workspace-folders.ts';

const at = (...names: string[]) => path.resolve('/work', ...names);
const uri = (...names: string[]) => pathToFileURL(at(...names)).href;
const folder = (...names: string[]) => ({ uri: uri(...names), name: names.at(-1) ?? '' });

describe('the workspace folder of a document', () => {
  test('is the innermost one around it; the first for what lies in none', () => {
    const folders = new WorkspaceFolders({ workspaceFolders: [folder('a'), folder('b'), folder('b', 'c')] });
    assert.equal(folders.of(uri('a', 'model.onnxtxt')), at('a'));
    assert.equal(folders.of(uri('b', 'x', 'model.onnxtxt')), at('b'));
    assert.equal(folders.of(uri('b', 'c', 'model.onnxtxt')), at('b', 'c'));
    assert.equal(folders.of(uri('bb', 'model.onnxtxt')), at('a'));
    assert.equal(folders.of('untitled:Untitled-1'), at('a'));
    assert.equal(folders.of(undefined), at('a'));
  });

  test('of a binary model as text is that of the file', () => {
    const folders = new WorkspaceFolders({ workspaceFolders: [folder('a'), folder('b')] });
    assert.equal(folders.of(uri('b', 'model.onnx').replace(/^file:/, 'onnx:')), at('b'));
  });

  test('follows the editor', () => {
    const folders = new WorkspaceFolders({ workspaceFolders: [folder('a')] });
    folders.changed({ added: [folder('b')], removed: [folder('a')] });
    assert.equal(folders.of(uri('a', 'model.onnxtxt')), at('b'));
    folders.changed({ added: [], removed: [folder('b')] });
    assert.equal(folders.of(uri('b', 'model.onnxtxt')), undefined);
  });

  test('is the root of editors that know of one alone, by URI or path', () => {
    assert.equal(new WorkspaceFolders({ rootUri: uri('a'), rootPath: at('x') }).of(undefined), at('a'));
    assert.equal(new WorkspaceFolders({ rootUri: null, rootPath: at('x') }).of(undefined), at('x'));
    assert.equal(new WorkspaceFolders({ rootUri: null, workspaceFolders: null }).of(undefined), undefined);
  });
});
