import { type OnnxDocument, rangeInSegment } from '../features/document.ts';
import type { Span } from '../onnx/text/syntax-tree.ts';
import { excerpt } from './report/excerpt.ts';
import { printable, type Style } from './report/style.ts';

export interface TextProblem {
  readonly segment: number;
  readonly span: Span;
  readonly code: string;
  readonly message: string;
}

/** A text is no valid ONNX text. */
export class TextProblemsError extends Error {
  override readonly name = 'TextProblemsError';
  readonly file: string;
  readonly document: OnnxDocument;
  readonly problems: readonly TextProblem[];

  constructor(file: string, document: OnnxDocument, problems: readonly TextProblem[]) {
    super(`${file} has ${problems.length} problem${problems.length === 1 ? '' : 's'}.`);
    this.file = file;
    this.document = document;
    this.problems = problems;
  }
}

/** So many are shown. */
const shownProblems = 20;

/** The problems as a compiler shows them. */
export function renderTextProblems({ file, document, problems }: TextProblemsError, style: Style): string {
  const blocks = problems.slice(0, shownProblems).map(({ segment, span, code, message }) => {
    const { line, character } = rangeInSegment(document, segment, span).start;
    const start = (document.tree.starts[segment] ?? 0) + span.start;
    const end = (document.tree.starts[segment] ?? 0) + span.end;
    const head = `${style.bold(`${printable(file)}:${line + 1}:${character + 1}:`)} ${style.error('error:')} ${style.bold(printable(message))} ${style.dim(`[${code}]`)}`;
    return `${head}\n${excerpt(document.source, { start, end }, { style, mark: '^', paint: style.error })}`;
  });
  const more = problems.length - blocks.length;
  return [...blocks, ...(more > 0 ? [`… and ${more} more.`] : [])].join('\n');
}
