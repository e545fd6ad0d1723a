import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs/promises';
import * as vscode from 'vscode';
import { closeAllEditors, openModel, workspaceFile } from './editor-helpers.ts';
import { waitFor } from './wait-for.ts';

/** Loads models with Python's onnx and answers what `expression` says of them, `a` being the first. */
function ask(expression: string, ...files: readonly vscode.Uri[]): unknown {
  const program = `
import json, sys, onnx
models = [onnx.load(file) for file in sys.argv[1:]]
a, b = (models + models)[:2]
print(json.dumps(${expression}))`;
  return JSON.parse(
    execFileSync('python3', ['-c', program, ...files.map(({ fsPath }) => fsPath)], { encoding: 'utf8' }),
  );
}

/** Runs models with ONNX Runtime on the same input, and answers the sums of their outputs. */
function outputsOf(...files: readonly vscode.Uri[]): unknown {
  const program = `
import json, sys, numpy, onnxruntime
x = numpy.linspace(-1, 1, 2 * 1024, dtype=numpy.float32).reshape(2, 1024)
def run(file):
    session = onnxruntime.InferenceSession(file, providers=['CPUExecutionProvider'])
    return [float(numpy.nan_to_num(output).sum(dtype=numpy.float64)) for output in session.run(None, {'x': x})]
print(json.dumps([run(file) for file in sys.argv[1:]]))`;
  return JSON.parse(
    execFileSync('python3', ['-c', program, ...files.map(({ fsPath }) => fsPath)], { encoding: 'utf8' }),
  );
}

async function insert(editor: vscode.TextEditor, before: string, text: string): Promise<void> {
  const position = editor.document.positionAt(editor.document.getText().indexOf(before));
  assert.ok(await editor.edit((edit) => edit.insert(position, text)));
}

/** The text that opening the file anew would show. */
async function printed(uri: vscode.Uri): Promise<string> {
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
}

