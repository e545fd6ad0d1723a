/** What a GPU program notes down, and which of its expectations failed. */
import { readFileSync } from 'node:fs';

export class Record {
  readonly entries: { [section: string]: unknown } = {};
  readonly failures: string[] = [];

  /** Runs a part; what it throws is a failure of its own, and the rest goes on. */
  async section(name: string, work: () => Promise<unknown>): Promise<void> {
    const start = performance.now();
    try {
      const entry = await work();
      this.entries[name] = { ...(entry as object), seconds: round((performance.now() - start) / 1000) };
    } catch (error) {
      this.failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
    console.error(`${round((performance.now() - start) / 1000)} s  ${name}`);
  }

  expect(what: string, holds: boolean, actual?: unknown): void {
    if (!holds) {
      this.failures.push(`${what}${actual === undefined ? '' : `: ${JSON.stringify(actual)}`}`);
    }
  }
}

export function round(value: number, digits = 3): number {
  return Number(value.toFixed(digits));
}

export function floats(file: string): Float32Array {
  const bytes = readFileSync(file);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

/** Largest difference between two files of floats, relative to the largest value. */
export function difference(file: string, reference: string): number {
  const [actual, expected] = [floats(file), floats(reference)];
  if (actual.length !== expected.length) {
    return Number.POSITIVE_INFINITY;
  }
  let [largest, most] = [0, 0];
  for (const [index, value] of expected.entries()) {
    largest = Math.max(largest, Math.abs((actual[index] ?? Number.NaN) - value));
    most = Math.max(most, Math.abs(value));
  }
  return Number.isNaN(largest) ? Number.POSITIVE_INFINITY : largest / Math.max(most, 1e-9);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
