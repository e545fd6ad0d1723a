import * as path from 'node:path';
import * as vscode from 'vscode';
import { PlannedBuildsRequest } from '../../../server/src/build-protocol.ts';
import { InspectEngineRequest } from '../../../server/src/engine-protocol.ts';
import type { MeasureParams } from '../../../server/src/measure-protocol.ts';
import { isConfigName } from '../builds/build-text.ts';
import type { CommandContext } from '../commands/command.ts';
import { consentToLoad } from '../engine-consent.ts';
import { activeResource, toModelUri } from '../uris.ts';

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
  const uri = await besideModel(given instanceof vscode.Uri ? given : activeResource());
  if (uri !== undefined && /\.(engine|plan|trt)$/i.test(uri.path)) {
    return { params: { uri: uri.toString() }, engine: uri };
  }
  if (uri === undefined || !isConfigName(uri.path)) {
    throw new Error(
      'Open an engine (.engine, .plan, .trt), a build config, or a model with one beside it first.',
    );
  }
  const config = client.code2ProtocolConverter.asUri(uri);
  const planned = await client.sendRequest(PlannedBuildsRequest, { uri: config });
  const candidates = typeof build === 'string' ? planned.filter(({ name }) => name === build) : planned;
  const there = [];
  for (const candidate of candidates) {
    const engine = vscode.Uri.parse(candidate.engineUri, true);
    if (await exists(engine)) there.push({ engine, build: candidate.name });
  }
  const [only] = there;
  if (only === undefined) {
    throw new Error(`No engine of ${path.posix.basename(uri.path)} is there yet: build it first.`);
  }
  const chosen = there.length === 1 ? only : await pick(there);
  return chosen && { params: { uri: config, build: chosen.build }, engine: chosen.engine };
}

async function pick(
  builds: readonly { readonly engine: vscode.Uri; readonly build: string }[],
): Promise<{ readonly engine: vscode.Uri; readonly build: string } | undefined> {
  const items = builds.map((entry) => ({
    label: entry.build,
    description: path.posix.basename(entry.engine.path),
    entry,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Engine to Measure',
    placeHolder: 'Which build?',
    matchOnDescription: true,
  });
  return picked?.entry;
}

/** Of a model, the config or engine of its name; anything else as it is. */
async function besideModel(uri: vscode.Uri | undefined): Promise<vscode.Uri | undefined> {
  const ending = /\.(onnx|onnxtxt|onnxtext)$/i;
  if (uri === undefined || !ending.test(uri.path)) return uri;
  for (const other of ['.trt.yaml', '.trt.yml', '.engine']) {
    const file = toModelUri(uri).with({ path: uri.path.replace(ending, other) });
    if (await exists(file)) return file;
  }
  throw new Error(`No engine of ${path.posix.basename(uri.path)} is there yet: build it first.`);
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
