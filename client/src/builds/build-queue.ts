import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import {
  type BuildEngineParams,
  BuildEngineRequest,
  type BuildStatus,
  BuildsNotification,
  CancelBuildRequest,
} from '../../../server/src/build-protocol.ts';
import { isOver } from './build-text.ts';

/** How often elapsed times are drawn anew while something is built, in milliseconds. */
const tick = 500;

/** The server's builds of this session, as they were last told, less those that the user has cleared away. */
export class BuildQueue implements vscode.Disposable {
  readonly #client: LanguageClient;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #cleared = new Set<number>();
  readonly #listener: vscode.Disposable;
  #builds: readonly BuildStatus[] = [];
  /** When `#builds` came, as Date.now. */
  #told = 0;
  #timer: NodeJS.Timeout | undefined;

  /** After every change, and now and then while a build is running. */
  readonly onDidChange = this.#changed.event;

  constructor(client: LanguageClient) {
    this.#client = client;
    this.#listener = client.onNotification(BuildsNotification, ({ builds }) => this.#take(builds));
  }

  /** Waiting and running ones first. */
  get all(): readonly BuildStatus[] {
    return this.#builds.filter(({ id }) => !this.#cleared.has(id));
  }

  get active(): readonly BuildStatus[] {
    return this.#builds.filter((build) => !isOver(build));
  }

  /** Milliseconds since it began to run, until now or its end. */
  elapsedOf({ state, elapsed }: BuildStatus): number {
    return state === 'running' ? elapsed + Date.now() - this.#told : elapsed;
  }

  /** Answers when all are over. */
  async build(params: BuildEngineParams, token: vscode.CancellationToken): Promise<readonly BuildStatus[]> {
    return (await this.#client.sendRequest(BuildEngineRequest, params, token)).builds;
  }

  /** The second time for the same build, its process is ended at once. */
  async cancel({ id }: BuildStatus): Promise<void> {
    await this.#client.sendRequest(CancelBuildRequest, { id });
  }

  clearFinished(): void {
    for (const build of this.#builds) {
      if (isOver(build)) this.#cleared.add(build.id);
    }
    this.#changed.fire();
  }

  /** A server that ended takes its builds with it. */
  forget(): void {
    this.#cleared.clear();
    this.#take([]);
  }

  dispose(): void {
    clearInterval(this.#timer);
    this.#listener.dispose();
    this.#changed.dispose();
  }

  #take(builds: readonly BuildStatus[]): void {
    this.#builds = builds;
    this.#told = Date.now();
    const isRunning = builds.some(({ state }) => state === 'running');
    if (isRunning) this.#timer ??= setInterval(() => this.#changed.fire(), tick);
    else {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    this.#changed.fire();
  }
}
