import * as path from 'node:path';
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { PlannedBuildsRequest } from '../../../server/src/build-protocol.ts';
import { InspectEngineRequest } from '../../../server/src/engine-protocol.ts';
import type { MeasureParams } from '../../../server/src/measure-protocol.ts';
import { isConfigName } from '../builds/build-text.ts';
import type { CommandContext } from '../commands/command.ts';
import { consentToLoad } from '../engine-consent.ts';
import { chooseEngine, type EngineChoice, isModelName, modelEngines } from '../model-engines.ts';
import { activeResource } from '../uris.ts';

export interface MeasureTarget {
  readonly params: MeasureParams;
  /** `file:` URI. */
  readonly engine: vscode.Uri;
}

/**
 * The engine that a command is about: the resource or URI it was called with (an engine, a config and the name of a build, or a model
 * with one of these beside it), else the active editor's; and what the user lets it run. Undefined where the user calls it off; throws
 * an error for people where there is none.
 */
export async function measureTarget(
  context: CommandContext,
  given: readonly unknown[],
): Promise<MeasureTarget | undefined> {
  const target = await engineTarget(context, given);
  return target && (await trusted(context, target));
}

/** Adds what the user lets the engine run; undefined where it is not to be loaded. */
export async function trusted(
  { client }: CommandContext,
  { params, engine }: MeasureTarget,
): Promise<MeasureTarget | undefined> {
  const { needs } = await client.sendRequest(InspectEngineRequest, {
    uri: client.code2ProtocolConverter.asUri(engine),
    load: false,
  });
  const trust = await consentToLoad(path.posix.basename(engine.path), needs);
  return trust && { params: { ...params, trust }, engine };
}

/** As `measureTarget`, for what loads nothing. */
export async function engineTarget(
  { client }: CommandContext,
  [resource, build]: readonly unknown[],
): Promise<MeasureTarget | undefined> {
  const given = typeof resource === 'string' ? client.protocol2CodeConverter.asUri(resource) : resource;
  const uri = given instanceof vscode.Uri ? given : activeResource();
  if (uri === undefined || !(isEngineName(uri.path) || isModelName(uri.path) || isConfigName(uri.path))) {
    throw new Error(
      'Open an engine (.engine, .plan, .trt), a build config, or a model with an engine first.',
    );
  }
  if (isEngineName(uri.path)) return targetOf({ engine: uri });
  const engines = isModelName(uri.path)
    ? await modelEngines(client, uri)
    : await configEngines(client, uri, typeof build === 'string' ? build : undefined);
  if (engines.length === 0) {
    throw new Error(`No engine of ${path.posix.basename(uri.path)} is there yet: build it first.`);
  }
  const chosen = await chooseEngine(engines, 'Engine to Measure');
  return chosen && targetOf(chosen);
}

function targetOf({ engine, config, build }: EngineChoice): MeasureTarget {
  const params =
    config === undefined
      ? { uri: engine.toString() }
      : { uri: config, ...(build !== undefined && { build }) };
  return { params, engine };
}

async function configEngines(
  client: LanguageClient,
  uri: vscode.Uri,
  only: string | undefined,
): Promise<EngineChoice[]> {
  const config = client.code2ProtocolConverter.asUri(uri);
  const planned = await client.sendRequest(PlannedBuildsRequest, { uri: config });
  const there: EngineChoice[] = [];
  for (const { name: build, engineUri } of planned) {
    const engine = vscode.Uri.parse(engineUri, true);
    if ((only === undefined || build === only) && (await exists(engine)))
      there.push({ engine, config, build });
  }
  return there;
}

function isEngineName(name: string): boolean {
  return /\.(engine|plan|trt)$/i.test(name);
}

function exists(uri: vscode.Uri): Promise<boolean> {
  return Promise.resolve(vscode.workspace.fs.stat(uri)).then(
    () => true,
    () => false,
  );
}

/** Runs a request under a notification with the server's progress and a button that cancels. `title`: as the server titles it. */
export async function withMeasureProgress<Result>(
  { workDoneProgress }: CommandContext,
  title: string,
  engine: vscode.Uri,
  request: (token: vscode.CancellationToken) => Promise<Result>,
): Promise<Result> {
  const whole = `${title} ${path.posix.basename(engine.path)}`;
  return await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: whole, cancellable: true },
    (progress, token) => workDoneProgress.redirect(whole, progress, () => request(token)),
  );
}
