/** A run in the Chrome trace format, for Perfetto (ui.perfetto.dev) and chrome://tracing. */
import type { IterationTimes } from '../../../../native-bridge/src/engine-protocol.ts';
import type { LayerMapping } from '../map-layers.ts';
import type { ProfiledLayer } from './profile.ts';

interface TraceEvent {
  readonly name: string;
  readonly ph: 'X' | 'M';
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly ts?: number;
  readonly dur?: number;
  readonly args?: Readonly<Record<string, unknown>>;
}

const inferenceProcess = 1;
const layerProcess = 2;

/**
 * `mapped`: in the order of the layers. Inferences on a track for each of enqueueing, both copies and computing (more where inferences overlap). Layers on a track of their
 * own, one after another from 0 with their median times: IProfiler tells how long they take, not when they begin.
 */
export function chromeTrace(
  iterations: readonly IterationTimes[],
  layers: readonly ProfiledLayer[],
  mapped: readonly LayerMapping[] = [],
): string {
  const traceEvents = [...inferenceEvents(iterations), ...layerEvents(layers, mapped)];
  return `${JSON.stringify({ displayTimeUnit: 'ms', traceEvents })}\n`;
}

const tracks = [
  { name: 'Enqueue (host)', start: 'startEnqMs', end: 'endEnqMs' },
  { name: 'Host to device', start: 'startH2dMs', end: 'endH2dMs' },
  { name: 'Compute', start: 'startComputeMs', end: 'endComputeMs' },
  { name: 'Device to host', start: 'startD2hMs', end: 'endD2hMs' },
] as const;
/** Room for as many tracks of one kind. */
const lanesEach = 64;

function inferenceEvents(iterations: readonly IterationTimes[]): TraceEvent[] {
  if (iterations.length === 0) return [];
  const events: TraceEvent[] = [named('process_name', inferenceProcess, 0, 'Inferences')];
  for (const [kind, { name, start, end }] of tracks.entries()) {
    const lanes: number[] = [];
    for (const [index, times] of iterations.entries()) {
      const [from, to] = [times[start], times[end]];
      // Without transfers these have no length, and would only be in the way.
      if (to <= from) continue;
      const free = lanes.findIndex((busyUntil) => busyUntil <= from + 1e-9);
      const lane = free >= 0 ? free : Math.min(lanes.length, lanesEach - 1);
      lanes[lane] = to;
      events.push(
        span(`Inference ${index + 1}`, inferenceProcess, kind * lanesEach + lane, from, to - from, {}),
      );
    }
    for (const lane of lanes.keys()) {
      const label = lanes.length === 1 ? name : `${name} ${lane + 1}`;
      events.push(named('thread_name', inferenceProcess, kind * lanesEach + lane, label));
    }
  }
  return events;
}

function layerEvents(layers: readonly ProfiledLayer[], mapped: readonly LayerMapping[]): TraceEvent[] {
  if (layers.length === 0) return [];
  let at = 0;
  return [
    named('process_name', layerProcess, 0, 'Layers of one inference (median times, one after another)'),
    named('thread_name', layerProcess, 0, 'Layers'),
    ...layers.map(({ name, median, average }, index) => {
      const mapping = mapped[index];
      const event = span(name, layerProcess, 0, at, median, {
        averageMs: average,
        ...(mapping?.layer.type !== undefined && { type: mapping.layer.type }),
        ...(mapping?.layer.tactic !== undefined && { tactic: mapping.layer.tactic }),
        ...(mapping &&
          mapping.nodes.length > 0 && { onnxNodes: mapping.nodes.map((node) => node.name).join(', ') }),
      });
      at += median;
      return event;
    }),
  ];
}

function span(
  name: string,
  pid: number,
  tid: number,
  start: number,
  milliseconds: number,
  args: Readonly<Record<string, unknown>>,
): TraceEvent {
  return { name, ph: 'X', pid, tid, ts: start * 1000, dur: milliseconds * 1000, args };
}

function named(name: string, pid: number, tid: number, label: string): TraceEvent {
  return { name, ph: 'M', pid, tid, args: { name: label } };
}
