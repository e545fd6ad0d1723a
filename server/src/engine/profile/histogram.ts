/** How often inferences take how long. */
export interface Histogram {
  /** Milliseconds where the first bar begins, and how wide each is. */
  readonly start: number;
  readonly width: number;
  readonly counts: readonly number[];
}

/** Of at least one value, in as many bars as Sturges' rule says, at most 60. */
export function histogram(values: readonly number[]): Histogram {
  const start = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const end = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const bars = end > start ? Math.min(60, Math.ceil(Math.log2(values.length)) + 1) : 1;
  const width = end > start ? (end - start) / bars : 0;
  const counts = new Array<number>(bars).fill(0);
  for (const value of values) {
    const bar = width === 0 ? 0 : Math.min(bars - 1, Math.floor((value - start) / width));
    counts[bar] = (counts[bar] ?? 0) + 1;
  }
  return { start, width, counts };
}
