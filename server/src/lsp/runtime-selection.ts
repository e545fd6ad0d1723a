/** Which TensorRT judges: the one chosen for this session, else the one of the settings, else the best of the machine. */
import type { CancellationToken, Connection } from 'vscode-languageserver/node';
import type { RuntimeFacts } from '../build-config/checks/facts/facts.ts';
import type { RuntimeDescription } from '../protocol.ts';
import { runtimeForBuild } from '../tensorrt/build/choose-runtime.ts';
import { factsOfInstallation, factsOfWish } from '../tensorrt/build/runtime-facts.ts';
import { installRtx } from '../tensorrt/install-rtx.ts';
import {
  describeInstallation,
  displayName,
  type UsableInstallation,
} from '../tensorrt/installations/installation.ts';
import type { PluginSet } from '../tensorrt/plugin-set.ts';
import { type Runtime, Runtimes, type StartOptions } from '../tensorrt/runtimes.ts';
import { abortedWith } from './cancellation.ts';
import { type Log, levelOfSeverity, messageOf } from './log.ts';
import { withProgress } from './progress.ts';
import type { Settings } from './settings.ts';
import type { SettingsStore } from './settings-store.ts';

export class RuntimeSelection {
  readonly #connection: Connection;
  readonly #settings: SettingsStore;
  readonly #log: Log;
  #runtimes: Runtimes | undefined;
  /** The settings that `#runtimes` was made with. */
  #madeWith = '';
  #selected: string | undefined;
  #toldOf = new Set<string>();
  /** Those that have run, with the version and mode that they said. */
  readonly #seen = new Map<string, RuntimeDescription>();

  constructor(connection: Connection, settings: SettingsStore, log: Log) {
    this.#connection = connection;
    this.#settings = settings;
    this.#log = log;
  }

  /**
   * A running TensorRT that checks with plugins; started if need be, which takes seconds and shows as progress. Throws a NoRuntimeError
   * where there is none, an Error for people where the chosen one does not run.
   */
  async current(plugins: PluginSet, signal?: AbortSignal): Promise<Runtime> {
    const settings = await this.#settings.for();
    const runtimes = this.#runtimesFor(settings);
    const wish = this.#selected ?? settings.runtime;
    const options = { plugins, signal };
    const starting = wish === '' ? this.#best(runtimes, options) : runtimes.startNamed(wish, options);
    const runtime = await starting;
    this.#seen.set(keyOf(runtime.description), runtime.description);
    return runtime;
  }

  /** The installation to build with: that of the wish, else the chosen one, else the best that can build here. Throws an error for people. */
  async forBuild(
    wish: string | undefined,
  ): Promise<{ readonly runtimes: Runtimes; readonly installation: UsableInstallation }> {
    const settings = await this.#settings.for();
    const runtimes = this.#runtimesFor(settings);
    const chosen = wish ?? this.#selected ?? (settings.runtime === '' ? undefined : settings.runtime);
    return { runtimes, installation: await runtimeForBuild(runtimes, chosen) };
  }

  /** The installations that the settings lead to; none is started. */
  async found(): Promise<Runtimes> {
    return this.#runtimesFor(await this.#settings.for());
  }

  /** What is known of the TensorRT that `forBuild` would answer, without starting it; undefined where that is nothing. */
  async factsForBuild(wish: string | undefined): Promise<RuntimeFacts | undefined> {
    try {
      const { runtimes, installation } = await this.forBuild(wish);
      return factsOfInstallation(installation, runtimes.lastInfo(installation));
    } catch {
      // Why there is none is told of when something is built.
      return factsOfWish(wish);
    }
  }

  /** Starts what `current` will answer, if documents are checked at all. What goes wrong shows when it is needed. */
  async warmUp(plugins: PluginSet): Promise<void> {
    const { checkAutomatically } = await this.#settings.for();
    if (checkAutomatically) {
      await this.current(plugins).catch((error: unknown) => this.#log.info(messageOf(error)));
    }
  }

  /** All that were found, those that cannot be used with the reason. */
  async list(refresh: boolean): Promise<RuntimeDescription[]> {
    const runtimes = this.#runtimesFor(await this.#settings.for());
    const { installations, problems } = await runtimes.find(refresh);
    for (const problem of problems) {
      this.#tell(problem);
    }
    return installations.map(describeInstallation).map((description) => {
      const seen = this.#seen.get(keyOf(description));
      return seen
        ? { ...description, version: seen.version, ...(seen.mode && { mode: seen.mode }) }
        : description;
    });
  }

  /** For this session. Throws an error for people where there is no such runtime. */
  async select(id: string | undefined): Promise<void> {
    if (id !== undefined) {
      await this.#runtimesFor(await this.#settings.for()).named(id);
    }
    this.#selected = id;
  }

  /** Takes up settings that name folders; running bridges whose installation is no longer searched for are ended. */
  async settingsChanged(): Promise<void> {
    this.#runtimesFor(await this.#settings.for());
  }

  /** Ends the bridge processes; the next check starts new ones. */
  restart(): void {
    this.#toldOf = new Set();
    this.#runtimes?.restart();
  }

  async installRtx(token: CancellationToken): Promise<RuntimeDescription> {
    const { pythonPath } = await this.#settings.for();
    const directory = await withProgress(this.#connection, 'Installing TensorRT for RTX', (report) =>
      installRtx({
        ...(pythonPath !== '' && { python: pythonPath }),
        signal: abortedWith(token),
        onProgress: ({ phase, bytes, totalBytes }) =>
          report(`${phase} ${megabytes(bytes)} of ${megabytes(totalBytes)} MB`, (100 * bytes) / totalBytes),
        onOutput: (line) => this.#log.info(`pip: ${line}`),
      }),
    );
    const installed = (await this.list(true)).find((runtime) => isIn(directory, runtime.directory));
    if (!installed) {
      throw new Error(`TensorRT for RTX was installed into ${directory}, but is not found there.`);
    }
    return installed;
  }

  dispose(): void {
    this.#runtimes?.dispose();
  }

  async #best(runtimes: Runtimes, options: StartOptions): Promise<Runtime> {
    const { runtime, passedOver } = await runtimes.startBest(options);
    for (const { installation, reason } of passedOver) {
      this.#tell(`${displayName(installation)} in ${installation.directory} is not used: ${reason}`);
    }
    return runtime;
  }

  #runtimesFor({ libraryFolders, pythonPath }: Settings): Runtimes {
    const key = JSON.stringify([libraryFolders, pythonPath]);
    if (!this.#runtimes || this.#madeWith !== key) {
      this.#runtimes?.dispose();
      this.#madeWith = key;
      this.#runtimes = new Runtimes({
        folders: libraryFolders,
        ...(pythonPath !== '' && { python: pythonPath }),
        buildLogSeverity: 'info',
        onLog: (installation, { severity, message }) =>
          this.#log.write('bridge', levelOfSeverity[severity], `${displayName(installation)}: ${message}`),
      });
    }
    return this.#runtimes;
  }

  #tell(sentence: string): void {
    if (!this.#toldOf.has(sentence)) {
      this.#toldOf.add(sentence);
      this.#log.warning(sentence);
    }
  }
}

/** A folder may hold both products. */
function keyOf({ product, kind, directory }: RuntimeDescription): string {
  return JSON.stringify([product, kind, directory]);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

function isIn(parent: string, folder: string): boolean {
  return folder === parent || folder.startsWith(`${parent}/`) || folder.startsWith(`${parent}\\`);
}
