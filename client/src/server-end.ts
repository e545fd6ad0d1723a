import * as vscode from 'vscode';
import { CloseAction, ErrorAction, type ErrorHandler, type LanguageClient } from 'vscode-languageclient/node';
import { errorMessage } from './errors.ts';
import { createRestartPolicy } from './restart-policy.ts';

const most = 5;
const minutes = 3;

/** What becomes of the client when the server ends or cannot be written to. */
export function createErrorHandler(
  output: vscode.LogOutputChannel,
  client: () => LanguageClient,
): ErrorHandler {
  const policy = createRestartPolicy(most, minutes * 60_000, Date.now);
  return {
    // Writing to a server that has just ended fails once per message until its end is noticed. That must not stop the client for
    // good, as the default does after three: the end itself is what is acted on.
    error: (error) => ({
      action: ErrorAction.Continue,
      message: `A message did not reach the language server: ${error.message}`,
      handled: true,
    }),
    closed() {
      if (policy.mayRestart()) {
        return {
          action: CloseAction.Restart,
          message: 'The language server has ended and is started again.',
          handled: true,
        };
      }
      const message = `The ONNX & TensorRT language server has ended ${most + 1} times in ${minutes} minutes and was not started again.`;
      void offerRestart(message, output, () => {
        policy.forget();
        return client().start();
      });
      return { action: CloseAction.DoNotRestart, message, handled: true };
    },
  };
}

async function offerRestart(
  message: string,
  output: vscode.LogOutputChannel,
  restart: () => Promise<void>,
): Promise<void> {
  const [again, showOutput] = ['Restart', 'Show Output'];
  const answer = await vscode.window.showErrorMessage(message, again, showOutput);
  if (answer === showOutput) {
    output.show();
    // Who has read why may want another try.
    await offerRestart(message, output, restart);
  } else if (answer === again) {
    await restart().catch((error: unknown) => {
      output.error(error instanceof Error ? error : String(error));
      return offerRestart(
        `The ONNX & TensorRT language server did not start: ${errorMessage(error)}`,
        output,
        restart,
      );
    });
  }
}
