export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** One row of the table: ours and the peer's median of the same run, in the same unit. */
export interface Row {
  readonly work: string;
  readonly ours: readonly number[];
  readonly unit: 'ms' | 'MB';
  readonly peer?: { readonly name: string; readonly samples: readonly number[] };
  readonly goal?: string;
}

export function printTable(rows: readonly Row[]): void {
  const cells = rows.map((row) => {
    const ours = median(row.ours);
    const peer = row.peer === undefined ? undefined : median(row.peer.samples);
    return [
      row.work,
      `${format(ours)} ${row.unit}`,
      peer === undefined ? '' : `${format(peer)} ${row.unit} (${row.peer?.name})`,
      peer === undefined ? '' : (ours / peer).toPrecision(2),
      row.goal ?? '',
    ];
  });
  const table = [['work', 'ours', 'peer', 'ours/peer', 'goal'], ...cells];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...table.map((line) => line[column]?.length ?? 0)));
  const line = (texts: readonly string[]): string =>
    `| ${texts.map((text, k) => text.padEnd(widths[k] ?? 0)).join(' | ')} |`;
  const [head, ...body] = table;
  console.log(line(head ?? []));
  console.log(`|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`);
  for (const cellTexts of body) console.log(line(cellTexts));
}

function format(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
