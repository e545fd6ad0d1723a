import type { Pointer } from '../../abi/methods.ts';
import type { IterationTimes, RunParams, TensorFile } from '../../engine-protocol.ts';
import { BridgeError } from '../../errors.ts';
import type { CudaGraph, Handle } from '../../native/cuda.ts';
import type { Engine } from '../../tensorrt/engine/engine.ts';
import type { ExecutionContext } from '../../tensorrt/engine/execution-context.ts';
import type { LoadedRuntime } from '../../tensorrt/engine/load-runtime.ts';
import { TensorBuffers } from '../../tensorrt/engine/tensor-buffers.ts';
import type { IterationClock } from './iteration-clock.ts';

/** One stream with its context and buffers. */
export class Lane {
  readonly stream: Handle;
  /** Bytes of the activations, where they are ours to give (kUSER_MANAGED). */
  readonly memory: number | undefined;
  readonly #runtime: LoadedRuntime;
  readonly #context: ExecutionContext;
  readonly #buffers: TensorBuffers;
  readonly #consumed: Handle;
  readonly #ownMemory: Pointer | undefined;
  #graph: CudaGraph | undefined;

  constructor(runtime: LoadedRuntime, engine: Engine, params: RunParams) {
    const { cuda } = runtime;
    this.#runtime = runtime;
    this.stream = cuda.createStream();
    this.#consumed = cuda.createEvent();
    this.#context = engine.createContext(params.allocationStrategy);
    this.#context.setProfile(params.profile, this.stream);
    cuda.synchronize(this.stream);
    this.#buffers = new TensorBuffers({
      engine,
      context: this.#context,
      cuda,
      profile: params.profile,
      inputs: params.inputs,
      allocators: runtime.outputAllocators,
    });
    if (params.allocationStrategy === 'kUSER_MANAGED') {
      this.memory = this.#context.neededMemory();
      this.#ownMemory = cuda.allocate(this.memory);
      this.#context.setMemory(this.#ownMemory, this.memory);
    }
    this.#context.setInputConsumedEvent(this.#consumed);
  }

  /** Records the run as a graph. Throws where that cannot be: memory that is found in a run, a layer that synchronizes. */
  capture(): void {
    if (!this.#buffers.isFixed) {
      throw new BridgeError(
        'tensorrtFailed',
        'The shape of an output shows only in a run; such runs are no CUDA graph.',
      );
    }
    // TensorRT asks for one run before a capture, for what it does only once.
    this.#context.enqueue(this.stream);
    this.synchronize();
    this.#graph = this.#runtime.cuda.capture(this.stream, () => this.#context.enqueue(this.stream));
  }

  dropGraph(): void {
    this.#graph?.destroy();
    this.#graph = undefined;
  }

  enqueue(transfers: boolean): void {
    if (transfers) {
      this.#buffers.enqueueInputs(this.stream);
    }
    this.#compute();
    if (transfers) {
      this.#buffers.enqueueOutputs(this.stream);
    }
  }

  /** Answers what reads the times, once they are wanted: it waits for the iteration's end. */
  enqueueTimed(clock: IterationClock, transfers: boolean): () => IterationTimes {
    const startH2d = clock.mark(this.stream);
    if (transfers) {
      this.#buffers.enqueueInputs(this.stream);
    }
    const startCompute = clock.mark(this.stream);
    const startEnqMs = clock.now();
    this.#compute();
    const endEnqMs = clock.now();
    const endCompute = clock.mark(this.stream);
    if (transfers) {
      this.#buffers.enqueueOutputs(this.stream);
    }
    const endD2h = clock.mark(this.stream);
    return () => {
      const startH2dMs = clock.read(startH2d);
      const startComputeMs = clock.read(startCompute);
      const endComputeMs = clock.read(endCompute);
      const endD2hMs = clock.read(endD2h);
      return {
        startEnqMs,
        endEnqMs,
        startH2dMs,
        endH2dMs: startComputeMs,
        startComputeMs,
        endComputeMs,
        startD2hMs: endComputeMs,
        endD2hMs,
      };
    };
  }

  /**
   * One run with ears: on a thread of its own, as listeners are called from there. They stay: TensorRT 10.6 takes no null for a
   * profiler, so whatever runs on the context afterwards is to run this way, too.
   */
  async runListening(listeners: {
    readonly profiler?: Pointer;
    readonly debug?: {
      readonly listener: Pointer;
      readonly tensors: readonly string[] | 'all';
      readonly unfused: boolean;
    };
  }): Promise<void> {
    if (listeners.profiler !== undefined) {
      this.#context.setProfiler(listeners.profiler);
    }
    if (listeners.debug) {
      const { listener, tensors, unfused } = listeners.debug;
      this.#context.setDebugListener(listener, tensors, unfused);
    }
    await this.#context.enqueueListening(this.stream);
    this.synchronize();
  }

  synchronize(): void {
    this.#runtime.cuda.synchronize(this.stream);
  }

  saveOutputs(directory: string): TensorFile[] {
    return this.#buffers.saveOutputs(directory);
  }

  dispose(): void {
    const { cuda } = this.#runtime;
    this.dropGraph();
    cuda.synchronizeAll();
    this.#context[Symbol.dispose]();
    this.#buffers.dispose();
    if (this.#ownMemory !== undefined) {
      cuda.free(this.#ownMemory);
    }
    cuda.destroyEvent(this.#consumed);
    cuda.destroyStream(this.stream);
  }

  #compute(): void {
    if (this.#graph) {
      this.#graph.launch();
    } else {
      this.#context.enqueue(this.stream);
    }
  }
}
