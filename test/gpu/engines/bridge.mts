/** A bridge as the GPU programs use it: one request after the other, and its progress. */
import { dirname } from 'node:path';
import type { RequestParam, RequestType } from 'vscode-jsonrpc';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import {
  type BuildParams,
  type BuildProgress,
  BuildProgressNotification,
  BuildRequest,
  type BuildResult,
} from '../../../native-bridge/src/build-protocol.ts';
import { startBridgeProcess } from '../../../native-bridge/src/client-transport.ts';
import { OperationNotification } from '../../../native-bridge/src/protocol.ts';

export interface Bridge {
  readonly progress: BuildProgress[];
  readonly operations: string[];
  /** Rejects with the bridge's own words. A cancellation comes so many milliseconds after the request. */
  request<P, R>(type: RequestType<P, R, void>, params: RequestParam<P>, cancelAfter?: number): Promise<R>;
  build(
    params: Partial<BuildParams> & Pick<BuildParams, 'modelPath' | 'enginePath'>,
    cancelAfter?: number,
  ): Promise<BuildResult>;
  end(): void;
  /** Signal or exit code, and last words, once the process has ended. */
  readonly ended: Promise<{ how: string; lastOperation: string; lastWords: string }>;
}

export function startBridge(script: string, library: string): Bridge {
  const folder = dirname(library);
  const env = {
    ...process.env,
    LD_LIBRARY_PATH: [folder, process.env['LD_LIBRARY_PATH']].filter(Boolean).join(':'),
  };
  const bridge = startBridgeProcess({ bridgeScript: script, execPath: process.execPath, env });
  const progress: BuildProgress[] = [];
  const operations: string[] = [];
  bridge.connection.onNotification(BuildProgressNotification, (report) => void progress.push(report));
  bridge.connection.onNotification(OperationNotification, ({ operation }) => void operations.push(operation));
  const request: Bridge['request'] = async (type, params, cancelAfter) => {
    const cancellation = new CancellationTokenSource();
    const timer =
      cancelAfter === undefined ? undefined : setTimeout(() => cancellation.cancel(), cancelAfter);
    try {
      return await bridge.connection.sendRequest(type, params, cancellation.token);
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    progress,
    operations,
    request,
    build: (params, cancelAfter) =>
      request(
        BuildRequest,
        { parserFlags: [], stronglyTyped: true, settings: {}, pluginLibraries: [], ...params },
        cancelAfter,
      ),
    end: () => bridge.process.kill('SIGKILL'),
    ended: new Promise((resolve) => {
      bridge.process.once('close', (code, signal) =>
        resolve({
          how: signal ?? `exit code ${code}`,
          lastOperation: operations.findLast((operation) => operation !== '') ?? '',
          lastWords: bridge.lastWords().slice(-300),
        }),
      );
    }),
  };
}
