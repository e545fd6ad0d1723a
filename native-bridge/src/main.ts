/**
 * The native bridge: one process for one TensorRT installation, serving `protocol.ts` over the pipes of
 * `client-transport.ts`. It may be killed at any time; it keeps nothing but memory.
 */
import { setImmediate } from 'node:timers/promises';
import { type CancellationToken, type MessageConnection, ResponseError } from 'vscode-jsonrpc';
import { type BuildProgress, BuildProgressNotification, BuildRequest } from './build-protocol.ts';
import { BridgeError } from './errors.ts';
import { dieWithParent } from './native/process-end.ts';
import { ZeroMemory } from './native/zero-memory.ts';
import { build } from './operations/build.ts';
import { initialize } from './operations/initialize.ts';
import { parse } from './operations/parse.ts';
import {
  InitializeRequest,
  LogNotification,
  type LogRecord,
  OperationNotification,
  ParseRequest,
} from './protocol.ts';
import { serveRuntime } from './runtime-service.ts';
import { connectToServer } from './server-transport.ts';
import type { TensorRT } from './tensorrt/tensorrt.ts';

function serve(connection: MessageConnection): void {
  let tensorrt: TensorRT | undefined;
  const zeroMemory = new ZeroMemory();
  const announce = (operation: string): void => {
    void connection.sendNotification(OperationNotification, { operation });
  };
  const onLog = (record: LogRecord): void => {
    void connection.sendNotification(LogNotification, record);
  };

  connection.onRequest(
    InitializeRequest,
    oneAtATime((params) => {
      if (tensorrt) {
        throw new BridgeError(
          'wrongOrder',
          'This bridge has loaded its TensorRT already; start another process.',
        );
      }
      const ready = initialize(params, { announce, onLog });
      tensorrt = ready.tensorrt;
      return ready.result;
    }),
  );
  connection.onRequest(
    ParseRequest,
    oneAtATime((params, token, afterwards) => {
      if (!tensorrt) {
        throw new BridgeError('wrongOrder', 'This bridge has no TensorRT yet; send bridge/initialize first.');
      }
      return parse(params, { tensorrt, zeroMemory, announce, token, afterwards });
    }),
  );
  connection.onRequest(
    BuildRequest,
    oneAtATime((params, token, afterwards) => {
      if (!tensorrt) {
        throw new BridgeError('wrongOrder', 'This bridge has no TensorRT yet; send bridge/initialize first.');
      }
      const onProgress = (progress: BuildProgress): void => {
        void connection.sendNotification(BuildProgressNotification, progress);
      };
      return build(params, { tensorrt, zeroMemory, announce, onProgress, token, afterwards });
    }),
  );
  serveRuntime({ connection, announce, onLog, oneAtATime });
  connection.listen();
}

type Afterwards = (work: () => void) => void;

let previous: Promise<unknown> = Promise.resolve();

/**
 * Requests wait for the one before, and for what it left to be done when its answer was sent: TensorRT's builder is not to be
 * used twice at a time.
 */
function oneAtATime<Params, Answer>(
  handler: (params: Params, token: CancellationToken, afterwards: Afterwards) => Answer | Promise<Answer>,
): (params: Params, token: CancellationToken) => Promise<Answer> {
  return (params, token) => {
    const left: (() => void)[] = [];
    const answer = previous.then(() => handler(params, token, (work) => left.unshift(work))).catch(rethrow);
    previous = answer
      .catch(() => undefined)
      // The answer is written in the turns of the event loop before this one.
      .then(() => setImmediate())
      .then(() => left.forEach((work) => void work()));
    return answer;
  };
}

function rethrow(error: unknown): never {
  throw error instanceof BridgeError ? new ResponseError(error.code, error.message, error.data) : error;
}

// Ctrl-C goes to every process of the terminal; what is to end is the server's to say.
process.on('SIGINT', () => undefined);
dieWithParent();
serve(connectToServer());
