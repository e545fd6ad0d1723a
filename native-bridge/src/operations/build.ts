import { type CancellationToken, ResponseError } from 'vscode-jsonrpc';
import { decodeVersion } from '../abi/version.ts';
import type { BuildFailure, BuildParams, BuildProgress, BuildResult, BuildStage } from '../build-protocol.ts';
import { BridgeError } from '../errors.ts';
import { DeviceMemoryWatch } from '../native/device-memory-watch.ts';
import { type LogRecord, type ParserErrorRecord, requestCancelled } from '../protocol.ts';
import type { Builder } from '../tensorrt/builder.ts';
import type { BuilderConfig } from '../tensorrt/builder-config.ts';
import { applySettings, RefusedSetting } from '../tensorrt/builder-settings.ts';
import type { HostMemory } from '../tensorrt/host-memory.ts';
import { unfitLeanRuntime } from '../tensorrt/lean-runtime.ts';
import { isAtLeastAsBad } from '../tensorrt/logger.ts';
import type { Network } from '../tensorrt/network.ts';
import type { TensorRT } from '../tensorrt/tensorrt.ts';
import { readTimingCache, writeTimingCache } from '../tensorrt/timing-cache.ts';
import { type ModelInputContext, parseInput, readModelInput } from './model-input.ts';
import { ProgressReport } from './progress-report.ts';

export interface BuildContext extends ModelInputContext {
  readonly announce: (operation: string) => void;
  readonly onProgress: (progress: BuildProgress) => void;
  readonly token: CancellationToken;
  readonly afterwards: (work: () => void) => void;
}

/**
 * Builds one engine and writes its plan. What TensorRT refuses is an answer (`failure`); BridgeErrors are for what does not come to
 * that: a model that cannot be read, a file that cannot be written. A cancellation is followed at TensorRT's next step.
 */
export async function build(params: BuildParams, context: BuildContext): Promise<BuildResult> {
  const { tensorrt, announce, token, afterwards } = context;
  const input = { ...params, zeroInitializers: [] };
  const timingCachePath = usableTimingCache(params, tensorrt);
  const model = readModelInput(input);
  const record = new BuildRecord(tensorrt);
  const report = new ProgressReport(
    tensorrt.progressMonitor(),
    context.onProgress,
    () => token.isCancellationRequested,
  );
  try {
    loadPlugins(params, context);
    announce(`parsing ${params.modelPath} for a build`);
    const network = tensorrt.builder.createNetwork({ stronglyTyped: params.stronglyTyped });
    afterwards(() => network[Symbol.dispose]());
    // The network refers to weights that the parser holds: it stays until the build is over.
    const parser = tensorrt.parsers.createParser(network);
    afterwards(() => parser[Symbol.dispose]());
    const config = tensorrt.builder.createConfig();
    afterwards(() => config[Symbol.dispose]());
    for (const flag of params.parserFlags) {
      parser.setFlag(flag);
    }
    for (const flag of params.clearedParserFlags ?? []) {
      parser.clearFlag(flag);
    }
    if (
      params.parserFlags.includes('kREPORT_CAPABILITY_DLA') ||
      params.parserFlags.includes('kADJUST_FOR_DLA')
    ) {
      config.setDefaultDeviceType('kDLA');
      parser.setBuilderConfig(config);
    }
    report.stage('parsing');
    const parsed = record.time('parsing', () => parseInput(parser, model, input, context));
    if (!parsed) {
      return record.result(
        { stage: 'parsing', message: 'TensorRT’s ONNX parser refuses the model.' },
        parser.errors(),
      );
    }
    report.stage('configuring');
    announce(`configuring the build of ${params.modelPath}`);
    const failure = record.time('configuring', () => configure(params, config, network, record, context));
    if (failure) {
      return record.result(failure);
    }
    report.stage('building');
    announce(`building an engine of ${params.modelPath}`);
    config.set('setProgressMonitor', report.address);
    const built = await record.timeAsync('building', () =>
      runBuild(tensorrt.builder, network, config, params.kernelTextPath !== undefined),
    );
    record.phases = report.totals();
    if (!built) {
      throwIfCancelled(token);
      return record.result({ stage: 'building', message: tensorrt.logger.takeErrors() });
    }
    using plan = built.plan;
    using kernelText = built.kernelText;
    report.stage('writing');
    announce(`writing ${params.enginePath}`);
    await record.timeAsync('writing', async () => {
      await plan.writeTo(params.enginePath);
      if (params.kernelTextPath !== undefined) {
        await kernelText?.writeTo(params.kernelTextPath);
      }
      if (timingCachePath !== undefined) {
        record.timingCacheWritten = writeTimingCache(config, timingCachePath);
      }
    });
    return record.result(undefined, [], plan.byteLength);
  } finally {
    report.end();
    record.end();
    announce('');
  }
}

