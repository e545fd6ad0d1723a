import { TextProblemsError } from '../node/text-problems.ts';
import type { Style } from './report/style.ts';
import { printable } from './report/style.ts';
import { renderProblems } from './text-problems.ts';

/** What standard error shows of an error. */
export function errorText(error: unknown, style: Style): string {
  const words = error instanceof Error ? error.message : String(error);
  const line = `${style.error('error:')} ${words.split('\n').map(printable).join('\n')}`;
  if (!(error instanceof TextProblemsError)) return line;
  const { file, document, problems } = error;
  return `${renderProblems(file, document, problems, style)}\n${line}`;
}
