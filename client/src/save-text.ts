import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { type SaveParams, SaveRequest } from '../../server/src/protocol.ts';

/**
 * Has the server write a binary model; asks first where its weights have to go to a file of their own. Undefined where the user has
 * decided against it, and nothing is written.
 */
export async function saveText(client: LanguageClient, params: SaveParams): Promise<string | undefined> {
  const saved = await client.sendRequest(SaveRequest, params);
  if (saved.tooLarge === undefined) return saved.text;
  const { message, externalData } = saved.tooLarge;
  const move = `Move Weights to ${externalData}`;
  const answer = await vscode.window.showWarningMessage(message, { modal: true }, move);
  if (answer !== move) return undefined;
  const moved = await client.sendRequest(SaveRequest, { ...params, externalData: true });
  if (moved.tooLarge !== undefined) throw new Error(moved.tooLarge.message);
  return moved.text;
}
