import type { InitializeResult, LogRecord, LogSeverity } from '../../../native-bridge/src/protocol.ts';
import type { RuntimeDescription } from '../protocol.ts';
import { BridgeClient } from './bridge/bridge-client.ts';
import { BridgeError } from './bridge/bridge-error.ts';
import { launchBridge } from './bridge/launch.ts';
import { inOrderOfPreference, seemsToHaveGpu } from './installations/choose.ts';
import {
  findInstallations,
  installationsOf,
  type SearchOptions,
  type SearchResult,
} from './installations/find.ts';
import {
  describeInstallation,
  displayName,
  hasId,
  type Installation,
  isUsable,
  type UsableInstallation,
} from './installations/installation.ts';
import { isSameList, noPlugins, type PluginSet } from './plugin-set.ts';

/** A TensorRT that runs. */
export interface Runtime {
  /** Version and mode as the running library says. */
  readonly description: RuntimeDescription & Required<Pick<RuntimeDescription, 'mode'>>;
  readonly info: InitializeResult;
  /** A process for these plugins alone. */
  readonly bridge: BridgeClient;
  /** The user's, which checks load. */
  readonly plugins: PluginSet;
}

export interface StartOptions {
  readonly signal?: AbortSignal | undefined;
  /** None by default. The first check loads them, not the start: one that brings the process down does not make this TensorRT unusable. */
  readonly plugins?: PluginSet | undefined;
}

/** An installation that was passed over, and the sentence that says why. */
export interface PassedOver {
  readonly installation: Installation;
  readonly reason: string;
}

/** No TensorRT of this machine can be used; the message lists what was found and why it does not do. */
export class NoRuntimeError extends Error {
  override readonly name = 'NoRuntimeError';
  readonly passedOver: readonly PassedOver[];

  constructor(message: string, passedOver: readonly PassedOver[]) {
    super(message);
    this.passedOver = passedOver;
  }
}

export interface RuntimesOptions extends SearchOptions {
  /** Ids or folders, first choice first. */
  readonly preferred?: readonly string[];
  readonly onLog?: (installation: Installation, record: LogRecord) => void;
  /** Which of TensorRT's messages builds tell of: this severity and worse. Warnings by default. */
  readonly buildLogSeverity?: LogSeverity;
}

interface KeptBridge {
  readonly infer: string;
  readonly device: string | undefined;
  readonly plugins: PluginSet;
  readonly client: BridgeClient;
}

/**
 * The TensorRT installations of this machine and bridges for each that is used: one for builds and one for checks, with each list of
 * plugins. The machine is searched once, until a refresh; bridges start when they are used.
 */
export class Runtimes {
  readonly #options: RuntimesOptions;
  readonly #bridges = new Map<string, KeptBridge>();
  /** Bridges with plugins of which newer files are loaded elsewhere. */
  readonly #retired = new Set<BridgeClient>();
  #search: Promise<SearchResult> | undefined;

  constructor(options: RuntimesOptions = {}) {
    this.#options = options;
  }

