/**
 * How a bridge process is started and spoken to. All knowledge of the pipes lives here and in `server-transport.ts`.
 *
 * | descriptor | carries |
 * |---|---|
 * | 0 | requests to the bridge |
 * | 1, 2 | words of native code (TensorRT and its parser print there) and of Node: never the protocol |
 * | 3 | answers and notifications of the bridge |
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { Readable, Writable } from 'node:stream';
import { createMessageConnection, type MessageConnection } from 'vscode-jsonrpc/node';

export interface BridgeProcessOptions {
  /** Absolute path of `native-bridge.js` (or of `main.ts`, with `execArgv: ['--import', 'tsx']`). */
  readonly bridgeScript: string;
  /** The Node to run it with: `process.execPath`; in Electron the environment needs `ELECTRON_RUN_AS_NODE=1`. */
  readonly execPath: string;
  readonly execArgv?: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Its working folder; this process's own where absent. */
  readonly cwd?: string;
}

export interface BridgeProcess {
  /** Listening already. It closes when the process ends; requests under way are then rejected. */
  readonly connection: MessageConnection;
  readonly process: ChildProcess;
  /** The end of what native code and Node printed, for the message when the process dies. */
  lastWords(): string;
}

/** How many characters of the process's output are kept for its last words. */
const keptOutput = 8192;

/** Starts a bridge; that the executable cannot be started shows as an `error` event of the process. */
export function startBridgeProcess(options: BridgeProcessOptions): BridgeProcess {
  const child = spawn(options.execPath, [...(options.execArgv ?? []), options.bridgeScript], {
    cwd: options.cwd,
    env: options.env,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const [requests, output, errors, answers] = child.stdio;
  if (!(requests instanceof Writable) || !(answers instanceof Readable) || !output || !errors) {
    throw new Error('The native bridge was started without its pipes.');
  }
  // A request to a process that just died fails with EPIPE; its exit is reported by the process's own event.
  requests.on('error', () => undefined);

  let words = '';
  const keep = (text: string): void => {
    words = (words + text).slice(-keptOutput);
  };
  output.setEncoding('utf8').on('data', keep);
  errors.setEncoding('utf8').on('data', keep);

  const connection = createMessageConnection(answers, requests);
  // vscode-jsonrpc leaves requests under way unanswered when the other side goes away; disposing rejects them.
  connection.onClose(() => connection.dispose());
  connection.listen();
  return { connection, process: child, lastWords: () => words.trim() };
}
