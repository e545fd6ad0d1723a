import type { CancellationToken } from 'vscode-languageserver/node';

/** A signal that aborts when the editor cancels the request. */
export function abortedWith(token: CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) {
    controller.abort();
  }
  token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}
