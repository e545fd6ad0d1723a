import * as vscode from 'vscode';
import { modelOfCommand, toTextUri } from '../uris.ts';

/**
 * The text of the model that a command is about: of what it was called with, else the active editor's. Throws an error for people
 * that ends with what the model is wanted for.
 */
export async function modelDocument(resource: unknown, purpose: string): Promise<vscode.TextDocument> {
  const model = modelOfCommand(resource);
  if (model !== undefined) return await vscode.workspace.openTextDocument(toTextUri(model));
  if (resource instanceof vscode.Uri) {
    const document = await vscode.workspace.openTextDocument(resource);
    if (document.languageId === 'onnx') return document;
  }
  const active = vscode.window.activeTextEditor?.document;
  if (active?.languageId === 'onnx') return active;
  throw new Error(`Open an ONNX model first: ${purpose}.`);
}
