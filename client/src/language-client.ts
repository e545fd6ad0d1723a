import * as vscode from 'vscode';
import {
  LanguageClient,
  type LanguageClientOptions,
  type Middleware,
  RevealOutputChannelOn,
  TransportKind,
} from 'vscode-languageclient/node';
import type { InitializationOptions } from '../../server/src/protocol.ts';
import type { OutputChannels } from './output.ts';
import { createErrorHandler } from './server-end.ts';
import { onnxScheme } from './uris.ts';

/**
 * Models that the server sees. The language `onnx` also claims `*.onnx` (for the virtual documents), and a binary model that
 * somebody forces into a text editor is no ONNX text: the pattern takes every name but those that end in `nx`.
 */
export const documentFilters = [
  { scheme: onnxScheme, language: 'onnx' },
  { scheme: 'untitled', language: 'onnx' },
  { scheme: 'file', language: 'onnx', pattern: '**/*{[!xX],[!nN][xX]}' },
  { scheme: 'git', language: 'onnx', pattern: '**/*{[!xX],[!nN][xX]}' },
] as const;

/** Build configs that the server sees. */
const configFilters = [
  { scheme: 'file', language: 'tensorrt-config' },
  { scheme: 'untitled', language: 'tensorrt-config' },
] as const;

/**
 * For glibc's malloc, elsewhere without effect: big buffers go back to the system when they are freed. By itself it comes to keep up
 * to 64 MB once messages of tens of megabytes, such as a big text or its outline, have been read and written.
 */
const serverEnvironment = { MALLOC_MMAP_THRESHOLD_: String(2 ** 20) };

/** The server runs in a process of its own, started with the first request or by `start()`. */
export function createLanguageClient(
  context: vscode.ExtensionContext,
  output: OutputChannels,
  middleware: Middleware,
): LanguageClient {
  const module = context.asAbsolutePath('dist/server.js');
  const initializationOptions: InitializationOptions = { workspaceTrusted: vscode.workspace.isTrusted };
  const options: LanguageClientOptions = {
    documentSelector: [...documentFilters, ...configFilters],
    initializationOptions,
    middleware,
    outputChannel: output.server,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    errorHandler: createErrorHandler(output.server, () => client),
    markdown: { isTrusted: false, supportHtml: false },
  };
  const client: LanguageClient = new LanguageClient(
    'tensorrt',
    'ONNX & TensorRT',
    {
      run: { module, transport: TransportKind.ipc, options: { env: serverEnvironment } },
      debug: {
        module,
        transport: TransportKind.ipc,
        options: { env: serverEnvironment, execArgv: ['--inspect=6009'] },
      },
    },
    options,
  );
  return client;
}
