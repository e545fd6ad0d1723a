import * as vscode from 'vscode';

/** Follows one file on disk, also outside the workspace and across atomic replacements. */
export function watchFile(file: vscode.Uri): vscode.FileSystemWatcher {
  const name = file.path.slice(file.path.lastIndexOf('/') + 1);
  // The name is a glob pattern, and `model[1].onnx` is an ordinary name.
  const pattern = name.replace(/[*?[\]{}]/g, '[$&]');
  return vscode.workspace.createFileSystemWatcher(
    new vscode.RelativePattern(vscode.Uri.joinPath(file, '..'), pattern),
  );
}
