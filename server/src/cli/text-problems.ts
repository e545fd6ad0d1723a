import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver-types';
import type { OnnxDocument } from '../features/document.ts';
import { offsetAt } from '../features/source-text.ts';
import { excerpt } from './report/excerpt.ts';
import { printable, type Style } from './report/style.ts';

/** So many are shown. */
const shownProblems = 20;

/** Problems as a compiler shows them. */
export function renderProblems(
  file: string,
  { source }: OnnxDocument,
  problems: readonly Diagnostic[],
  style: Style,
): string {
  const blocks = problems.slice(0, shownProblems).map(({ range, code, message, severity }) => {
    const isError = severity === DiagnosticSeverity.Error;
    const paint = isError ? style.error : style.note;
    const place = `${printable(file)}:${range.start.line + 1}:${range.start.character + 1}:`;
    const head = `${style.bold(place)} ${paint(isError ? 'error:' : 'warning:')} ${style.bold(printable(typeof message === 'string' ? message : message.value))}`;
    const offsets = { start: offsetAt(source, range.start), end: offsetAt(source, range.end) };
    return `${head} ${style.dim(`[${code}]`)}\n${excerpt(source, offsets, { style, mark: '^', paint })}`;
  });
  const more = problems.length - blocks.length;
  return [...blocks, ...(more > 0 ? [`… and ${more} more.`] : [])].join('\n');
}
