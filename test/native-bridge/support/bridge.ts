import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { CancellationToken } from 'vscode-jsonrpc';
import {
  type BuildParams,
  type BuildProgress,
  BuildProgressNotification,
  BuildRequest,
  type BuildResult,
} from '../../../native-bridge/src/build-protocol.ts';
import { startBridgeProcess } from '../../../native-bridge/src/client-transport.ts';
import {
  type InitializeParams,
  InitializeRequest,
  type InitializeResult,
  type LibraryPaths,
  LogNotification,
  type LogRecord,
  OperationNotification,
  type ParseParams,
  ParseRequest,
  type ParseResult,
  protocolVersion,
} from '../../../native-bridge/src/protocol.ts';
import { type Installation, librariesOf } from './installations.ts';

/** A bridge process as a test sees it. */
export interface TestBridge {
  readonly process: ChildProcess;
  /** What it announced, in order; empty strings are the way out of native code. */
  readonly operations: readonly string[];
  readonly log: readonly LogRecord[];
  lastWords(): string;
  initialize(params?: Partial<InitializeParams>): Promise<InitializeResult>;
  parse(modelPath: string, params?: Partial<ParseParams>, token?: CancellationToken): Promise<ParseResult>;
  build(
    modelPath: string,
    params: Partial<BuildParams> & Pick<BuildParams, 'enginePath'>,
    token?: CancellationToken,
  ): Promise<BuildResult>;
  /** Of all builds, in order. */
  readonly progress: readonly BuildProgress[];
  /** Resolves when an operation is announced whose name holds the words. */
  operation(words: string): Promise<void>;
  /** Exit code and signal, once the process has ended. */
  readonly exit: Promise<readonly [number | null, NodeJS.Signals | null]>;
  /** Resident memory now, and at its peak, in bytes. */
  memory(): number;
  peakMemory(): number;
  kill(): void;
}

/** A bridge that has loaded its installation. */
export interface ReadyBridge extends TestBridge {
  readonly initialized: InitializeResult;
}

/** Starts a bridge; nothing is loaded yet. */
export function startBridge(
  target: Installation | LibraryPaths,
  env: NodeJS.ProcessEnv = process.env,
): TestBridge {
  const libraries = typeof target === 'string' ? librariesOf(target) : target;
  const bridge = startBridgeProcess({
    bridgeScript: fileURLToPath(new URL('../../../native-bridge/src/main.ts', import.meta.url)),
    execPath: process.execPath,
    execArgv: ['--import', 'tsx'],
    env,
  });
  const operations: string[] = [];
  const log: LogRecord[] = [];
  const listeners = new Set<(operation: string) => void>();
  bridge.connection.onNotification(OperationNotification, ({ operation }) => {
    operations.push(operation);
    for (const listener of listeners) {
      listener(operation);
    }
  });
  const progress: BuildProgress[] = [];
  bridge.connection.onNotification(BuildProgressNotification, (report) => {
    progress.push(report);
  });
  bridge.connection.onNotification(LogNotification, (record) => {
    log.push(record);
  });
  return {
    process: bridge.process,
    operations,
    log,
    lastWords: bridge.lastWords,
    initialize: (params) =>
      bridge.connection.sendRequest(InitializeRequest, { protocolVersion, libraries, ...params }),
    parse: (modelPath, params, token) =>
      bridge.connection.sendRequest(
        ParseRequest,
        {
          modelPath,
          zeroInitializers: [],
          parserFlags: [],
          stronglyTyped: true,
          pluginLibraries: [],
          walkNetwork: false,
          ...params,
        },
        token,
      ),
    build: (modelPath, params, token) =>
      bridge.connection.sendRequest(
        BuildRequest,
        {
          modelPath,
          parserFlags: [],
          stronglyTyped: true,
          settings: {},
          pluginLibraries: [],
          ...params,
        },
        token,
      ),
    progress,
    operation: (words) =>
      new Promise((resolve) => {
        listeners.add((operation) => {
          if (operation.includes(words)) {
            resolve();
          }
        });
      }),
    exit: once(bridge.process, 'exit').then(([code, signal]) => [code, signal] as const),
    memory: () => memoryOf(bridge.process, 'VmRSS'),
    peakMemory: () => memoryOf(bridge.process, 'VmHWM'),
    kill: () => bridge.process.kill('SIGKILL'),
  };
}

function memoryOf(process: ChildProcess, field: string): number {
  const status = readFileSync(`/proc/${process.pid}/status`, 'utf8');
  const kibibytes = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
  return Number(kibibytes) * 1024;
}

/** Starts a bridge and loads an installation into it. */
export async function startReadyBridge(installation: Installation): Promise<ReadyBridge> {
  const bridge = startBridge(installation);
  const initialized = await bridge.initialize();
  return { ...bridge, initialized };
}
