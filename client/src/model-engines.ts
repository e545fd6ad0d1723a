/** The engines of a model, and which of several a command is about. */
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { EnginesOfModelRequest } from '../../server/src/engine-protocol.ts';

export interface EngineChoice {
  /** `file:` URI. */
  readonly engine: vscode.Uri;
  /** The config that makes it, as text, and its build there. */
  readonly config?: string;
  readonly build?: string;
}

export function isModelName(name: string): boolean {
  return /\.(onnx|onnxtxt|onnxtext)$/i.test(name);
}

/** Those that are there. `model`: its file or its text. */
export async function modelEngines(
  client: LanguageClient,
  model: vscode.Uri,
  are: 'all' | 'refittable' = 'all',
): Promise<EngineChoice[]> {
  const engines = await client.sendRequest(EnginesOfModelRequest, {
    uri: client.code2ProtocolConverter.asUri(model),
  });
  return engines
    .filter(({ isRefittable }) => are === 'all' || isRefittable)
    .map(({ uri, isRefittable: _, ...made }) => ({ engine: vscode.Uri.parse(uri, true), ...made }));
}

/** The only one, or the one that the user picks; undefined where the user calls it off. */
export async function chooseEngine(
  engines: readonly EngineChoice[],
  title: string,
): Promise<EngineChoice | undefined> {
  const [only, another] = engines;
  if (only === undefined || another === undefined) return only;
  const items = engines.map((choice) => ({
    label: path.posix.basename(choice.engine.path),
    ...(choice.build !== undefined && choice.build !== '' && { description: `build ${choice.build}` }),
    choice,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: 'Which engine?',
    matchOnDescription: true,
  });
  return picked?.choice;
}
