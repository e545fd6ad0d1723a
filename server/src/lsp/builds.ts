/** Engines that the editor asked for: the queue, what the editor is told of it, and TensorRT's messages. */
import { type CancellationToken, CodeLensRefreshRequest } from 'vscode-languageserver/node';
import { URI } from 'vscode-uri';
import type { BuildStage } from '../../../native-bridge/src/build-protocol.ts';
import type { BuildConfig } from '../build-config/model.ts';
import { enginePath, modelPath } from '../build-config/paths.ts';
import {
  type BuildEngineParams,
  type BuildEngineResult,
  type BuildLogLine,
  BuildLogNotification,
  type BuildState,
  type BuildStatus,
  type BuildStatusProblem,
  BuildsNotification,
} from '../build-protocol.ts';
import { runtimeWish } from '../tensorrt/build/choose-runtime.ts';
import type { BuildProblem } from '../tensorrt/build/failures/explain-failure.ts';
import {
  type AddOptions,
  type BuildEnd,
  type BuildEvent,
  BuildQueue,
  type QueuedBuild,
} from '../tensorrt/build/queue.ts';
import {
  buildOfModelFile,
  buildsOfConfig,
  isModelFile,
  type RequestedBuild,
} from '../tensorrt/build/requested-builds.ts';
import { builtSentence } from '../tensorrt/build/words.ts';
import { displayName } from '../tensorrt/installations/installation.ts';
import { userDataDirectory } from '../tensorrt/user-data.ts';
import type { WatchedBuild } from './build-problems.ts';
import { levelOfSeverity, messageOf } from './log.ts';
import type { RuntimeSelection } from './runtime-selection.ts';
import type { Session } from './session.ts';

type Parts = Pick<
  Session,
  'connection' | 'client' | 'configs' | 'runtimes' | 'trust' | 'log' | 'buildProblems'
>;

/** Milliseconds between two notifications while builds go on. */
const interval = 200;
/** Builds that are over and still told of. */
const keptBuilds = 50;

/** A build of this session as it is now. */
interface Entry {
  readonly build: QueuedBuild;
  readonly watched: WatchedBuild;
  state: BuildState;
  /** From performance.now(). */
  startedAt: number | undefined;
  endedAt: number | undefined;
  runtime: string | undefined;
  stage: BuildStage | undefined;
  phases: BuildStatus['phases'];
  message: string | undefined;
  isCancelling: boolean;
  readonly keepsProblems: boolean;
  end: BuildEnd | undefined;
}

