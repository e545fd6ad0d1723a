import * as path from 'node:path';
import * as vscode from 'vscode';
import { NewBuildConfigRequest } from '../../../server/src/build-protocol.ts';
import type { CommandContext } from '../commands/command.ts';
import { configPathOf } from './build-text.ts';

/** `NAME.trt.yaml` beside a model, where it is there. */
export async function configOfModel(model: vscode.Uri): Promise<vscode.Uri | undefined> {
  const yaml = configPathOf(model.path);
  for (const file of [yaml, yaml.replace(/yaml$/, 'yml')]) {
    const uri = model.with({ path: file });
    if (await exists(uri)) return uri;
  }
  return undefined;
}

/**
 * Writes and opens a config for a model that has none, with profiles made from the model. Undefined where that is asked for models of
 * dynamic shape only, and this is none.
 */
export async function createConfig(
  { client }: CommandContext,
  model: vscode.Uri,
  { onlyIfDynamic, place }: { readonly onlyIfDynamic: boolean; readonly place?: vscode.ViewColumn },
): Promise<vscode.Uri | undefined> {
  const { text, isDynamic } = await client.sendRequest(NewBuildConfigRequest, {
    uri: client.code2ProtocolConverter.asUri(model),
  });
  if (onlyIfDynamic && !isDynamic) return undefined;
  const config = model.with({ path: configPathOf(model.path) });
  const edit = new vscode.WorkspaceEdit();
  edit.createFile(config, { contents: new TextEncoder().encode(text) });
  if (!(await vscode.workspace.applyEdit(edit))) {
    throw new Error(`${path.posix.basename(config.path)} could not be written beside its model.`);
  }
  await vscode.window.showTextDocument(config, { viewColumn: place ?? vscode.ViewColumn.Active });
  return config;
}

function exists(uri: vscode.Uri): Promise<boolean> {
  return Promise.resolve(vscode.workspace.fs.stat(uri)).then(
    () => true,
    () => false,
  );
}
