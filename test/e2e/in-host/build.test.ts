import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeAllEditors, openModel, workspaceFile } from './editor-helpers.ts';
import { waitFor } from './wait-for.ts';

const text = new TextEncoder();

/** Writes a config beside the models; what it builds is removed afterwards. */
const written = new Set<string>();
async function write(name: string, content: string): Promise<vscode.Uri> {
  written.add(name);
  const uri = workspaceFile(name);
  await vscode.workspace.fs.writeFile(uri, text.encode(content));
  return uri;
}

function exists(name: string): Promise<boolean> {
  return Promise.resolve(vscode.workspace.fs.stat(workspaceFile(name))).then(
    () => true,
    () => false,
  );
}

const supported = 'model: supported.onnx\nprofiles: [{ x: [2, 4] }]\n';

describe('building', () => {
  afterEach(async () => {
    await closeAllEditors();
    for (const name of [...written, 'supported.engine', 'supported.engine.json']) {
      if (await exists(name)) await vscode.workspace.fs.delete(workspaceFile(name));
    }
    written.clear();
  });

  // First of all: VS Code keeps a closed document for a while, and learns late that its file was written anew.
  it('of a model uses the config beside it', async () => {
    await write('supported.trt.yaml', `${supported}engine: from-config.engine\n`);
    written.add('from-config.engine').add('from-config.engine.json');
    await openModel('supported.onnx');
    await vscode.commands.executeCommand('tensorrt.build');
    assert.ok(await exists('from-config.engine'));
  });

  it('saves the edited config first', async () => {
    const config = await write('supported.trt.yaml', 'model: nowhere.onnx\n');
    const editor = await vscode.window.showTextDocument(config);
    const whole = new vscode.Range(0, 0, 9, 0);
    await editor.edit((edit) => edit.replace(whole, supported));
    assert.ok(editor.document.isDirty);
    await vscode.commands.executeCommand('tensorrt.build', config);
    assert.ok(!editor.document.isDirty);
    assert.ok(await exists('supported.engine'));
    assert.ok(await exists('supported.engine.json'));
  });

  it('of a model of dynamic shape makes a config, whose profile is there to be edited', async () => {
    written.add('supported.trt.yaml');
    await openModel('supported.onnx');
    await vscode.commands.executeCommand('tensorrt.build');
    const shown = vscode.window.activeTextEditor?.document;
    assert.equal(shown?.uri.toString(), workspaceFile('supported.trt.yaml').toString());
    assert.equal(shown.languageId, 'tensorrt-config');
    assert.match(shown.getText(), /^model: supported\.onnx\n[\s\S]*profiles:\n {2}- x: \{ min: \[1, 4\]/);
    assert.ok(!(await exists('supported.engine')), 'nothing is built with sizes that were guessed');
  });

  it('is a task of every config, which runs to its end', async () => {
    await write('supported.trt.yaml', supported);
    await write('several.trt.yaml', `${supported}builds: { a: {}, b: { allowWeightStreaming: true } }\n`);
    const tasks = await vscode.tasks.fetchTasks({ type: 'tensorrt-build' });
    assert.deepEqual(tasks.map(({ name }) => name).sort(), [
      'build several.trt.yaml',
      'build several.trt.yaml (a)',
      'build several.trt.yaml (b)',
      'build supported.trt.yaml',
    ]);
    const task = tasks.find(({ name }) => name === 'build supported.trt.yaml');
    assert.ok(task);
    assert.equal(await exitCodeOf(task), 0);
    assert.ok(await exists('supported.engine'));
  });

  it('by a task shows what is wrong among the problems', async () => {
    const config = await write('supported.trt.yaml', 'model: supported.onnx\nfp61: true\n');
    const tasks = await vscode.tasks.fetchTasks({ type: 'tensorrt-build' });
    const task = tasks.find(({ name }) => name === 'build supported.trt.yaml');
    assert.ok(task);
    assert.equal(await exitCodeOf(task), 2);
    const [problem] = await waitFor('the problem', () => {
      const found = vscode.languages.getDiagnostics(config).filter(({ source }) => source === 'TensorRT');
      return found.length > 0 ? found : undefined;
    });
    assert.equal(problem?.message, 'There is no key fp61. Did you mean fp16?');
    assert.equal(problem.range.start.line, 1);
    assert.equal(problem.severity, vscode.DiagnosticSeverity.Error);
  });
});

/** Runs a task. */
function exitCodeOf(task: vscode.Task): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const listener = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
      if (execution.task.name !== task.name) return;
      listener.dispose();
      resolve(exitCode);
    });
    vscode.tasks.executeTask(task).then(undefined, reject);
  });
}