  /** All installations found, broken ones with the reason, and sentences about settings that led to none. */
  find(refresh = false): Promise<SearchResult> {
    if (refresh) this.#search = undefined;
    this.#search ??= findInstallations(this.#options);
    // A failed search is not kept.
    this.#search.catch(() => {
      this.#search = undefined;
    });
    return this.#search;
  }

  /**
   * Starts the best installation that runs; see `inOrderOfPreference`. Those that turn out not to run here (no GPU, a library
   * that cannot be loaded) are passed over, and the caller says so. Throws a NoRuntimeError when none is left.
   */
  async startBest(
    options: StartOptions = {},
  ): Promise<{ runtime: Runtime; passedOver: readonly PassedOver[] }> {
    const { installations } = await this.find();
    const preferred = this.#options.preferred ?? [];
    const passedOver: PassedOver[] = installations.flatMap((installation) =>
      installation.unusable === undefined ? [] : [{ installation, reason: installation.unusable }],
    );
    for (const installation of inOrderOfPreference(installations, { preferred, gpu: seemsToHaveGpu() })) {
      try {
        return { runtime: await this.start(installation, options), passedOver };
      } catch (error) {
        if (!(error instanceof BridgeError)) throw error;
        passedOver.push({ installation, reason: error.message });
      }
    }
    const found = passedOver.map(({ installation, reason }) => `${describe(installation)}: ${reason}`);
    throw new NoRuntimeError(
      found.length === 0
        ? 'No TensorRT was found on this machine.'
        : ['No TensorRT of this machine can be used here.', ...found].join('\n'),
      passedOver,
    );
  }

  /** Starts the installation that an id, a folder or a library names. Throws an error for people. */
  async startNamed(wish: string, options: StartOptions = {}): Promise<Runtime> {
    return await this.start(await this.named(wish), options);
  }

  /** The installations that an id, a folder or a library names, at least one. Throws an error for people. */
  async candidates(wish: string): Promise<readonly Installation[]> {
    return looksLikePath(wish) ? await installationsOf(wish) : await this.#withId(wish);
  }

  /** The installation that an id, a folder or a library names. Throws an error for people. */
  async named(wish: string): Promise<UsableInstallation> {
    const candidates = await this.candidates(wish);
    const usable = inOrderOfPreference(candidates, { preferred: [], gpu: seemsToHaveGpu() })[0];
    if (usable) return usable;
    const [broken] = candidates;
    throw new Error(
      broken ? `${describe(broken)} cannot be used: ${broken.unusable}` : `There is no runtime ${wish}.`,
    );
  }

  /** Starts an installation's bridge. Throws a BridgeError. */
  async start(
    installation: UsableInstallation,
    { signal, plugins = noPlugins }: StartOptions = {},
  ): Promise<Runtime> {
    const bridge = this.#bridge(installation, 'check', { plugins });
    const info = await bridge.initialize(signal ? { signal } : {});
    return {
      description: { ...describeInstallation(installation), version: info.version, mode: info.mode },
      info,
      bridge,
      plugins,
    };
  }

  #bridge(
    installation: UsableInstallation,
    purpose: 'check' | 'build',
    { plugins = noPlugins, device }: { readonly plugins?: PluginSet; readonly device?: string | undefined },
  ): BridgeClient {
    const { infer } = installation.libraries;
    const key = JSON.stringify([purpose, infer, device, plugins.key]);
    const known = this.#bridges.get(key);
    if (known) return known.client;
    this.#retireOlder(infer, plugins);
    const { buildLogSeverity } = this.#options;
    const client = new BridgeClient(installation.libraries, {
      displayName: displayName(installation),
      launch: (libraries) =>
        launchBridge(libraries, device === undefined ? {} : { CUDA_VISIBLE_DEVICES: device }),
      ...(purpose === 'build' && buildLogSeverity !== undefined && { logSeverity: buildLogSeverity }),
      onLog: (record) => this.#options.onLog?.(installation, record),
    });
    this.#bridges.set(key, { infer, device, plugins, client });
    return client;
  }

  /** A library that was written anew is never loaded in its old state again. */
  #retireOlder(infer: string, plugins: PluginSet): void {
    if (plugins === noPlugins) return;
    for (const [key, known] of this.#bridges) {
      if (known.infer !== infer || known.plugins.key === plugins.key) continue;
      if (!isSameList(known.plugins, plugins)) continue;
      this.#bridges.delete(key);
      this.#retired.add(known.client);
      known.client.retire();
    }
  }

  /**
   * A bridge of its own for builds: checks go on while an engine is built. `device`: the GPU that it is to see, as
   * CUDA_VISIBLE_DEVICES names it; the first one of this process where absent. `plugins`: what the build loads.
   */
  buildBridgeOf(
    installation: UsableInstallation,
    device?: string,
    plugins: PluginSet = noPlugins,
  ): BridgeClient {
    return this.#bridge(installation, 'build', { device, plugins });
  }

  /** What an installation said of itself when it last ran; starts nothing. */
  lastInfo({ libraries }: UsableInstallation): InitializeResult | undefined {
    for (const { infer, device, client } of this.#bridges.values()) {
      if (infer === libraries.infer && device === undefined && client.lastInfo) return client.lastInfo;
    }
    return undefined;
  }

  /** Ends all bridge processes; the next use starts new ones, also of installations that failed to start. */
  restart(): void {
    for (const client of this.#clients()) client.restart();
  }

  /** Ends all bridge processes for good. */
  dispose(): void {
    for (const client of this.#clients()) client.dispose();
    this.#bridges.clear();
    this.#retired.clear();
  }

  #clients(): readonly BridgeClient[] {
    return [...[...this.#bridges.values()].map(({ client }) => client), ...this.#retired];
  }

  async #withId(id: string): Promise<readonly Installation[]> {
    const { installations } = await this.find();
    const found = installations.filter((installation) => hasId(installation, id));
    if (found.length > 0) return found;
    const known = installations.filter(isUsable).map((installation) => installation.id);
    const list =
      known.length === 0
        ? 'none was found'
        : `there ${known.length === 1 ? 'is' : 'are'} ${known.join(', ')}`;
    throw new Error(`There is no runtime ${id} on this machine: ${list}. A folder can be given, too.`);
  }
}

function describe(installation: Installation): string {
  return `${displayName(installation)} in ${installation.directory}`;
}

/** Rather than the id of an installation. */
export function looksLikePath(wish: string): boolean {
  return wish === '.' || wish === '..' || /[\\/]/.test(wish);
}
