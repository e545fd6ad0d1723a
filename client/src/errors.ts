import * as path from 'node:path';
import type * as vscode from 'vscode';

/** The sentence of an error from the server or the file system. */
export function errorMessage(error: unknown, uri?: vscode.Uri): string {
  const message = error instanceof Error ? error.message : String(error);
  if (message !== '') return message;
  return uri === undefined ? 'The request failed.' : `${path.posix.basename(uri.path)} could not be read.`;
}
