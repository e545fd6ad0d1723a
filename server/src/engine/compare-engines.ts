/** What two engines have otherwise, section by section. */
import type { Section } from './describe-engine.ts';
import { comparableName } from './layer-names.ts';

/** Rows that differ; a table's rows are known by their first cell, layers but for TensorRT's counters. */
export interface SectionDifference {
  readonly title: string;
  readonly rows: readonly {
    readonly label: string;
    /** Absent where only the other has it. */
    readonly before?: string;
    readonly after?: string;
  }[];
}

export function compareSections(before: readonly Section[], after: readonly Section[]): SectionDifference[] {
  const titles = [...new Set([...before, ...after].map(({ title }) => title))];
  return titles.flatMap((title) => {
    const [left, right] = [before, after].map((sections) =>
      entriesOf(sections.find((section) => section.title === title)),
    );
    const labels = [...new Set([...(left?.keys() ?? []), ...(right?.keys() ?? [])])];
    const rows = labels.flatMap((label) => {
      const [old, now] = [left?.get(label), right?.get(label)];
      if (old?.value === now?.value) return [];
      return [
        {
          label: (old ?? now)?.label ?? '',
          ...(old && { before: old.value }),
          ...(now && { after: now.value }),
        },
      ];
    });
    return rows.length > 0 ? [{ title, rows }] : [];
  });
}

interface Entry {
  readonly label: string;
  readonly value: string;
}

/** Labels may repeat; a line break and a number tells them apart. */
function entriesOf(section: Section | undefined): Map<string, Entry> {
  const isOfLayers = section?.kind === 'table' && section.columns[0] === 'Layer';
  const entries = new Map<string, Entry>();
  for (const [label, value] of pairsOf(section)) {
    const name = isOfLayers ? comparableName(label) : label;
    let [key, count] = [name, 1];
    while (entries.has(key)) key = `${name}\n${++count}`;
    entries.set(key, { label, value });
  }
  return entries;
}

function pairsOf(section: Section | undefined): readonly (readonly [string, string])[] {
  if (!section) return [];
  if (section.kind === 'rows') return section.rows;
  const { columns } = section;
  return section.rows.map(([label = '', ...cells]) => [
    label,
    cells.flatMap((cell, index) => (cell === '' ? [] : [`${columns[index + 1]}: ${cell}`])).join(' · '),
  ]);
}
