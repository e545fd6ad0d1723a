export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** What a row is measured against, in the same run and the same unit; `missing` says why it could not be. */
export type Peer =
  | { readonly name: string; readonly samples: readonly number[] }
  | { readonly name: string; readonly missing: string };

export interface Row {
  readonly work: string;
  readonly ours: readonly number[];
  readonly unit: 'ms' | 'MB';
  readonly goal?: string;
  readonly peer?: Peer;
}

const head = ['work', 'ours', 'goal', 'peer', 'ours/peer'] as const;

/** A table of medians; below it, why peers are missing. */
export function printTable(rows: readonly Row[]): void {
  const lines = rows.map(({ work, ours, unit, goal, peer }) => [
    work,
    `${format(median(ours))} ${unit}`,
    goal ?? '',
    peer === undefined
      ? ''
      : 'missing' in peer
        ? `(${peer.name} is missing)`
        : `${format(median(peer.samples))} ${unit} (${peer.name})`,
    peer === undefined || 'missing' in peer ? '' : format(median(ours) / median(peer.samples)),
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...lines.map((line) => line[column]?.length ?? 0)),
  );
  const lineOf = (texts: readonly string[]): string =>
    `| ${texts.map((text, k) => text.padEnd(widths[k] ?? 0)).join(' | ')} |`;
  console.log(lineOf(head));
  console.log(`|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`);
  for (const line of lines) console.log(lineOf(line));
  const missing = new Map(
    rows.flatMap(({ peer }) => (peer && 'missing' in peer ? [[peer.name, peer.missing] as const] : [])),
  );
  for (const [name, reason] of missing) console.log(`\n${name} is missing: ${reason}`);
}

/** The same as one JSON document, with all samples. */
export function printJson(rows: readonly Row[]): void {
  const medians = rows.map(({ peer, ...row }) => ({
    ...row,
    median: median(row.ours),
    ...(peer && {
      peer: 'missing' in peer ? peer : { ...peer, median: median(peer.samples) },
    }),
  }));
  console.log(JSON.stringify({ node: process.version, rows: medians }, undefined, 2));
}

function format(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
