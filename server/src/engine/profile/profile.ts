/** How long an engine and its layers take: measured by us, or by trtexec. */
import type { IterationTimes, RunResult } from '../../../../native-bridge/src/engine-protocol.ts';

export interface Profile {
  /** Of the measured inferences; empty where only layers are known. */
  readonly iterations: readonly IterationTimes[];
  /** In the order in which they run; empty where they were not profiled. */
  readonly layers: readonly ProfiledLayer[];
  /** How many inferences the layers were timed in. */
  readonly layerRuns: number;
}

/** Milliseconds of one layer. */
export interface ProfiledLayer {
  readonly name: string;
  /** Of all runs together. */
  readonly total: number;
  /** Of one run. */
  readonly average: number;
  readonly median: number;
  /** Of each run; absent in trtexec's exports. */
  readonly runs?: readonly number[];
}

export function profileOfRun({ iterations, layers }: Pick<RunResult, 'iterations' | 'layers'>): Profile {
  return {
    iterations,
    layers: layers.map(({ name, milliseconds }) => profiledLayer(name, milliseconds)),
    layerRuns: layers.reduce((most, { milliseconds }) => Math.max(most, milliseconds.length), 0),
  };
}

export function profiledLayer(name: string, runs: readonly number[]): ProfiledLayer {
  const total = sum(runs);
  return {
    name,
    total,
    average: runs.length === 0 ? 0 : total / runs.length,
    median: runs.length === 0 ? 0 : median([...runs].sort((left, right) => left - right)),
    runs,
  };
}

/** Of numbers in ascending order, at least one. */
export function median(sorted: readonly number[]): number {
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
