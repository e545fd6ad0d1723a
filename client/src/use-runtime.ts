import * as vscode from 'vscode';

/** Chooses a runtime for good, by the setting that the server follows; undefined: automatically. */
export async function useRuntime(id: string | undefined): Promise<void> {
  await vscode.workspace
    .getConfiguration('tensorrt')
    .update('runtime', id, vscode.ConfigurationTarget.Global);
}
