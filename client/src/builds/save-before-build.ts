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
  if (dirty.length === 0) return true;
  const how = vscode.workspace
    .getConfiguration('tensorrt', resource)
    .get<SaveBeforeBuild>('build.saveBeforeBuild', 'always');
  const doesSave = how === 'prompt' ? await askToSave(dirty) : how === 'always';
  if (doesSave === undefined) return false;
  if (!doesSave) return true;
  for (const document of dirty) {
    if (!(await document.save())) {
      throw new Error(`${nameOf(document)} could not be saved, so nothing was built.`);
    }
  }
  return true;
}

function isEditedInput({ isDirty, isUntitled, languageId }: vscode.TextDocument): boolean {
  return isDirty && !isUntitled && (languageId === 'tensorrt-config' || languageId === 'onnx');
}

/** Undefined where the user calls it off. */
async function askToSave(documents: readonly vscode.TextDocument[]): Promise<boolean | undefined> {
  const save = 'Save and Build';
  const leave = 'Build Without Saving';
  const names = documents.map(nameOf).join(', ');
  const answer = await vscode.window.showInformationMessage(
    `${names} ${documents.length === 1 ? 'has' : 'have'} unsaved changes, which a build does not see.`,
    { modal: true },
    save,
    leave,
  );
  return answer === undefined ? undefined : answer === save;
}

function nameOf({ uri }: vscode.TextDocument): string {
  return path.posix.basename(uri.path);
}
