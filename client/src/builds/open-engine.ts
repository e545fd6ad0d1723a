import * as path from 'node:path';
import * as vscode from 'vscode';
import type { CommandContext } from '../commands/command.ts';

/** Of the editor of engines, where this version has one. */
const engineEditorType = 'tensorrt.engine';

/** The engine in its editor; without one, what it was made of. */
export async function openEngine({ extension }: CommandContext, engine: vscode.Uri): Promise<void> {
  if (hasEngineEditor(extension)) {
    await vscode.commands.executeCommand('vscode.openWith', engine, engineEditorType);
  } else {
    await openProvenance(engine);
  }
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

function hasEngineEditor({ packageJSON }: vscode.Extension<unknown>): boolean {
  const editors: readonly { readonly viewType: string }[] = packageJSON.contributes.customEditors;
  return editors.some(({ viewType }) => viewType === engineEditorType);
}
