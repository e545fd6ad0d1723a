import * as path from 'node:path';
import * as vscode from 'vscode';
import { PlannedBuildsRequest } from '../../../server/src/build-protocol.ts';
import type { MeasureParams } from '../../../server/src/measure-protocol.ts';
import { isConfigName } from '../builds/build-text.ts';
import type { CommandContext } from '../commands/command.ts';
import { activeResource } from '../uris.ts';

export interface MeasureTarget {
  readonly params: MeasureParams;
  /** `file:` URI. */
  readonly engine: vscode.Uri;
}

/**
 * The engine that a command is about: the resource or URI it was called with (an engine, or a config and the name of a build), else the
 * active editor's. Undefined where the user calls it off; throws an error for people where there is none, or the workspace is not
 * trusted: loading an engine runs what is in it.
 */
export async function measureTarget(
  context: CommandContext,
  [resource, build]: readonly unknown[],
): Promise<MeasureTarget | undefined> {
  if (!vscode.workspace.isTrusted) {
    throw new Error(
      'Loading an engine runs what is in it on the GPU, and this workspace is not trusted. Trust the workspace to do that.',
    );
  }
  return await engineTarget(context, [resource, build]);
}

/** As `measureTarget`, for what loads nothing. */
export async function engineTarget(
  { client }: CommandContext,
  [resource, build]: readonly unknown[],
): Promise<MeasureTarget | undefined> {
  const given = typeof resource === 'string' ? client.protocol2CodeConverter.asUri(resource) : resource;
  const uri = given instanceof vscode.Uri ? given : activeResource();
  if (uri !== undefined && /\.(engine|plan|trt)$/i.test(uri.path)) {
    return { params: { uri: uri.toString() }, engine: uri };
  }
  if (uri === undefined || !isConfigName(uri.path)) {
    throw new Error('Open an engine (.engine, .plan, .trt) or a build config first.');
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
