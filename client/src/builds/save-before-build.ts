import * as path from 'node:path';
import * as vscode from 'vscode';

/** As VS Code's own `task.saveBeforeRun`. */
type SaveBeforeBuild = 'always' | 'prompt' | 'never';

/**
 * A build reads files: the config, those that it extends, models. What of them is edited and not saved is saved first, as the setting
 * `tensorrt.build.saveBeforeBuild` says. False where the user calls the build off.
 */
export async function saveBeforeBuild(resource: vscode.Uri): Promise<boolean> {
  const dirty = vscode.workspace.textDocuments.filter(isEditedInput);
  return await saveFirst(dirty, resource, { verb: 'Build', noun: 'a build', nothing: 'nothing was built' });
}

/** A refit reads the model, which is saved first in the same way. `model`: its file. */
export async function saveBeforeRefit(model: vscode.Uri): Promise<boolean> {
  const dirty = vscode.workspace.textDocuments.filter(
    (document) => isEditedInput(document) && document.uri.path === model.path,
  );
  return await saveFirst(dirty, model, { verb: 'Refit', noun: 'a refit', nothing: 'nothing was refitted' });
}

interface Words {
  readonly verb: string;
  readonly noun: string;
  readonly nothing: string;
}

async function saveFirst(
  dirty: readonly vscode.TextDocument[],
  resource: vscode.Uri,
  words: Words,
): Promise<boolean> {
  if (dirty.length === 0) return true;
  const how = vscode.workspace
    .getConfiguration('tensorrt', resource)
    .get<SaveBeforeBuild>('build.saveBeforeBuild', 'always');
  const doesSave = how === 'prompt' ? await askToSave(dirty, words) : how === 'always';
  if (doesSave === undefined) return false;
  if (!doesSave) return true;
  for (const document of dirty) {
    if (!(await document.save())) {
      throw new Error(`${nameOf(document)} could not be saved, so ${words.nothing}.`);
    }
  }
  return true;
}

function isEditedInput({ isDirty, isUntitled, languageId }: vscode.TextDocument): boolean {
  return isDirty && !isUntitled && (languageId === 'tensorrt-config' || languageId === 'onnx');
}

/** Undefined where the user calls it off. */
async function askToSave(
  documents: readonly vscode.TextDocument[],
  { verb, noun }: Words,
): Promise<boolean | undefined> {
  const save = `Save and ${verb}`;
  const leave = `${verb} Without Saving`;
  const names = documents.map(nameOf).join(', ');
  const answer = await vscode.window.showInformationMessage(
    `${names} ${documents.length === 1 ? 'has' : 'have'} unsaved changes, which ${noun} does not see.`,
    { modal: true },
    save,
    leave,
  );
  return answer === undefined ? undefined : answer === save;
}

function nameOf({ uri }: vscode.TextDocument): string {
  return path.posix.basename(uri.path);
}
