/** What a sweep over weight streaming budgets measured, and what follows from it. */
import type { Product } from '../../../../native-bridge/src/protocol.ts';
import type { TableSection } from '../describe-engine.ts';
import { byteText, millisecondsText } from '../sizes.ts';

export const sweepFormat = 'onnx-tensorrt-tools weight streaming';

/** One budget. */
export interface SweepPoint {
  /** Bytes of streamable weights that stay on the device. */
  readonly budget: number;
  /** Whether this is TensorRT's own choice (getWeightStreamingAutomaticBudget). */
  readonly isAutomatic: boolean;
  /** Of one inference on the device, milliseconds; absent where the run failed. */
  readonly latency?: { readonly median: number; readonly p95: number; readonly min: number };
  readonly inferences?: number;
  /** Bytes of the execution context: activations, and the scratch memory that streaming takes beside the budget. */
  readonly context?: number;
  /** Bytes of that scratch memory. */
  readonly scratch?: number;
  /** Bytes of the device in use by all processes, at most. */
  readonly device?: number;
  /** Why there is no latency, in words. */
  readonly failure?: string;
}

export interface WeightStreamingSweep {
  readonly format: typeof sweepFormat;
  readonly formatVersion: 1;
  /** Absolute path. */
  readonly engine: string;
  readonly model?: string;
  readonly runtime: { readonly product: Product; readonly version: string };
  readonly device: { readonly name: string; readonly computeCapability: string };
  /** Bytes. */
  readonly weights: {
    readonly total?: number;
    readonly streamable: number;
    readonly automaticBudget?: number;
  };
  /** What the runs were told, for people: `x:2x64x256`, `3 s`. */
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  /** From the smallest budget to the largest. */
  readonly points: readonly SweepPoint[];
}

/** The weights that stay, and the context: what an engine asks of the device for this budget. */
export function bytesOf({ budget, scratch = 0, context = scratch }: SweepPoint): number {
  return budget + context;
}

/** Without what is streaming's. */
function activations({ scratch = 0, context }: SweepPoint): number | undefined {
  return context === undefined ? undefined : Math.max(0, context - scratch);
}

/** `50%`, or bytes where no whole percent says it: as a config takes it. */
export function budgetValue({ budget, isAutomatic }: SweepPoint, streamable: number): string {
  if (isAutomatic) return 'automatic';
  const percent = Math.round((budget / streamable) * 100);
  return Math.floor((streamable * percent) / 100) === budget ? `${percent}%` : `${budget}B`;
}

export function percentText(budget: number, streamable: number): string {
  return `${((budget / streamable) * 100).toFixed(budget === streamable ? 0 : 1).replace(/\.0$/, '')} %`;
}

export interface SweepAdvice {
  /** The fastest point, and the one with least memory that is at most `tolerance` slower. Absent where no run succeeded. */
  readonly best?: SweepPoint;
  readonly knee?: SweepPoint;
  /** One or two sentences. */
  readonly sentence: string;
}

