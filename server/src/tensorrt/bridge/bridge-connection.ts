import {
  CancellationTokenSource,
  type RequestParam,
  type RequestType,
  ResponseError,
} from 'vscode-jsonrpc/node';
import {
  type BuildProgress,
  BuildProgressNotification,
} from '../../../../native-bridge/src/build-protocol.ts';
import type { BridgeProcess } from '../../../../native-bridge/src/client-transport.ts';
import {
  LogNotification,
  type LogRecord,
  OperationNotification,
  protocolVersion,
} from '../../../../native-bridge/src/protocol.ts';
import { BridgeError, type Death, deathSentence, newWords } from './bridge-error.ts';

export interface BridgeConnectionOptions {
  /** What error sentences call this installation: `TensorRT 11.2.1`. */
  readonly displayName: string;
  readonly onLog?: (record: LogRecord) => void;
  /** Milliseconds. A process that is not done with its libraries by then is ended. Two minutes by default. */
  readonly startTimeout?: number;
  /** Milliseconds that a cancelled request may go on before its process is ended. Three seconds by default. */
  readonly cancelGrace?: number;
}

export interface RequestOptions {
  /** Drops a queued request; a running one ends, at the latest with its process. */
  readonly signal?: AbortSignal;
  /** Milliseconds, from when the request is sent. */
  readonly timeout?: number;
  /** Milliseconds that the request may go on after `signal`; the session's where absent. */
  readonly cancelGrace?: number;
  /** Ends the process at once. */
  readonly killSignal?: AbortSignal;
  /** Of a build. */
  readonly onProgress?: (progress: BuildProgress) => void;
  /** Takes TensorRT's messages during this request, which then do not go to the session's own. */
  readonly onLog?: (record: LogRecord) => void;
}

/** One bridge process from its start to its end. All that goes wrong shows as a BridgeError of the requests under way. */
export class BridgeConnection {
  readonly #bridge: BridgeProcess;
  readonly #options: BridgeConnectionOptions;
  /** Resolves when the process is of no more use, with the reason. */
  readonly #ended: Promise<BridgeError>;
  #setEnded: (reason: BridgeError) => void = () => undefined;
  #alive = true;
  #lastOperation: string | undefined;
  #onProgress: ((progress: BuildProgress) => void) | undefined;
  #onLog: ((record: LogRecord) => void) | undefined;
  /** What the process had printed before its last request. */
  #earlierWords = '';

