/** Sections of an engine's description on a terminal. */
import type { SectionDifference } from '../../engine/compare-engines.ts';
import type { Section } from '../../engine/describe-engine.ts';
import { printable, type Style, wrap } from '../report/style.ts';

/** Longer cells, which would push all others out of line and sight, are cut in their middle; JSON has them whole. */
const widestColumn = 60;
const textWidth = 100;

export function sectionText(name: string, sections: readonly Section[], style: Style): string {
  return [
    style.bold(printable(name)),
    ...sections.map((section) => `${style.bold(section.title)}\n${bodyOf(section, style)}`),
  ]
    .join('\n\n')
    .concat('\n');
}

function bodyOf(section: Section, style: Style): string {
  if (section.kind === 'table') return tableText(section.columns, section.rows, style);
  const width = Math.max(...section.rows.map(([label]) => Math.min(label.length, widestColumn)));
  return section.rows
    .map(([label, value]) => {
      const [first = '', ...rest] = wrap(printable(value), textWidth);
      const indent = ' '.repeat(width + 4);
      return [`  ${printable(label).padEnd(width)}  ${first}`, ...rest.map((line) => indent + line)].join(
        '\n',
      );
    })
    .join('\n');
}

/** Columns as wide as their cells, the last one as it is. */
export function tableText(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  style: Style,
): string {
  const cells = [columns, ...rows].map((row) =>
    row.map((cell, column) => (column < columns.length - 1 ? shortened(printable(cell)) : printable(cell))),
  );
  const widths = columns.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd();
  const [head = [], ...body] = cells;
  return [style.dim(line(head)), ...body.map(line)].join('\n');
}

/** Names of exporters say most at their ends. */
function shortened(cell: string): string {
  if (cell.length <= widestColumn) return cell;
  const end = Math.ceil(widestColumn * 0.7);
  return `${cell.slice(0, widestColumn - end - 1)}…${cell.slice(-end)}`;
}

export function differenceText(
  names: readonly string[],
  differences: readonly SectionDifference[],
  style: Style,
): string {
  const [before = '', after = ''] = names.map(printable);
  if (differences.length === 0) return `${before} and ${after} do not differ in what is known of them.\n`;
  return [
    `${style.bold(`- ${before}`)}\n${style.bold(`+ ${after}`)}`,
    ...differences.map(
      ({ title, rows }) =>
        `${style.bold(title)}\n${rows
          .map((row) =>
            [
              `  ${printable(row.label)}`,
              ...(row.before === undefined ? [] : [`    - ${printable(row.before)}`]),
              ...(row.after === undefined ? [] : [`    + ${printable(row.after)}`]),
            ].join('\n'),
          )
          .join('\n')}`,
    ),
  ]
    .join('\n\n')
    .concat('\n');
}
