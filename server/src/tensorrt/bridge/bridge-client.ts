import {
  type BuildParams,
  BuildRequest,
  type BuildResult,
} from '../../../../native-bridge/src/build-protocol.ts';
import {
  type InitializeResult,
  type LibraryPaths,
  type ParseParams,
  ParseRequest,
  type ParseResult,
} from '../../../../native-bridge/src/protocol.ts';
import { unlessAborted } from '../unless-aborted.ts';
import { BridgeError } from './bridge-error.ts';
import { BridgeSession, type BridgeSessionOptions, type RequestOptions } from './bridge-session.ts';

export interface BridgeClientOptions extends BridgeSessionOptions {
  /** Milliseconds without use after which the process is ended; the next use starts a new one. Ten minutes by default. */
  readonly idleTimeout?: number;
}

/** Milliseconds that the end of a killed process is waited for, so that nothing is written afterwards; it may hold its GPU for longer. */
const killedWithin = 150;

/**
 * One TensorRT installation's bridge. The process starts with the first use, works on one job at a time, and may die at any
 * time: the jobs it takes with it fail with a BridgeError, the next one starts a new process. An installation that fails to
 * start is not tried again before `restart`.
 */
export class BridgeClient {
  readonly #libraries: LibraryPaths;
  readonly #options: BridgeClientOptions;
  #session: BridgeSession | undefined;
  /** Whose processes have not ended yet; all but the current one were told to. */
  readonly #sessions = new Set<BridgeSession>();
  /** Milliseconds. */
  #idleTimeout: number;
  #info: InitializeResult | undefined;
  #startFailure: Error | undefined;
  /** Processes in a row that died before they were ready. */
  #startDeaths = 0;
  /** Settles, never rejects, when all jobs so far are over. */
  #queue: Promise<void> = Promise.resolve();
  #idleTimer: NodeJS.Timeout | undefined;
  #disposed = false;

  constructor(libraries: LibraryPaths, options: BridgeClientOptions) {
    this.#libraries = libraries;
    this.#options = options;
    this.#idleTimeout = options.idleTimeout ?? 10 * 60_000;
  }

  /** What the running TensorRT says of itself; starts it if need be. */
  initialize(options: RequestOptions = {}): Promise<InitializeResult> {
    return this.#enqueue(options.signal, async (session) => await session.initialized);
  }

  parse(params: ParseParams, options: RequestOptions = {}): Promise<ParseResult> {
    return this.#enqueue(options.signal, async (session) => {
      await session.initialized;
      return await session.request(ParseRequest, params, options);
    });
  }

  /**
   * Builds an engine. A cancelled build ends at TensorRT's next step, and with its process after `cancelGrace`; only then is the
   * promise rejected, so that nothing is written afterwards. Such a process may hold its GPU for a while: `endingProcessIds`.
   */
  async build(params: BuildParams, options: RequestOptions = {}): Promise<BuildResult> {
    const { signal } = options;
    let begun: Promise<BuildResult> | undefined;
    let session: BridgeSession | undefined;
    const building = this.#enqueue(signal, async (current) => {
      await current.initialized;
      signal?.throwIfAborted();
      session = current;
      begun = session.request(BuildRequest, params, options);
      return await begun;
    });
    try {
      return await building;
    } catch (error) {
      if (signal?.aborted) await begun?.catch(() => undefined);
      if (session && !session.alive) await session.gone(killedWithin);
      throw error;
    }
  }

  /** What TensorRT said of itself when it last started; undefined before. */
  get lastInfo(): InitializeResult | undefined {
    return this.#info;
  }

  /** Whether a process runs now. */
  get running(): boolean {
    return this.#session?.alive === true;
  }

  /** Id of the running process, for messages and tests. */
  get processId(): number | undefined {
    return this.running ? this.#session?.processId : undefined;
  }

  /** Ids of processes that were told to end and are still there, with what they hold of a GPU. */
  get endingProcessIds(): readonly number[] {
    return [...this.#sessions].flatMap(({ alive, remainingProcessId }) =>
      alive ? [] : (remainingProcessId ?? []),
    );
  }

  /** Ends the process; the next use starts a new one, also where an earlier start failed. */
  restart(): void {
    this.#startFailure = undefined;
    this.#startDeaths = 0;
    this.#session?.end('it was restarted');
    this.#session = undefined;
  }

  /** Ends the process as soon as it has no job, now and after every further use: hardly any is to come. */
  retire(): void {
    this.#idleTimeout = 0;
    void this.#queue.then(() => this.#endWhenIdle());
  }

  /** Ends the process for good. Jobs under way fail. */
  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#idleTimer);
    this.restart();
  }

  #enqueue<T>(signal: AbortSignal | undefined, job: (session: BridgeSession) => Promise<T>): Promise<T> {
    const result = this.#queue.then(async () => {
      signal?.throwIfAborted();
      clearTimeout(this.#idleTimer);
      try {
        return await job(this.#currentSession());
      } finally {
        this.#endWhenIdle();
      }
    });
    this.#queue = result.then(
      () => undefined,
      () => undefined,
    );
    return signal ? unlessAborted(result, signal) : result;
  }

  #currentSession(): BridgeSession {
    if (this.#disposed) throw new Error('The connection to TensorRT was closed.');
    if (this.#startFailure) throw this.#startFailure;
    if (this.#session?.alive) return this.#session;
    const session = new BridgeSession(this.#libraries, this.#options);
    this.#session = session;
    this.#sessions.add(session);
    void session.gone().then(() => this.#sessions.delete(session));
    session.initialized.then(
      (info) => {
        this.#startDeaths = 0;
        this.#info = info;
      },
      (error: unknown) => {
        session.end('it could not be started');
        if (this.#session === session) this.#remember(error);
      },
    );
    return session;
  }

  /** A refusal stays one. Deaths may have come from outside, but several in a row are the library's own. */
  #remember(error: unknown): void {
    const kind = error instanceof BridgeError ? error.kind : undefined;
    if ((kind === 'died' || kind === 'timed-out') && ++this.#startDeaths < mostStarts[kind]) return;
    this.#startFailure = error instanceof Error ? error : new Error(String(error));
  }

  #endWhenIdle(): void {
    clearTimeout(this.#idleTimer);
    if (!this.running) return;
    this.#idleTimer = setTimeout(() => this.#session?.end('it was idle for long'), this.#idleTimeout);
    this.#idleTimer.unref();
  }
}

/**
 * How often in a row a start is tried. A use tries again by itself once: a process that is killed twice from outside during one
 * check works at the next.
 */
const mostStarts = { died: 3, 'timed-out': 2 } as const;
