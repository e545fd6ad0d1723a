import * as path from 'node:path';
import * as vscode from 'vscode';
import { waitFor } from './wait-for.ts';

export function workspaceFile(name: string): vscode.Uri {
  const folder = process.env['ONNX_E2E_WORKSPACE'];
  if (folder === undefined) throw new Error('ONNX_E2E_WORKSPACE names no folder.');
  return vscode.Uri.file(path.join(folder, name));
}

/** Opens a file as a click in the explorer does, and waits for the text editor on its virtual document. */
export async function openModel(name: string): Promise<vscode.TextEditor> {
  const uri = workspaceFile(name);
  await vscode.commands.executeCommand('vscode.open', uri);
  return waitFor(`the text of ${name}`, () => {
    const editor = vscode.window.activeTextEditor;
    return editor?.document.uri.scheme === 'onnx' && editor.document.uri.path === uri.path
      ? editor
      : undefined;
  });
}

/** What TensorRT refuses in a document, once `accept` takes it. */
export function diagnosticsOf(
  document: vscode.TextDocument,
  accept: (diagnostics: readonly vscode.Diagnostic[]) => boolean,
): Promise<readonly vscode.Diagnostic[]> {
  return waitFor(
    `the diagnostics of ${document.uri.path}`,
    () => {
      const diagnostics = vscode.languages
        .getDiagnostics(document.uri)
        .filter(({ source }) => source?.startsWith('TensorRT'));
      return accept(diagnostics) ? diagnostics : undefined;
    },
    () => JSON.stringify(vscode.languages.getDiagnostics(document.uri)),
  );
}

export async function closeAllEditors(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}