  constructor(bridge: BridgeProcess, options: BridgeConnectionOptions) {
    this.#bridge = bridge;
    this.#options = options;
    this.#ended = new Promise((resolve) => {
      this.#setEnded = resolve;
    });
    const { connection, process: child } = bridge;
    child.once('error', (error) => {
      const message = `The helper process of ${options.displayName} could not be started: ${error.message}`;
      this.#finish(new BridgeError('not-started', message, { cause: error }));
    });
    child.once('exit', (exitCode, signal) => {
      const die = () => {
        clearTimeout(withoutClose);
        const words = newWords(this.#earlierWords, this.#bridge.lastWords());
        const death: Death = {
          exitCode,
          signal,
          ...(this.#lastOperation && { operation: this.#lastOperation }),
          lastWords: words.trim(),
        };
        this.#finish(new BridgeError('died', deathSentence(options.displayName, death), { death }));
      };
      // `close` comes when the last words have arrived too; it does not come while a grandchild holds the pipes.
      child.once('close', die);
      const withoutClose = setTimeout(die, 500);
    });
    connection.onError(([error]) => this.end(`the connection to it broke (${error.message})`));
    connection.onNotification(LogNotification, (record) => (this.#onLog ?? options.onLog)?.(record));
    connection.onNotification(BuildProgressNotification, (progress) => this.#onProgress?.(progress));
    connection.onNotification(OperationNotification, ({ operation }) => {
      this.#lastOperation = operation;
    });
  }

  get alive(): boolean {
    return this.#alive;
  }

  get processId(): number | undefined {
    return this.#bridge.process.pid;
  }

  /** The process's id while it is there: it has to end for the system to take back its memory and its GPU, which takes a while. */
  get remainingProcessId(): number | undefined {
    const { exitCode, signalCode, pid } = this.#bridge.process;
    return exitCode === null && signalCode === null ? pid : undefined;
  }

  /** Resolves when the process is gone, at the latest after so many milliseconds. */
  async gone(milliseconds?: number): Promise<void> {
    if (this.remainingProcessId === undefined) return;
    const { process: child } = this.#bridge;
    await new Promise<void>((resolve) => {
      const timer = milliseconds === undefined ? undefined : setTimeout(resolve, milliseconds);
      child.once('exit', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Ends the process; requests under way fail with the reason, half a sentence. */
  end(reason: string): void {
    this.#finish(new BridgeError('died', `${this.#options.displayName} was ended: ${reason}.`));
  }

  /** Sends one request. Rejects with a BridgeError, or with the signal's reason. */
  async request<P, R>(
    type: RequestType<P, R, void>,
    params: NoInfer<RequestParam<P>>,
    options: RequestOptions,
  ): Promise<R> {
    const cancellation = new CancellationTokenSource();
    const timers: NodeJS.Timeout[] = [];
    const { signal, timeout, killSignal } = options;
    this.#earlierWords = this.#bridge.lastWords();
    const onAbort = () => {
      cancellation.cancel();
      const grace = options.cancelGrace ?? this.#options.cancelGrace ?? 3000;
      timers.push(setTimeout(() => this.end('a cancelled job did not stop'), grace));
    };
    const onKill = () => this.end('it was asked to stop at once');
    this.#onProgress = options.onProgress;
    this.#onLog = options.onLog;
    signal?.addEventListener('abort', onAbort, { once: true });
    killSignal?.addEventListener('abort', onKill, { once: true });
    if (timeout !== undefined) timers.push(setTimeout(() => this.#timeOut(timeout), timeout));
    try {
      const answer = this.#bridge.connection.sendRequest(type, params, cancellation.token);
      return await Promise.race([answer, this.#ended.then((error) => Promise.reject(error))]);
    } catch (error) {
      if (error instanceof BridgeError) throw error;
      if (signal?.aborted) throw signal.reason;
      if (error instanceof ResponseError && !connectionErrors.has(error.code)) {
        throw new BridgeError('refused', error.message, { code: error.code, cause: error });
      }
      // The pipe closed, which says less than the end of the process that closed it.
      timers.push(setTimeout(() => this.end('the connection to it broke'), 1000));
      throw await this.#ended;
    } finally {
      signal?.removeEventListener('abort', onAbort);
      killSignal?.removeEventListener('abort', onKill);
      this.#onProgress = undefined;
      this.#onLog = undefined;
      for (const timer of timers) clearTimeout(timer);
      cancellation.dispose();
    }
  }

  /** Sends the request that has the process load its libraries. Rejects with a BridgeError where it speaks otherwise than this. */
  async start<P, R extends { readonly protocolVersion: number }>(
    type: RequestType<P, R, void>,
    params: NoInfer<RequestParam<P>>,
  ): Promise<R> {
    const result = await this.request(type, params, { timeout: this.#options.startTimeout ?? 120_000 });
    if (result.protocolVersion !== protocolVersion) {
      const message = `The helper process of ${this.#options.displayName} speaks version ${result.protocolVersion} of our protocol, not ${protocolVersion}. Please install these tools again.`;
      throw new BridgeError('not-started', message);
    }
    return result;
  }

  #timeOut(timeout: number): void {
    const during = this.#lastOperation ? ` during “${this.#lastOperation}”` : '';
    const message = `${this.#options.displayName} gave no answer within ${timeout / 1000} s${during} and was ended.`;
    this.#finish(new BridgeError('timed-out', message));
  }

  #finish(reason: BridgeError): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#setEnded(reason);
    const { connection, process: child } = this.#bridge;
    // TensorRT does not let itself be interrupted, and has nothing that needs saving.
    child.kill('SIGKILL');
    connection.dispose();
  }
}

/** JSON-RPC's own codes for a connection that went away: MessageWriteError to ConnectionInactive. */
const connectionErrors = new Set([-32099, -32098, -32097, -32096]);