export class Builds {
  readonly #parts: Parts;
  readonly #queue: BuildQueue;
  readonly #entries = new Map<number, Entry>();
  #timer: NodeJS.Timeout | undefined;
  #lastSent = Number.NEGATIVE_INFINITY;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#queue = new BuildQueue({
      runtimeFor: ({ build }) => this.runtimeFor(build),
      loadsLibraries: () => parts.trust.isGranted,
      userData: userDataDirectory(),
      cancelGrace: 500,
      onEvent: (build, event) => this.#hear(build, event),
    });
  }

  /** Answers when all of them are over. Throws an error for people where there is nothing to build. */
  async build(params: BuildEngineParams, token: CancellationToken): Promise<BuildEngineResult> {
    const requests = this.#requests(params);
    const builds = requests.map((request) => this.#add(request, { force: params.force === true }));
    const cancelling = token.onCancellationRequested(() => {
      for (const { id } of builds) this.cancel(id);
    });
    try {
      await Promise.all(builds.map(({ end }) => end));
    } finally {
      cancelling.dispose();
    }
    return { builds: builds.flatMap(({ id }) => this.#statusOf(this.#entries.get(id))) };
  }

  /**
   * One that follows from something else than a file's text; it is told of like any other. With `keepsProblems` its failure leaves the
   * diagnostics as they are: there will be another try.
   */
  async buildOne(
    build: BuildConfig,
    signal: AbortSignal,
    { keepsProblems = false, title }: { readonly keepsProblems?: boolean; readonly title?: string } = {},
  ): Promise<BuildEnd> {
    signal.throwIfAborted();
    const request = { build, problems: [], files: [] };
    const { id, end } = this.#add(request, title === undefined ? {} : { title }, keepsProblems);
    const cancel = () => this.#queue.cancel(id);
    signal.addEventListener('abort', cancel, { once: true });
    const result = await end;
    signal.removeEventListener('abort', cancel);
    signal.throwIfAborted();
    return result;
  }

  /** The TensorRT that would build. Rejects with an error for people where there is none. */
  async runtimeFor(build: BuildConfig): ReturnType<RuntimeSelection['forBuild']> {
    return await this.#parts.runtimes.forBuild(runtimeWish(build, this.#parts.trust.isGranted));
  }

  cancel(id: number): void {
    const entry = this.#entries.get(id);
    if (entry) entry.isCancelling = true;
    this.#queue.cancel(id);
    this.#tellAtOnce();
  }

  dispose(): void {
    this.#queue.cancelAll();
    this.#entries.clear();
    clearTimeout(this.#timer);
  }

  #requests({ uri, builds }: BuildEngineParams): RequestedBuild[] {
    const { scheme, fsPath: file } = URI.parse(uri);
    if (scheme !== 'file') throw new Error(`Only files can be built, not ${uri}.`);
    if (isModelFile(file)) return [buildOfModelFile(file)];
    const config = this.#parts.configs.resolve(uri);
    const requests = buildsOfConfig(config, builds ? { names: builds } : {});
    if (requests.length === 0) {
      const [problem] = config.problems;
      throw new Error(`${file} has no builds${problem ? `: ${problem.message}` : '.'}`);
    }
    return requests;
  }

  #add(request: RequestedBuild, options: AddOptions, keepsProblems = false): QueuedBuild {
    const build = this.#queue.add(request, options);
    this.#entries.set(build.id, {
      build,
      watched: this.#parts.buildProblems.watch(request.build),
      state: 'waiting',
      startedAt: undefined,
      endedAt: undefined,
      runtime: undefined,
      stage: undefined,
      phases: [],
      message: undefined,
      isCancelling: false,
      keepsProblems,
      end: undefined,
    });
    this.#forgetOld();
    this.#tellSoon();
    return build;
  }

  #hear(build: QueuedBuild, event: BuildEvent): void {
    const entry = this.#entries.get(build.id);
    if (!entry) return;
    switch (event.kind) {
      case 'started':
        entry.state = 'running';
        entry.startedAt = performance.now();
        break;
      case 'runtime':
        entry.runtime = displayName(event.installation);
        break;
      case 'reason':
        entry.message = event.reason;
        break;
      case 'waiting':
        entry.message = event.sentence;
        break;
      case 'progress':
        entry.stage = event.progress.stage;
        entry.phases = event.progress.phases;
        entry.message = undefined;
        break;
      case 'log':
        this.#log(build, levelOfSeverity[event.record.severity], event.record.message);
        return;
      case 'ended':
        entry.state = states[event.end.kind];
        entry.end = event.end;
        entry.endedAt = performance.now();
        entry.stage = undefined;
        entry.phases = [];
        entry.message = sentenceOf(event.end);
        entry.watched.end(
          entry.keepsProblems && event.end.kind === 'failed' ? undefined : diagnosedProblems(event.end),
          entry.runtime,
        );
        this.#refreshCodeLenses();
        this.#logEnd(build, entry);
        this.#tellAtOnce();
        break;
    }
    this.#tellSoon();
  }

  /** They say which engines are up to date. */
  #refreshCodeLenses(): void {
    const { connection, client, log } = this.#parts;
    if (client.refreshesCodeLenses) {
      connection
        .sendRequest(CodeLensRefreshRequest.type)
        .catch((error: unknown) => log.error('The editor did not refresh its code lenses', error));
    }
  }

  #logEnd(build: QueuedBuild, { state, message, end }: Entry): void {
    if (end?.kind === 'failed') {
      for (const problem of end.problems) {
        const advice = problem.advice === undefined ? '' : `\n${problem.advice}`;
        this.#log(build, 'error', `${state}: ${problem.message}${advice}`);
      }
    } else {
      const words = message === undefined ? state : `${state}: ${message}`;
      this.#log(build, state === 'failed' ? 'error' : 'info', words);
    }
  }

  #log({ id, title }: QueuedBuild, level: BuildLogLine['level'], message: string): void {
    const { connection, client, log } = this.#parts;
    if (client.isOurExtension) {
      void connection.sendNotification(BuildLogNotification.method, { id, title, level, message });
    } else {
      log.write('bridge', level, `${title}: ${message}`);
    }
  }

  #statusOf(entry: Entry | undefined): BuildStatus[] {
    if (!entry) return [];
    const { build, state, startedAt, endedAt, runtime, stage, phases, isCancelling, end } = entry;
    const message = isCancelling && !end ? 'Cancelling' : entry.message;
    const config = build.request.build;
    const problems = end ? problemsOf(end, config) : undefined;
    const engine =
      end && (end.kind === 'built' || end.kind === 'up-to-date') ? enginePath(config) : undefined;
    return [
      {
        id: build.id,
        title: build.title,
        uri: uriOf(config.file === '' ? modelPath(config) : config.file),
        build: config.name,
        state,
        ...(runtime !== undefined && { runtime }),
        ...(stage !== undefined && { stage }),
        phases,
        elapsed: startedAt === undefined ? 0 : (endedAt ?? performance.now()) - startedAt,
        ...(message !== undefined && { message }),
        ...(problems && { problems }),
        ...(engine !== undefined && { engineUri: uriOf(engine) }),
      },
    ];
  }

  /** At once where nothing was said for a while. */
  #tellSoon(): void {
    this.#timer ??= setTimeout(
      () => this.#tell(),
      Math.max(0, this.#lastSent + interval - performance.now()),
    );
  }

  /** What somebody waits for, and comes seldom. */
  #tellAtOnce(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tell(), 0);
  }

  #tell(): void {
    this.#timer = undefined;
    this.#lastSent = performance.now();
    const entries = [...this.#entries.values()].sort((a, b) => rank(a) - rank(b));
    const builds = entries.flatMap((entry) => this.#statusOf(entry));
    void this.#parts.connection.sendNotification(BuildsNotification.method, { builds });
  }

  #forgetOld(): void {
    const over = [...this.#entries.values()].filter(({ end }) => end);
    for (const { build } of over.slice(0, Math.max(0, over.length - keptBuilds)))
      this.#entries.delete(build.id);
  }
}

