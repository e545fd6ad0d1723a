import * as path from 'node:path';
import * as vscode from 'vscode';
import { PlannedBuildsRequest } from '../../../server/src/build-protocol.ts';
import { isConfigName } from '../builds/build-text.ts';
import { configOfModel, createConfig } from '../builds/model-config.ts';
import { startBuild } from '../builds/start-build.ts';
import { reportErrors } from '../errors.ts';
import { activeResource, onnxScheme, toModelUri } from '../uris.ts';
import type { Command, CommandContext } from './command.ts';

/** Menus pass a resource; lenses and code actions its URI and the names of builds. */
export const build: Command = {
  id: 'tensorrt.build',
  run: (context, ...given) => buildResource(context, given, false),
};

export const buildForced: Command = {
  id: 'tensorrt.buildForced',
  run: (context, ...given) => buildResource(context, given, true),
};

async function buildResource(
  context: CommandContext,
  [resource, names]: readonly unknown[],
  force: boolean,
): Promise<void> {
  const given =
    typeof resource === 'string' ? context.client.protocol2CodeConverter.asUri(resource) : resource;
  const target = await fileToBuild(given instanceof vscode.Uri ? given : activeResource());
  const config = isConfigName(target.path) ? target : await configOfModel(target);
  if (config === undefined) return await buildModel(context, target, force);
  const wanted = isNames(names) ? names : await pickBuilds(context, config);
  if (wanted === undefined) return;
  await startBuild(context, config, {
    ...(wanted.length > 0 && { builds: wanted }),
    ...(force && { force }),
  });
}

/** The config or model on disk; a text that was never saved is saved first. */
async function fileToBuild(resource: vscode.Uri | undefined): Promise<vscode.Uri> {
  const file =
    resource?.scheme === onnxScheme
      ? toModelUri(resource)
      : resource?.scheme === 'untitled'
        ? await vscode.workspace.save(resource)
        : resource;
  if (file?.scheme === 'file' && (isConfigName(file.path) || /\.onnx(te?xt)?$/i.test(file.path))) return file;
  throw new Error('Open a build config (.trt.yaml) or an ONNX model that lies on disk first.');
}

/** Without a config: with TensorRT's defaults where they can do, else a config is made to be looked at. */
async function buildModel(context: CommandContext, model: vscode.Uri, force: boolean): Promise<void> {
  const created = await createConfig(context, model, { onlyIfDynamic: true });
  if (created === undefined) return await startBuild(context, model, force ? { force } : {});
  void reportErrors(offerToBuild(context, model, created));
}

async function offerToBuild(context: CommandContext, model: vscode.Uri, created: vscode.Uri): Promise<void> {
  const buildIt = 'Build';
  const answer = await vscode.window.showInformationMessage(
    `${path.posix.basename(model.path)} has inputs of dynamic shape, whose range TensorRT has to know. Set it in the profiles of ${path.posix.basename(created.path)}, then build.`,
    buildIt,
  );
  if (answer === buildIt) await startBuild(context, created, {});
}

/** Of several builds, those that the user picks. Empty: all there are. Undefined where the user calls it off. */
async function pickBuilds(
  { client }: CommandContext,
  config: vscode.Uri,
): Promise<readonly string[] | undefined> {
  const planned = await client.sendRequest(PlannedBuildsRequest, {
    uri: client.code2ProtocolConverter.asUri(config),
  });
  if (planned.length < 2) return [];
  const picked = await vscode.window.showQuickPick(
    planned.map(({ name, engineUri }) => ({
      label: name,
      description: path.posix.basename(vscode.Uri.parse(engineUri, true).path),
      picked: true,
    })),
    {
      title: `Build Engines of ${path.posix.basename(config.path)}`,
      placeHolder: 'Which builds?',
      canPickMany: true,
      matchOnDescription: true,
    },
  );
  return picked === undefined || picked.length === 0 ? undefined : picked.map(({ label }) => label);
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string');
}