/** `tolerance`: 0.1 is 10 % more latency than the best. */
export function adviseBudget({ points, weights }: WeightStreamingSweep, tolerance = 0.1): SweepAdvice {
  const measured = points.filter(hasLatency);
  const [first, ...rest] = measured;
  if (!first) return { sentence: 'No budget could be measured.' };
  const best = rest.reduce(
    (least, point) => (point.latency.median < least.latency.median ? point : least),
    first,
  );
  const limit = best.latency.median * (1 + tolerance);
  const within = measured.filter(({ latency }) => latency.median <= limit);
  // Streaming takes scratch memory: a smaller budget may ask for more in all.
  const knee =
    [...within].sort((left, right) => bytesOf(left) - bytesOf(right) || bySize(left, right))[0] ?? best;
  const largest = [...measured].sort(bySize).at(-1) ?? best;
  const name = (point: SweepPoint) => percentText(point.budget, weights.streamable);
  const saved = bytesOf(largest) - bytesOf(knee);
  const ofBest = `within ${(tolerance * 100).toFixed(0)} % of the best latency`;
  const time = `${millisecondsText(knee.latency.median)} ms`;
  if (saved <= 0 || knee.budget === largest.budget) {
    if (largest.budget < weights.streamable) {
      return {
        best,
        knee,
        sentence: `Keep ${name(knee)} of the weights (${byteText(knee.budget)}) on the GPU: no larger budget could be measured, and an inference takes ${time}.`,
      };
    }
    const reason =
      measured.length === 1
        ? `no smaller budget was measured (${time})`
        : within.length > 1
          ? `the smaller budgets ${ofBest} (${millisecondsText(best.latency.median)} ms) save no memory, as streaming takes scratch memory`
          : `with a smaller budget no inference stays ${ofBest} (${time})`;
    return { best, knee, sentence: `Keep all weights on the GPU if they fit: ${reason}.` };
  }
  const cost =
    knee === best
      ? 'no slower than any other budget'
      : `${((knee.latency.median / best.latency.median - 1) * 100).toFixed(1)} % slower than the best, ${millisecondsText(best.latency.median)} ms at ${name(best)}`;
  return {
    best,
    knee,
    sentence: `A budget of ${name(knee)} (${byteText(knee.budget)}) asks for least memory ${ofBest}: an inference takes ${time}, ${cost}, and the GPU holds ${byteText(saved)} less than with a budget of ${name(largest)}.`,
  };
}

type Measured = SweepPoint & Required<Pick<SweepPoint, 'latency'>>;

export function hasLatency(point: SweepPoint): point is Measured {
  return point.latency !== undefined;
}

function bySize(left: SweepPoint, right: SweepPoint): number {
  return left.budget - right.budget;
}

export function sweepSection(sweep: WeightStreamingSweep, { best, knee }: SweepAdvice): TableSection {
  const { points, weights } = sweep;
  const bytes = (value: number | undefined) => (value === undefined ? '–' : byteText(value));
  return {
    kind: 'table',
    title: `Budgets: ${byteText(weights.streamable)} of weights can be streamed`,
    columns: ['Budget', 'Weights on GPU', 'Scratch', 'Activations', 'ms (median)', '95 %', 'GPU in use', ''],
    rows: points.map((point) => [
      percentText(point.budget, weights.streamable),
      byteText(point.budget),
      bytes(point.scratch),
      bytes(activations(point)),
      point.latency ? millisecondsText(point.latency.median) : '–',
      point.latency ? millisecondsText(point.latency.p95) : '–',
      bytes(point.device),
      point.failure ??
        [
          ...(point === knee ? ['recommended'] : []),
          ...(point === best ? ['fastest'] : []),
          ...(point.isAutomatic ? ['TensorRT’s own choice (automatic)'] : []),
        ].join(', '),
    ]),
  };
}

/** Undefined where the value is no sweep. */
export function readSweep(value: unknown): WeightStreamingSweep | undefined {
  if (typeof value !== 'object' || value === null || !('format' in value)) return undefined;
  const sweep = value as Partial<WeightStreamingSweep>;
  if (sweep.format !== sweepFormat) return undefined;
  if (sweep.formatVersion !== 1) {
    throw new Error('It is a sweep that a later version wrote: update to show it.');
  }
  const { points, weights } = sweep;
  if (
    !Array.isArray(points) ||
    !points.every(isPoint) ||
    !(typeof weights?.streamable === 'number' && weights.streamable > 0) ||
    !isMeasured(sweep)
  ) {
    throw new Error('It is a damaged sweep: its points, weights, engine or device are missing.');
  }
  return sweep as WeightStreamingSweep;
}

function isPoint(value: unknown): boolean {
  const { budget, latency } = (value ?? {}) as Partial<SweepPoint>;
  if (typeof budget !== 'number') return false;
  return latency === undefined || [latency?.median, latency?.p95].every((time) => typeof time === 'number');
}

/** Whether a file says which engine was measured, and where. */
export function isMeasured({
  engine,
  device,
}: Partial<Pick<WeightStreamingSweep, 'engine' | 'device'>>): boolean {
  return typeof engine === 'string' && typeof device?.name === 'string';
}