/** Without a GPU, TensorRT for RTX can read no cache, not even its own. */
function usableTimingCache({ timingCachePath }: BuildParams, { mode }: TensorRT): string | undefined {
  return mode === 'gpu' ? timingCachePath : undefined;
}

function loadPlugins({ pluginLibraries }: BuildParams, { tensorrt, announce }: BuildContext): void {
  for (const path of pluginLibraries) {
    announce(`loading the plugins of ${path}`);
    tensorrt.plugins.load(path);
  }
}

function configure(
  params: BuildParams,
  config: BuilderConfig,
  network: Network,
  record: BuildRecord,
  { tensorrt }: BuildContext,
): BuildFailure | undefined {
  const { calls, builder, logger } = tensorrt;
  const note = (sentence: string) => record.notes.push(sentence);
  try {
    const onMarked = (weights: readonly string[]) => {
      record.markedWeights = weights;
    };
    applySettings({ calls, builder, logger, network, config, note, onMarked }, params.settings);
    checkLeanRuntime(params.settings, tensorrt);
    const timingCachePath = usableTimingCache(params, tensorrt);
    if (timingCachePath !== undefined) {
      record.timingCacheRead = readTimingCache(config, timingCachePath, logger);
    } else if (params.timingCachePath !== undefined) {
      note('Nothing is timed without a GPU: the timing cache is neither read nor written.');
    }
    return undefined;
  } catch (error) {
    if (error instanceof RefusedSetting) {
      return { stage: 'configuring', message: error.message, setting: error.setting };
    }
    if (error instanceof BridgeError && error.name === 'timingCacheRefused') {
      return { stage: 'configuring', message: error.message, setting: 'timingCachePath' };
    }
    throw error;
  }
}

function checkLeanRuntime({ flags = [] }: BuildParams['settings'], { versionNumber, calls }: TensorRT): void {
  const embeds = flags.includes('kVERSION_COMPATIBLE') && !flags.includes('kEXCLUDE_LEAN_RUNTIME');
  if (!embeds || calls.abi.product !== 'TensorRT') return;
  const unfit = unfitLeanRuntime(decodeVersion(versionNumber));
  if (unfit !== undefined) throw new RefusedSetting('flags.kVERSION_COMPATIBLE', unfit);
}

async function runBuild(
  builder: Builder,
  network: Network,
  config: BuilderConfig,
  withKernelText: boolean,
): Promise<{ readonly plan: HostMemory; readonly kernelText?: HostMemory } | undefined> {
  if (withKernelText) {
    return await builder.buildWithKernelText(network, config);
  }
  const plan = await builder.build(network, config);
  return plan && { plan };
}

function throwIfCancelled(token: CancellationToken): void {
  if (token.isCancellationRequested) {
    throw new ResponseError(requestCancelled, 'The build was cancelled.');
  }
}

/** What is noted down while a build goes on. */
class BuildRecord {
  readonly notes: string[] = [];
  timingCacheRead: number | undefined;
  timingCacheWritten: number | undefined;
  markedWeights: readonly string[] | undefined;
  phases: BuildResult['phases'] = [];
  readonly #milliseconds = { parsing: 0, configuring: 0, building: 0, writing: 0 };
  readonly #log: LogRecord[] = [];
  readonly #stopListening: () => void;
  readonly #deviceMemory: DeviceMemoryWatch | undefined;

  constructor({ logger, cuda }: TensorRT) {
    this.#stopListening = logger.listen((message) => {
      if (isAtLeastAsBad(message.severity, 'warning')) {
        this.#log.push(message);
      }
    });
    this.#deviceMemory = cuda && new DeviceMemoryWatch(cuda);
    logger.takeErrors();
  }

  time<Value>(stage: BuildStage, work: () => Value): Value {
    const start = performance.now();
    try {
      return work();
    } finally {
      this.#milliseconds[stage] = performance.now() - start;
    }
  }

  async timeAsync<Value>(stage: BuildStage, work: () => Promise<Value>): Promise<Value> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.#milliseconds[stage] = performance.now() - start;
    }
  }

  result(
    failure: BuildFailure | undefined,
    parserErrors: readonly ParserErrorRecord[] = [],
    engineBytes?: number,
  ): BuildResult {
    const device = this.#deviceMemory?.peak();
    const kibibyte = 1024;
    return {
      ...(failure && { failure }),
      parserErrors,
      log: this.#log,
      ...(engineBytes !== undefined && { engineBytes }),
      milliseconds: this.#milliseconds,
      phases: this.phases,
      peakMemory: {
        host: process.resourceUsage().maxRSS * kibibyte,
        ...(device !== undefined && { device }),
      },
      ...(this.timingCacheWritten !== undefined && {
        timingCache: { read: this.timingCacheRead ?? 0, written: this.timingCacheWritten },
      }),
      ...(this.markedWeights && { markedWeights: this.markedWeights }),
      notes: this.notes,
    };
  }

  end(): void {
    this.#stopListening();
    this.#deviceMemory?.stop();
  }
}
