import * as vscode from 'vscode';
import type { Command } from './command.ts';
import { modelDocument } from './model-document.ts';

const purpose = 'a profile is shown at its nodes';

/** Called with a model and files, or with neither: the active editor's model, and files that the user chooses. */
export const showProfile: Command = {
  id: 'tensorrt.showProfile',
  run: async ({ profileHeat }, resource, files) => {
    const document = await modelDocument(resource, purpose);
    const given = Array.isArray(files) ? files.filter((file) => file instanceof vscode.Uri) : [];
    const chosen = given.length > 0 && isProfiles(given) ? given : await chooseFiles(document.uri);
    if (chosen === undefined || chosen.length === 0) return;
    await vscode.window.showTextDocument(document, { preserveFocus: false });
    await profileHeat.show(document, chosen);
  },
};

export const clearProfile: Command = {
  id: 'tensorrt.clearProfile',
  run: async ({ profileHeat }, resource) => {
    const document = await modelDocument(resource, purpose);
    if (!profileHeat.clear(document)) throw new Error('No profile is shown on this model.');
  },
};

/** The explorer passes its selection, which are models. */
function isProfiles(files: readonly vscode.Uri[]): boolean {
  return files.every(({ path }) => /\.json$/i.test(path));
}

async function chooseFiles(model: vscode.Uri): Promise<vscode.Uri[] | undefined> {
  return await vscode.window.showOpenDialog({
    canSelectMany: true,
    defaultUri: vscode.Uri.joinPath(model.with({ scheme: 'file' }), '..'),
    filters: { Profiles: ['json'] },
    openLabel: 'Show Profile',
    title:
      'Profile of the Model (onnx-trt profile --export; or trtexec --exportProfile and --exportLayerInfo)',
  });
}