/** What waits or runs first, in its order; then what is over, the latest first. */
function rank({ build, end }: Entry): number {
  return end ? Number.MAX_SAFE_INTEGER - build.id : build.id;
}

const states: Readonly<Record<BuildEnd['kind'], BuildState>> = {
  built: 'succeeded',
  'up-to-date': 'up-to-date',
  failed: 'failed',
  refused: 'failed',
  impossible: 'failed',
  cancelled: 'cancelled',
};

function sentenceOf(end: BuildEnd): string | undefined {
  switch (end.kind) {
    case 'built':
      return builtSentence(end.provenance);
    case 'up-to-date':
      return 'Nothing changed since the engine was built.';
    case 'failed':
    case 'refused':
      return end.problems[0]?.message;
    case 'impossible':
      return messageOf(end.error);
    case 'cancelled':
      return undefined;
  }
}

/** Those of a wrong config are among its diagnostics already; a cancelled build has found nothing. */
function diagnosedProblems(end: BuildEnd): readonly BuildProblem[] | undefined {
  switch (end.kind) {
    case 'failed':
      return end.problems;
    case 'impossible':
      return [{ code: 'build.impossible', message: messageOf(end.error) }];
    case 'cancelled':
      return undefined;
    default:
      return [];
  }
}

function problemsOf(end: BuildEnd, build: RequestedBuild['build']): BuildStatusProblem[] | undefined {
  switch (end.kind) {
    case 'failed':
      return end.problems.map(({ code, message, advice, config, nodes }) => ({
        code,
        message,
        ...(advice !== undefined && { advice }),
        ...(config && config.file !== '' && { location: { uri: uriOf(config.file), range: config.range } }),
        ...(nodes && { nodes: { uri: uriOf(modelPath(build)), names: nodes } }),
      }));
    case 'refused':
      return end.problems.map(({ code, message, origin: { file, range } }) => ({
        code,
        message,
        location: { uri: uriOf(file), range },
      }));
    case 'impossible':
      return [{ code: 'build.impossible', message: messageOf(end.error) }];
    default:
      return undefined;
  }
}

function uriOf(file: string): string {
  return URI.file(file).toString();
}
