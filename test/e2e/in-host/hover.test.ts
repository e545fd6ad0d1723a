import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeAllEditors, openModel } from './editor-helpers.ts';
import { waitFor } from './wait-for.ts';

/** The hover at the first occurrence of `text`, as Markdown. */
async function hoverOn({ document }: vscode.TextEditor, text: string, accept: RegExp): Promise<string> {
  const offset = document.getText().indexOf(text);
  assert.ok(offset >= 0, `There is no ${text} in the document.`);
  const position = document.positionAt(offset + 1);
  let markdown = '';
  return waitFor(
    `a hover on ${text} with ${accept}`,
    async () => {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        document.uri,
        position,
      );
      markdown = hovers
        .flatMap(({ contents }) => contents)
        .map((content) => (typeof content === 'string' ? content : content.value))
        .join('\n');
      return accept.test(markdown) ? markdown : undefined;
    },
    () => markdown,
    20_000,
  );
}

describe('hover', () => {
  afterEach(closeAllEditors);

  it('on a node names operator, version and the shapes of its values', async () => {
    const editor = await openModel('supported.onnx');
    const hover = await hoverOn(editor, 'Relu', /float/);
    assert.match(hover, /Relu/);
    assert.match(hover, /14/);
  });

  it('on a value says its type and shape, with symbolic names, and where the shape comes from', async () => {
    const editor = await openModel('supported.onnx');
    await hoverOn(editor, 'a = Relu', /N.*4[\s\S]*TensorRT/);
  });

  it('on a weight shown by reference says how big it is and where it lies', async () => {
    const editor = await openModel('weights.onnx');
    const line = editor.document
      .getText()
      .split('\n')
      .find((text) => text.includes('raw_data'));
    assert.ok(line !== undefined, editor.document.getText());
    await hoverOn(editor, 'w =', /262[,. ]?144|256 ?KiB/);
  });
});
