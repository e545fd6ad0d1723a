/**
 * Runs an engine: warm-up, timed iterations, layer times, debug tensors. As enqueueV3 wants it: one stream per context from the copy of
 * the inputs to the copy of the outputs, an event that says when inputs may be overwritten, and no synchronization within.
 */
import { setImmediate } from 'node:timers/promises';
import { type CancellationToken, ResponseError } from 'vscode-jsonrpc';
import type { IterationTimes, RunParams, RunResult } from '../engine-protocol.ts';
import { BridgeError } from '../errors.ts';
import { DeviceMemoryWatch } from '../native/device-memory-watch.ts';
import { requestCancelled } from '../protocol.ts';
import { describeEngine } from '../tensorrt/engine/describe.ts';
import type { Engine } from '../tensorrt/engine/engine.ts';
import type { LoadedRuntime } from '../tensorrt/engine/load-runtime.ts';
import { recordLog } from './engines.ts';
import { IterationClock } from './run/iteration-clock.ts';
import { Lane } from './run/lane.ts';

export async function runEngine(
  runtime: LoadedRuntime,
  engine: Engine,
  params: RunParams,
  token: CancellationToken,
): Promise<RunResult> {
  const recording = recordLog(runtime.logger);
  const watch = new DeviceMemoryWatch(runtime.cuda);
  const lanes: Lane[] = [];
  const notes: string[] = [];
  try {
    if (params.weightStreamingBudget !== undefined) {
      engine.setWeightStreamingBudget(params.weightStreamingBudget);
    }
    for (let index = 0; index < Math.max(params.timing.streams, 1); index++) {
      lanes.push(new Lane(runtime, engine, params));
    }
    const [first] = lanes;
    if (!first) {
      throw new RangeError('A run takes one stream at least.');
    }
    const cudaGraph = prepareGraphs(lanes, params);
    await warmUp(lanes, params, token);
    const iterations = await measure(runtime, lanes, params, token);
    const layers = params.profileLayers ? await profileLayers(runtime, first, params, token) : [];
    const debugTensors = params.debug ? await catchDebugTensors(runtime, first, params.debug, notes) : [];
    const description = describeEngine(engine);
    const { scratch } = description.weights;
    const outputs = params.outputDirectory === undefined ? [] : first.saveOutputs(params.outputDirectory);
    return {
      iterations,
      cudaGraph,
      layers,
      outputs,
      debugTensors,
      memory: {
        context: first.memory ?? description.memory.activations,
        device: watch.peak(),
        ...(params.weightStreamingBudget !== undefined && scratch !== undefined && { scratch }),
      },
      log: recording.records,
      notes,
    };
  } finally {
    for (const lane of lanes) {
      lane.dispose();
    }
    runtime.outputAllocators.clear();
    watch.stop();
    recording.stop();
  }
}

function prepareGraphs(lanes: readonly Lane[], { timing }: RunParams): RunResult['cudaGraph'] {
  if (!timing.cudaGraph) {
    return { used: false };
  }
  try {
    for (const lane of lanes) {
      lane.capture();
    }
    return { used: true };
  } catch (error) {
    if (error instanceof BridgeError) {
      for (const lane of lanes) {
        lane.dropGraph();
      }
      return { used: false, reason: error.message };
    }
    throw error;
  }
}

async function warmUp(
  lanes: readonly Lane[],
  { timing }: RunParams,
  token: CancellationToken,
): Promise<void> {
  const end = performance.now() + timing.warmUp;
  do {
    for (const lane of lanes) {
      lane.enqueue(timing.transfers);
    }
    for (const lane of lanes) {
      lane.synchronize();
    }
    await throwIfCancelled(token);
  } while (performance.now() < end);
}

/** Iterations go round the lanes; each lane has one under way while the next is enqueued. */
async function measure(
  { cuda }: LoadedRuntime,
  lanes: readonly Lane[],
  { timing }: RunParams,
  token: CancellationToken,
): Promise<IterationTimes[]> {
  const [first] = lanes;
  if (!first || timing.iterations <= 0) {
    return [];
  }
  const clock = new IterationClock(cuda, first.stream);
  const times: IterationTimes[] = [];
  const pending: (() => IterationTimes)[] = [];
  const end = performance.now() + timing.duration * 1000;
  try {
    for (let count = 0; count < timing.iterations || performance.now() < end; ) {
      for (const lane of lanes) {
        pending.push(lane.enqueueTimed(clock, timing.transfers));
        count++;
      }
      // Events are read when their iteration is over; two per lane keep the device busy.
      while (pending.length > 2 * lanes.length) {
        const read = pending.shift();
        if (read) {
          times.push(read());
        }
      }
      await throwIfCancelled(token);
    }
    times.push(...pending.map((read) => read()));
    return times;
  } finally {
    cuda.synchronizeAll();
    clock.dispose();
  }
}

async function profileLayers(
  { profiler }: LoadedRuntime,
  lane: Lane,
  { timing }: RunParams,
  token: CancellationToken,
): Promise<RunResult['layers']> {
  profiler.take();
  for (let count = 0; count < Math.max(timing.iterations, 1); count++) {
    await lane.runListening({ profiler: profiler.address });
    await throwIfCancelled(token);
  }
  return profiler.take();
}

async function catchDebugTensors(
  { debugListener }: LoadedRuntime,
  lane: Lane,
  debug: NonNullable<RunParams['debug']>,
  notes: string[],
): Promise<RunResult['debugTensors']> {
  debugListener.begin(debug.directory);
  await lane.runListening({ debug: { listener: debugListener.address, ...debug } });
  const { tensors, failures } = debugListener.end();
  notes.push(...failures.map((failure) => `A debug tensor was lost: ${failure}`));
  return tensors;
}

/** Lets messages arrive, a cancellation among them. */
async function throwIfCancelled(token: CancellationToken): Promise<void> {
  await setImmediate();
  if (token.isCancellationRequested) {
    throw new ResponseError(requestCancelled, 'The run was cancelled.');
  }
}
