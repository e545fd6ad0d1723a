/** The builds of a process, one after the other: two would be in each other's way, on a GPU even wrong. */
import path from 'node:path';
import type { BuildProgress } from '../../../../native-bridge/src/build-protocol.ts';
import type { LogRecord } from '../../../../native-bridge/src/protocol.ts';
import type { ConfigProblem } from '../../build-config/model.ts';
import { pluginPaths } from '../../build-config/paths.ts';
import { redactSecrets } from '../../build-config/trtexec/secrets.ts';
import { displayName, type UsableInstallation } from '../installations/installation.ts';
import { pluginSet } from '../plugin-set.ts';
import type { Runtimes } from '../runtimes.ts';
import { unlessAborted } from '../unless-aborted.ts';
import { checkRequest } from './check-request.ts';
import { deviceKey, visibleDevice, withDeviceLock } from './device-lock.ts';
import type { BuildProblem } from './failures/explain-failure.ts';
import type { Provenance } from './provenance.ts';
import { buildTitle, type RequestedBuild } from './requested-builds.ts';
import { runBuild } from './run-build.ts';

/** What has become of a build. */
export type BuildEnd =
  | { readonly kind: 'built' | 'up-to-date'; readonly provenance: Provenance }
  /** TensorRT took it on and gave no engine. */
  | { readonly kind: 'failed'; readonly problems: readonly BuildProblem[] }
  /** The config is wrong: errors among the problems of the request, or what the checks found. */
  | { readonly kind: 'refused'; readonly problems: readonly ConfigProblem[] }
  /** It could not begin, or its engine could not be kept; the error is for people. */
  | { readonly kind: 'impossible'; readonly error: unknown }
  | { readonly kind: 'cancelled' };

export type BuildEvent =
  /** Its turn has come. */
  | { readonly kind: 'started' }
  | { readonly kind: 'runtime'; readonly installation: UsableInstallation }
  /** What the checks say of its config beside errors, which end it. */
  | { readonly kind: 'problems'; readonly problems: readonly ConfigProblem[] }
  /** Why it is built, half a sentence: `detector.onnx changed`. */
  | { readonly kind: 'reason'; readonly reason: string }
  /** For another process that builds on the same GPU: a sentence. */
  | { readonly kind: 'waiting'; readonly sentence: string }
  | { readonly kind: 'progress'; readonly progress: BuildProgress }
  | { readonly kind: 'log'; readonly record: LogRecord }
  | { readonly kind: 'ended'; readonly end: BuildEnd };

export interface QueuedBuild {
  /** Of this queue, never used again. */
  readonly id: number;
  readonly title: string;
  readonly request: RequestedBuild;
  /** Never rejects. */
  readonly end: Promise<BuildEnd>;
}

export interface BuildQueueOptions {
  /** The installations, and the one for a build. Rejects with an error for people. */
  readonly runtimeFor: (request: RequestedBuild) => Promise<{
    readonly runtimes: Pick<Runtimes, 'buildBridgeOf'>;
    readonly installation: UsableInstallation;
  }>;
  /** Whether libraries that configs name may be loaded. */
  readonly loadsLibraries: () => boolean;
  readonly userData: string;
  /**
   * Milliseconds that TensorRT has to follow a cancellation before its process is ended. A process that followed can build again,
   * where a new one takes seconds to start on a GPU; it is worth no more than a part of the second in which a build has to stop.
   */
  readonly cancelGrace: number;
  readonly onEvent: (build: QueuedBuild, event: BuildEvent) => void;
}

export interface AddOptions {
  /** Build though nothing changed, and replace a file that is no engine. */
  readonly force?: boolean;
  /** Whether what the checks of the config against model and TensorRT call an error keeps it from being built; true by default. */
  readonly isChecked?: boolean;
  /** What it is called for people; by its config or model otherwise. */
  readonly title?: string;
}

interface Entry extends QueuedBuild, Required<AddOptions> {
  readonly cancel: AbortController;
  readonly kill: AbortController;
  readonly finish: (end: BuildEnd) => void;
}

export class BuildQueue {
  readonly #options: BuildQueueOptions;
  readonly #waiting: Entry[] = [];
  #running: Entry | undefined;
  #lastId = 0;

  constructor(options: BuildQueueOptions) {
    this.#options = options;
  }

