/** What the values of a tensor are like. Two passes over its chunks: one for the numbers, one for the histogram. */
import type { ValueFile } from './value-file.ts';

export interface ValueStatistics {
  readonly count: number;
  readonly nan: number;
  readonly positiveInfinity: number;
  readonly negativeInfinity: number;
  readonly zeros: number;
  /** Of the finite values; absent where there are none. */
  readonly finite?: {
    readonly min: number;
    readonly max: number;
    readonly mean: number;
    readonly standardDeviation: number;
    /** Root of the mean square. */
    readonly magnitude: number;
    readonly histogram: ValueHistogram;
  };
}

/** Bars of equal width over the finite values. */
export interface ValueHistogram {
  readonly start: number;
  readonly width: number;
  readonly counts: readonly number[];
}

const mostBars = 40;

export function valueStatistics({
  count,
  chunks,
  type,
}: Pick<ValueFile, 'count' | 'chunks' | 'type'>): ValueStatistics {
  let [nan, positiveInfinity, negativeInfinity, zeros, finite] = [0, 0, 0, 0, 0];
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  // Welford's way: the sum of squares of big numbers close to each other would lose their differences.
  let [mean, deviations] = [0, 0];
  for (const chunk of chunks()) {
    for (const value of chunk) {
      if (Number.isFinite(value)) {
        finite++;
        if (value === 0) zeros++;
        if (value < min) min = value;
        if (value > max) max = value;
        const difference = value - mean;
        mean += difference / finite;
        deviations += difference * (value - mean);
      } else if (Number.isNaN(value)) nan++;
      else if (value > 0) positiveInfinity++;
      else negativeInfinity++;
    }
  }
  const counts = { count, nan, positiveInfinity, negativeInfinity, zeros };
  if (finite === 0) return counts;
  const { average, spread } = Number.isFinite(deviations)
    ? { average: mean, spread: Math.sqrt(deviations / finite) }
    : scaledMoments(chunks, Math.max(-min, max), finite);
  return {
    ...counts,
    finite: {
      min,
      max,
      mean: average,
      standardDeviation: spread,
      magnitude: Math.hypot(spread, average),
      histogram: histogramOf(chunks, min, max, barsFor(min, max, finite, type.isFloat)),
    },
  };
}

/** Of doubles whose squares are beyond all doubles. */
function scaledMoments(
  chunks: ValueFile['chunks'],
  greatest: number,
  finite: number,
): { readonly average: number; readonly spread: number } {
  let [sum, squares] = [0, 0];
  for (const chunk of chunks()) {
    for (const value of chunk) {
      if (!Number.isFinite(value)) continue;
      sum += value / greatest;
      squares += (value / greatest) ** 2;
    }
  }
  const average = sum / finite;
  const spread = Math.sqrt(Math.max(0, squares / finite - average * average));
  return { average: average * greatest, spread: spread * greatest };
}

/** Integers that are close together have a bar each. */
function barsFor(min: number, max: number, finite: number, isFloat: boolean): number {
  if (max === min) return 1;
  if (!isFloat && max - min < mostBars) return max - min + 1;
  return Math.min(mostBars, Math.max(4, Math.ceil(Math.log2(finite)) + 1));
}

function histogramOf(chunks: ValueFile['chunks'], min: number, max: number, bars: number): ValueHistogram {
  const isPerValue = bars === max - min + 1;
  const width = max === min ? 0 : isPerValue ? 1 : max / bars - min / bars;
  const counts = new Array<number>(bars).fill(0);
  for (const chunk of chunks()) {
    for (const value of chunk) {
      if (!Number.isFinite(value)) continue;
      const bar = width === 0 ? 0 : Math.min(bars - 1, Math.floor(value / width - min / width));
      counts[bar] = (counts[bar] ?? 0) + 1;
    }
  }
  return { start: min, width, counts };
}
