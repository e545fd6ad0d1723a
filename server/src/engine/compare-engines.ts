/** What two engines have otherwise, section by section. */
import type { Section } from './describe-engine.ts';

/** Rows that differ; a table's rows are known by their first cell. */
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
      if (old === now) return [];
      return [
        {
          label: label.split('\n')[0] ?? label,
          ...(old !== undefined && { before: old }),
          ...(now !== undefined && { after: now }),
        },
      ];
    });
    return rows.length > 0 ? [{ title, rows }] : [];
  });
}

/** Labels may repeat; a line break and a number tells them apart. */
function entriesOf(section: Section | undefined): Map<string, string> {
  const entries = new Map<string, string>();
  for (const [label, value] of pairsOf(section)) {
    let [key, count] = [label, 1];
    while (entries.has(key)) key = `${label}\n${++count}`;
    entries.set(key, value);
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
