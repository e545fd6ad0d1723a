/** The requests of engine-protocol.ts that open, describe and close engines. */
import type { Pointer } from '../abi/methods.ts';
import type {
  ContextMemoryParams,
  ContextMemoryResult,
  OpenEngineParams,
  OpenEngineResult,
  RefittableWeights,
} from '../engine-protocol.ts';
import { BridgeError } from '../errors.ts';
import { writeBytes } from '../native/host-bytes.ts';
import type { LogRecord } from '../protocol.ts';
import { describeEngine } from '../tensorrt/engine/describe.ts';
import type { Engine } from '../tensorrt/engine/engine.ts';
import type { LoadedRuntime } from '../tensorrt/engine/load-runtime.ts';
import { valueBytes } from '../tensorrt/engine/tensor-buffers.ts';
import { isAtLeastAsBad } from '../tensorrt/logger.ts';

/** The open engines of a bridge. */
export class Engines {
  readonly #runtime: LoadedRuntime;
  readonly #engines = new Map<number, Engine>();
  #next = 1;

  constructor(runtime: LoadedRuntime) {
    this.#runtime = runtime;
  }

  open(params: OpenEngineParams): OpenEngineResult {
    const { runtime, logger, plugins } = this.#runtime;
    for (const path of params.pluginLibraries) {
      plugins.load(path);
    }
    const recording = recordLog(logger);
    try {
      const loader =
        params.leanRuntimePath === undefined ? runtime : runtime.loadRuntime(params.leanRuntimePath);
      const start = performance.now();
      const engine = loader.loadEngine(params.enginePath, {
        hostCodeAllowed: params.hostCodeAllowed,
        ...(params.dlaCore !== undefined && { dlaCore: params.dlaCore }),
      });
      const milliseconds = performance.now() - start;
      const id = this.#next++;
      this.#engines.set(id, engine);
      return { engine: id, description: describeEngine(engine), milliseconds, log: recording.records };
    } finally {
      recording.stop();
    }
  }

  /** Throws `wrongOrder` for an engine that is not open. */
  get(id: number): Engine {
    const engine = this.#engines.get(id);
    if (!engine) {
      throw new BridgeError('wrongOrder', `There is no open engine ${id}; open it first.`);
    }
    return engine;
  }

  close(id: number): void {
    const engine = this.get(id);
    this.#engines.delete(id);
    engine[Symbol.dispose]();
  }
}

export function refittableWeights(runtime: LoadedRuntime, engine: Engine): RefittableWeights {
  using refitter = runtime.createRefitter(engine);
  return refitter.weights();
}

/** What contexts of each strategy take, for given shapes. */
export function contextMemory(
  runtime: LoadedRuntime,
  engine: Engine,
  { shapes }: ContextMemoryParams,
): ContextMemoryResult {
  const { memory } = describeEngine(engine);
  return {
    rows: shapes.map(({ profile, inputs }) => ({
      profile,
      kSTATIC: memory.activations,
      kON_PROFILE_CHANGE: memory.profiles[profile] ?? memory.activations,
      kUSER_MANAGED: userManagedMemory(runtime, engine, profile, inputs),
    })),
  };
}

function userManagedMemory(
  { cuda }: LoadedRuntime,
  engine: Engine,
  profile: number,
  inputs: ContextMemoryParams['shapes'][number]['inputs'],
): number | string {
  const stream = cuda.createStream();
  const hosts: Pointer[] = [];
  try {
    using context = engine.createContext('kUSER_MANAGED');
    context.setProfile(profile, stream);
    cuda.synchronize(stream);
    for (const [name, { dims, source }] of Object.entries(inputs)) {
      if (dims) {
        context.setInputShape(name, dims);
      }
      // Shapes of other tensors follow from these values.
      if (source?.kind === 'values') {
        const bytes = valueBytes(engine.type(name), source.values);
        const host = cuda.allocateHost(bytes.length);
        hosts.push(host);
        writeBytes(host, bytes);
        context.setAddress(name, host);
      }
    }
    return context.neededMemory();
  } catch (error) {
    if (error instanceof BridgeError) {
      return error.message;
    }
    throw error;
  } finally {
    for (const host of hosts) {
      cuda.freeHost(host);
    }
    cuda.destroyStream(stream);
  }
}

/** Messages of severity warning and worse, until it is stopped. */
export function recordLog(logger: LoadedRuntime['logger']): {
  readonly records: LogRecord[];
  readonly stop: () => void;
} {
  const records: LogRecord[] = [];
  const stop = logger.listen((record) => {
    if (isAtLeastAsBad(record.severity, 'warning')) {
      records.push(record);
    }
  });
  return { records, stop };
}
