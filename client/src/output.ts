import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
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
  return client.onNotification(LogLineNotification, ({ channel, level, message }: LogLine) => {
    const target = output[channel];
    switch (level) {
      case 'error':
        return target.error(message);
      case 'warning':
        return target.warn(message);
      case 'info':
        return target.info(message);
      case 'debug':
        return target.debug(message);
      case 'trace':
        return target.trace(message);
    }
  });
}
