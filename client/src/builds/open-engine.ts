import * as path from 'node:path';
import * as vscode from 'vscode';
import { engineEditorType } from '../engine-editor.ts';

/** The engine in its editor, whatever its name. */
export async function openEngine(engine: vscode.Uri): Promise<void> {
  await vscode.commands.executeCommand('vscode.openWith', engine, engineEditorType);
}

/** `ENGINE.json`: what the engine was made of, and how. */
export async function openProvenance(engine: vscode.Uri): Promise<void> {
  const file = engine.with({ path: `${engine.path}.json` });
  try {
    await vscode.window.showTextDocument(file, { preview: true });
  } catch (cause) {
    const name = path.posix.basename(file.path);
    throw new Error(
      `${name}, which says what the engine was made of, cannot be opened. Build the engine again.`,
      {
        cause,
      },
    );
  }
}
