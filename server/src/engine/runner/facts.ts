/** What a program that runs an engine has to know of it. */
import type { EngineDescription, EngineTensor } from '../../../../native-bridge/src/engine-protocol.ts';
import type { Product } from '../../../../native-bridge/src/protocol.ts';

export interface RunnerFacts {
  /** File name or path, as the program is to open it by default. */
  readonly engine: string;
  readonly product: Product;
  /** Dotted, of the TensorRT that made the engine. */
  readonly version: string;
  readonly tensors: readonly EngineTensor[];
  readonly profileCount: number;
  /** Bytes; 0 where no weights can be streamed. */
  readonly streamable: number;
  readonly debugTensors: readonly string[];
  readonly loading?: RunnerLoading;
}

/** What a program does to load the engine, besides reading it. */
export interface RunnerLoading {
  /** Absent for a full TensorRT. */
  readonly kind?: 'lean' | 'dispatch';
  /** The engine loads only by the lean runtime inside it, which the user trusts. */
  readonly runsHostCode?: boolean;
  /** The lean runtime library that loads the engine (IRuntime::loadRuntime). */
  readonly leanRuntimePath?: string;
  /** Paths of plugin libraries that are loaded first. */
  readonly pluginLibraries: readonly string[];
}

export interface RunnerOptions {
  /** Index of the optimization profile. */
  readonly profile: number;
  /** Memory for activations is the program's own (kUSER_MANAGED). */
  readonly userManaged: boolean;
  /** Percent of the streamable weights on the device; TensorRT's own choice where absent. */
  readonly budgetPercent?: number;
}

export const runnerLanguages = ['cpp', 'python'] as const;
export type RunnerLanguage = (typeof runnerLanguages)[number];

export function factsOfDescription(
  description: EngineDescription,
  made: Pick<RunnerFacts, 'engine' | 'product' | 'version' | 'loading'>,
): RunnerFacts {
  const { tensors, profileCount, weights, debugTensors } = description;
  return { ...made, tensors, profileCount, streamable: weights.streamable ?? 0, debugTensors };
}
