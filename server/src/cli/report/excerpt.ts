import type { SourceText } from '../../features/source-text.ts';
import { printable, type Style } from './style.ts';

/** Columns of text that are shown of a line; longer lines are cut around what is underlined. */
const shownColumns = 100;

/**
 * The line of a range with a mark under it:
 * ```
 *    18 |   t = Bernoulli (x)
 *       |       ^^^^^^^^^
 * ```
 * A range that goes on in the next line is marked to the end of its first.
 */
export function excerpt(
  source: SourceText,
  range: { readonly start: number; readonly end: number },
  { style, mark, paint }: { style: Style; mark: '^' | '-'; paint: (text: string) => string },
): string {
  const lineIndex = lineOf(source, range.start);
  const lineStart = source.lineStarts[lineIndex] ?? 0;
  const lineEnd = source.lineStarts[lineIndex + 1] ?? source.text.length;
  const line = source.text.slice(lineStart, lineEnd).replace(/[\r\n]+$/, '');
  const from = Math.min(range.start - lineStart, line.length);
  const to = Math.max(from + 1, Math.min(range.end - lineStart, line.length));
  const { left, right } = windowAround(line.length, from, to);
  const before = `${left > 0 ? '…' : ''}${line.slice(left, from)}`;
  const marked = line.slice(from, Math.min(to, right));
  const after = `${line.slice(to, right)}${right < line.length ? '…' : ''}`;
  const number = String(lineIndex + 1).padStart(5);
  const shown = `${printable(before)}${printable(marked)}${printable(after)}`;
  const columns = (text: string) => [...printable(text)].length;
  const underline = `${' '.repeat(columns(before))}${mark.repeat(Math.max(1, columns(marked)))}`;
  return [
    `${style.dim(`${number} |`)} ${shown.trimEnd()}`,
    `${style.dim(`${' '.repeat(number.length)} |`)} ${paint(underline)}`,
  ].join('\n');
}

function windowAround(length: number, from: number, to: number): { left: number; right: number } {
  if (length <= shownColumns) return { left: 0, right: length };
  const marked = Math.min(to - from, shownColumns);
  const left = Math.max(0, Math.min(from - Math.floor((shownColumns - marked) / 2), length - shownColumns));
  return { left, right: Math.min(length, left + shownColumns) };
}

function lineOf({ lineStarts }: SourceText, offset: number): number {
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