describe('saving a model', () => {
  const original = workspaceFile('weights.onnx');
  let copy: vscode.Uri;
  let number = 0;
  beforeEach(async () => {
    copy = workspaceFile(`copy-${number++}.onnx`);
    await fs.copyFile(original.fsPath, copy.fsPath);
  });
  afterEach(closeAllEditors);

  const openCopy = () => openModel(copy.path.slice(copy.path.lastIndexOf('/') + 1));

  it('without a change of content leaves an equal model', async () => {
    const editor = await openCopy();
    await insert(editor, '}', '\n');
    assert.ok(await editor.document.save());
    assert.equal(ask('a == b', original, copy), true);
  });

  it('writes the edit and keeps the weights that are shown by reference', async () => {
    const editor = await openCopy();
    await insert(editor, 'Relu', 'Leaky');
    assert.ok(await editor.document.save());
    assert.deepEqual(ask('[node.op_type for node in a.graph.node]', copy), ['MatMul', 'LeakyRelu']);
    assert.equal(ask('a.graph.initializer[0] == b.graph.initializer[0]', original, copy), true);
    assert.equal(editor.document.isDirty, false);
  });

  it('shows where the weights lie now, so that the next save finds them', async () => {
    const editor = await openCopy();
    // A longer graph name and node list move the weight in the file.
    await insert(editor, 'y = MatMul', 'unused = Identity (x)\n  ');
    assert.ok(await editor.document.save());
    const text = await printed(editor.document.uri);
    await waitFor(
      'the document to show what was written',
      () => (editor.document.getText() === text && !editor.document.isDirty ? true : undefined),
      () => `${editor.document.getText()}\n--- printed:\n${text}`,
      10_000,
    );
    await insert(editor, 'unused = Identity', 'another = Neg (x)\n  ');
    assert.ok(await editor.document.save());
    assert.equal(ask('a.graph.initializer[0] == b.graph.initializer[0]', original, copy), true);
    assert.equal(ask('len(a.graph.node)', copy), 4);
  });

  it('while typing goes on loses neither the typing nor the weights', async () => {
    const editor = await openCopy();
    await insert(editor, 'y = MatMul', 'unused = Identity (x)\n  ');
    const saving = editor.document.save();
    await insert(editor, 'unused = Identity', 'another = Neg (x)\n  ');
    await saving;
    await waitFor('the second save', async () => ((await editor.document.save()) ? true : undefined));
    await waitFor('the end of typing', () => (editor.document.isDirty ? undefined : true));
    assert.equal(ask('a.graph.initializer[0] == b.graph.initializer[0]', original, copy), true);
    assert.equal(ask('len(a.graph.node)', copy), 4);
  });

  it('of text that is no model leaves the file as it was', async () => {
    const editor = await openCopy();
    await insert(editor, 'y = MatMul', 'y y y (((');
    assert.equal(await editor.document.save(), false);
    assert.deepEqual(await fs.readFile(copy.fsPath), await fs.readFile(original.fsPath));
  });

  it('gives a model that runs, and computes what the text says', async () => {
    const editor = await openCopy();
    await insert(editor, '[multiply]', '#@ doc_string: "weights as they were"\n  ');
    await insert(editor, ' z = Relu', ' r = Neg (y)\n  unused = Neg (r)\n ');
    assert.ok(await editor.document.save());
    const text = await printed(editor.document.uri);
    await waitFor('the references to have moved', () =>
      editor.document.getText() === text ? true : undefined,
    );
    const [before, after] = outputsOf(original, copy) as [number[], number[]];
    assert.ok(before[0] !== undefined && Math.abs(before[0]) > 0);
    assert.deepEqual(after, before);
    await insert(editor, 'Relu (y)', 'Identity (y) #');
    assert.ok(await editor.document.save());
    assert.notDeepEqual(outputsOf(copy), [before]);
  });

  it('and undoing it and saving again gives back the original bytes; redoing it, the edit', async () => {
    const editor = await openCopy();
    const text = editor.document.getText();
    await insert(editor, 'y = MatMul', 'unused = Identity (x)\n  ');
    const edited = editor.document.getText();
    assert.ok(await editor.document.save());
    const bytes = await fs.readFile(copy.fsPath);
    assert.notDeepEqual(bytes, await fs.readFile(original.fsPath));
    await waitFor('the references to have moved', () =>
      editor.document.getText() === edited ? undefined : true,
    );
    for (let step = 0; step < 5 && editor.document.getText() !== text; step++) {
      await vscode.commands.executeCommand('undo');
    }
    assert.equal(editor.document.getText(), text);
    assert.ok(await editor.document.save());
    assert.deepEqual(await fs.readFile(copy.fsPath), await fs.readFile(original.fsPath));
    for (let step = 0; step < 5 && !editor.document.getText().includes('unused'); step++) {
      await vscode.commands.executeCommand('redo');
    }
    assert.ok(editor.document.getText().includes('unused'));
    assert.ok(await editor.document.save());
    assert.deepEqual(await fs.readFile(copy.fsPath), bytes);
  });

  it('is refused where another program has written the file meanwhile, even a copy with an earlier time', async () => {
    const editor = await openCopy();
    await insert(editor, 'y = MatMul', 'unused = Identity (x)\n  ');
    const other = await fs.readFile(workspaceFile('supported.onnx').fsPath);
    await fs.writeFile(copy.fsPath, other);
    await fs.utimes(copy.fsPath, 1_000_000_000, 1_000_000_000);
    const edited = editor.document.getText();
    assert.equal(await editor.document.save(), false);
    assert.deepEqual(await fs.readFile(copy.fsPath), other);
    assert.equal(editor.document.getText(), edited);
    assert.ok(editor.document.isDirty);
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await waitFor('the text of the other model', () =>
      editor.document.getText().includes('Neg') ? true : undefined,
    );
  });

  it('shows in a second editor of the same model', async () => {
    const editor = await openCopy();
    await vscode.commands.executeCommand('workbench.action.splitEditor');
    await insert(editor, 'Relu', 'Leaky');
    assert.equal(
      vscode.window.visibleTextEditors.filter(({ document }) => document === editor.document).length,
      2,
    );
    assert.ok(await editor.document.save());
    assert.deepEqual(ask('[node.op_type for node in a.graph.node]', copy), ['MatMul', 'LeakyRelu']);
  });

  it('by another program shows in the editor', async () => {
    const editor = await openCopy();
    await fs.copyFile(workspaceFile('supported.onnx').fsPath, copy.fsPath);
    await waitFor(
      'the new text',
      () => (editor.document.getText().includes('Neg') ? true : undefined),
      () => editor.document.getText(),
    );
    assert.equal(editor.document.isDirty, false);
  });
});
