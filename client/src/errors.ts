import * as path from 'node:path';
import * as vscode from 'vscode';
import { LSPErrorCodes, ResponseError } from 'vscode-languageclient/node';

/** The sentence of an error from the server or the file system. */
export function errorMessage(error: unknown, uri?: vscode.Uri): string {
  const message = error instanceof Error ? error.message : String(error);
  if (message !== '') return message;
  return uri === undefined ? 'The request failed.' : `${path.posix.basename(uri.path)} could not be read.`;
}

/** Whether the user has called it off, which is no failure. */
export function isCancellation(error: unknown): boolean {
  return (
    error instanceof vscode.CancellationError ||
    (error instanceof ResponseError && error.code === LSPErrorCodes.RequestCancelled)
  );
}

/** For what goes on when the command is over: an answer to a message. */
export async function reportErrors(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isCancellation(error)) void vscode.window.showErrorMessage(errorMessage(error));
  }
}