  /** Puts a build at the end. */
  add(
    request: RequestedBuild,
    { force = false, isChecked = true, title = buildTitle(request.build) }: AddOptions = {},
  ): QueuedBuild {
    let finish: Entry['finish'] = () => undefined;
    const end = new Promise<BuildEnd>((resolve) => {
      finish = resolve;
    });
    const entry: Entry = {
      id: ++this.#lastId,
      title,
      request,
      end,
      force,
      isChecked,
      cancel: new AbortController(),
      kill: new AbortController(),
      finish,
    };
    this.#waiting.push(entry);
    // Not before the caller knows of it.
    setImmediate(() => void this.#next());
    return entry;
  }

  /** A build that runs is asked to stop and does so within `cancelGrace` and a moment; asked again, its process is ended at once. */
  cancel(id: number): void {
    const index = this.#waiting.findIndex((entry) => entry.id === id);
    const [entry] = index < 0 ? [] : this.#waiting.splice(index, 1);
    if (entry) {
      entry.cancel.abort();
      this.#end(entry, { kind: 'cancelled' });
    } else if (this.#running?.id === id) {
      if (this.#running.cancel.signal.aborted) this.#running.kill.abort();
      else this.#running.cancel.abort();
    }
  }

  cancelAll(): void {
    for (const { id } of [...this.#waiting]) this.cancel(id);
    if (this.#running) this.cancel(this.#running.id);
  }

  async #next(): Promise<void> {
    if (this.#running) return;
    const entry = this.#waiting.shift();
    if (!entry) return;
    this.#running = entry;
    this.#options.onEvent(entry, { kind: 'started' });
    const end = await this.#run(entry);
    this.#running = undefined;
    this.#end(entry, end);
    await this.#next();
  }

  #end(entry: Entry, end: BuildEnd): void {
    this.#options.onEvent(entry, { kind: 'ended', end });
    entry.finish(end);
  }

  async #run(entry: Entry): Promise<BuildEnd> {
    const { request, title, force, isChecked } = entry;
    const { signal } = entry.cancel;
    const errors = request.problems.filter(({ severity }) => severity === 'error');
    if (errors.length > 0) return { kind: 'refused', problems: errors };
    const tell = (event: BuildEvent) => this.#options.onEvent(entry, event);
    try {
      const { runtimes, installation } = await unlessAborted(this.#options.runtimeFor(request), signal);
      tell({ kind: 'runtime', installation });
      const gpu = visibleDevice(request.build.get('device')?.value);
      const plugins = pluginSet(this.#options.loadsLibraries() ? pluginPaths(request.build) : []);
      const bridge = runtimes.buildBridgeOf(installation, gpu, plugins);
      const outcome = await runBuild(
        request.build,
        { bridge, libraries: installation.directory },
        {
          force,
          loadsLibraries: this.#options.loadsLibraries(),
          signal,
          check: async (model, info) => {
            const found = isChecked ? await checkRequest(request, model, info, signal) : [];
            const told = found.filter(({ severity }) => severity !== 'error');
            if (told.length > 0) tell({ kind: 'problems', problems: told });
            return found.filter(({ severity }) => severity === 'error');
          },
          killSignal: entry.kill.signal,
          cancelGrace: this.#options.cancelGrace,
          onProgress: (progress) => tell({ kind: 'progress', progress }),
          onLog: ({ severity, message }) =>
            tell({ kind: 'log', record: { severity, message: redactSecrets(message) } }),
          onReason: (reason) => tell({ kind: 'reason', reason }),
          withDevice: ({ device }, work) =>
            withDeviceLock(
              deviceKey(device?.name ?? displayName(installation), gpu),
              {
                folder: path.join(this.#options.userData, 'locks'),
                holder: title,
                workers: bridge,
                signal,
                onWait: (sentence) => tell({ kind: 'waiting', sentence }),
              },
              work,
            ),
        },
      );
      return outcome;
    } catch (error) {
      return signal.aborted
        ? { kind: 'cancelled' }
        : { kind: 'impossible', error: withDevice(request, error) };
    }
  }
}

/** TensorRT was shown the config's GPU only, and says of one that is not there that there is no GPU at all. */
function withDevice({ build }: RequestedBuild, error: unknown): unknown {
  const device = build.get('device')?.value ?? 0;
  if (
    device === 0 ||
    !(error instanceof Error) ||
    !/no CUDA-capable device|error 100\b/.test(error.message)
  ) {
    return error;
  }
  return new Error(
    `There is no GPU ${device}, which the config asks for (\`device\`): \`nvidia-smi -L\` lists the GPUs of this machine, from 0.\n${error.message}`,
    { cause: error },
  );
}
