import * as assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { closeAllEditors, diagnosticsOf, openModel } from './editor-helpers.ts';
import { waitFor } from './wait-for.ts';

/** Ids of the processes under this extension host whose command line names `program`. */
function running(program: string): number[] {
  const parents = new Map<number, number>();
  const found: number[] = [];
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const pid = Number(name);
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      parents.set(pid, Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
      if (readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(program)) found.push(pid);
    } catch {
      // The process has ended while we looked.
    }
  }
  const isOurs = (pid: number | undefined): boolean =>
    pid !== undefined && pid > 1 && (pid === process.pid || isOurs(parents.get(pid)));
  return found.filter(isOurs);
}

const bridges = () => running('native-bridge.js');

describe('the native bridge', () => {
  afterEach(closeAllEditors);

  it('killed while it checks, is replaced, and the verdict comes', async () => {
    const editor = await openModel('nested-functions.onnx');
    await diagnosticsOf(editor.document, ({ length }) => length === 4);
    const [first] = bridges();
    assert.ok(first !== undefined);
    // An edit, so that no verdict is at hand, and the kill right after the check was asked for.
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '# killed\n'));
    const checked = vscode.commands.executeCommand('tensorrt.checkModel');
    process.kill(first, 'SIGKILL');
    await checked;
    await diagnosticsOf(editor.document, ({ length }) => length === 4);
    const [second] = await waitFor('a new bridge', () => {
      const others = bridges().filter((pid) => pid !== first);
      return others.length > 0 ? others : undefined;
    });
    assert.notEqual(second, first);
  });

  it('is ended and started anew by a command', async () => {
    const editor = await openModel('nested-functions.onnx');
    await diagnosticsOf(editor.document, ({ length }) => length === 4);
    const [first] = bridges();
    assert.ok(first !== undefined);
    await vscode.commands.executeCommand('tensorrt.restartBridge');
    await waitFor('the end of the first bridge', () => (bridges().includes(first) ? undefined : true));
    await vscode.commands.executeCommand('tensorrt.checkModel');
    await diagnosticsOf(editor.document, ({ length }) => length === 4);
  });
});

describe('the language server', () => {
  afterEach(closeAllEditors);

  it('killed, is started again, with the open documents and their verdicts', async () => {
    const editor = await openModel('nested-functions.onnx');
    await diagnosticsOf(editor.document, ({ length }) => length === 4);
    const [first] = running('server.js');
    assert.ok(first !== undefined);
    process.kill(first, 'SIGKILL');
    await waitFor('another server', () => running('server.js').find((pid) => pid !== first));
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '# after the crash\n'));
    await diagnosticsOf(
      editor.document,
      (diagnostics) => diagnostics.length === 4 && diagnostics.every(({ range }) => range.start.line > 4),
    );
    const other = await openModel('supported.onnx');
    assert.match(other.document.getText(), /Neg/);
    assert.deepEqual(bridges().length, 1);
  });

  it('killed while much is written to it, is started again', async () => {
    const editor = await openModel('nested-functions.onnx');
    await diagnosticsOf(editor.document, ({ length }) => length === 4);
    const [first] = running('server.js');
    assert.ok(first !== undefined);
    process.kill(first, 'SIGKILL');
    // More messages than an error handler of the default kind lets fail.
    for (let time = 0; time < 10; time += 1) {
      await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '# \n'));
    }
    await waitFor('another server', () => running('server.js').find((pid) => pid !== first));
    await diagnosticsOf(
      editor.document,
      (diagnostics) => diagnostics.length === 4 && diagnostics.every(({ range }) => range.start.line > 12),
    );
  });
});
