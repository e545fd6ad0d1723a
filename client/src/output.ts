import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { type BuildLogLine, BuildLogNotification } from '../../server/src/build-protocol.ts';
import { type LogLine, LogLineNotification } from '../../server/src/protocol.ts';

/** The output channels. TensorRT's own messages are many, so they have a channel of their own, and builds another. */
export interface OutputChannels extends vscode.Disposable {
  readonly server: vscode.LogOutputChannel;
  readonly bridge: vscode.LogOutputChannel;
  readonly builds: vscode.LogOutputChannel;
}

export function createOutputChannels(): OutputChannels {
  const server = vscode.window.createOutputChannel('ONNX & TensorRT', { log: true });
  const bridge = vscode.window.createOutputChannel('TensorRT Bridge', { log: true });
  const builds = vscode.window.createOutputChannel('TensorRT Builds', { log: true });
  const all = vscode.Disposable.from(server, bridge, builds);
  return { server, bridge, builds, dispose: () => all.dispose() };
}

export function forwardLogLines(client: LanguageClient, output: OutputChannels): vscode.Disposable {
  return vscode.Disposable.from(
    client.onNotification(LogLineNotification, ({ channel, level, message }: LogLine) =>
      write(output[channel], level, message),
    ),
    client.onNotification(BuildLogNotification, ({ title, level, message }: BuildLogLine) =>
      write(output.builds, level, `${title}: ${message}`),
    ),
  );
}

function write(target: vscode.LogOutputChannel, level: LogLine['level'], message: string): void {
  switch (level) {
    case 'error':
      target.error(message);
      break;
    case 'warning':
      target.warn(message);
      break;
    case 'info':
      target.info(message);
      break;
    case 'debug':
      target.debug(message);
      break;
    case 'trace':
      target.trace(message);
      break;
  }
}
