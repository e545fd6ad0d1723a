import * as path from 'node:path';
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { looksLikeOnnxText } from '../../server/src/onnx/binary/foreign-file.ts';
import { saveText } from './save-text.ts';
import { isModelOnDisk, toModelUri } from './uris.ts';

/** A larger file is no text that somebody saved under the wrong name. Bytes. */
const longestText = 100_000_000;

/** Whether a file named as a binary model holds ONNX text, as a *Save As* into another folder leaves it. */
export async function isOnnxText(uri: vscode.Uri): Promise<boolean> {
  if (!isModelOnDisk(uri)) return false;
  const file = toModelUri(uri);
  try {
    const { size } = await vscode.workspace.fs.stat(file);
    if (size === 0 || size > longestText) return false;
    const bytes = await vscode.workspace.fs.readFile(file);
    return looksLikeOnnxText(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // What cannot be read or is no UTF-8 is no text; why the model cannot be read is told already.
    return false;
  }
}

/** Puts the binary model in the text's place. The text, whose comments no model has a place for, stays beside it. */
export async function convertToBinary(client: LanguageClient, uri: vscode.Uri): Promise<void> {
  const file = toModelUri(uri);
  const bytes = await vscode.workspace.fs.readFile(file);
  const kept = await freeName(file);
  await vscode.workspace.fs.writeFile(kept, bytes);
  try {
    await saveText(client, { uri: file.toString(), text: new TextDecoder().decode(bytes) });
  } catch (error) {
    await vscode.workspace.fs.delete(kept);
    throw error;
  }
  void vscode.window.showInformationMessage(
    `${path.posix.basename(file.path)} is a binary model now. Its text is in ${path.posix.basename(kept.path)}.`,
  );
}

async function freeName(file: vscode.Uri): Promise<vscode.Uri> {
  const name = path.posix.basename(file.path, '.onnx');
  for (let number = 1; ; number++) {
    const candidate = vscode.Uri.joinPath(file, '..', `${name}${number === 1 ? '' : `-${number}`}.onnxtxt`);
    const isTaken = await vscode.workspace.fs.stat(candidate).then(
      () => true,
      () => false,
    );
    if (!isTaken) return candidate;
  }
}
