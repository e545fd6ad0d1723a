/** Why text cannot be moved, in sentences. */
import type { OnnxDocument } from '../../document.ts';
import { positionAt } from '../../source-text.ts';
import type { Statement } from './body.ts';

/** Statements that are not understood, or text between them that is not. */
export function brokenStatements(
  { tree, source }: OnnxDocument,
  statements: readonly Statement[],
): string | undefined {
  const [first, last] = [statements[0]?.segment ?? 0, statements.at(-1)?.segment ?? -1];
  const broken = tree.segments
    .slice(first, last + 1)
    .findIndex((segment) => segment.kind === 'skipped' || segment.problems.length > 0);
  if (broken < 0) {
    return undefined;
  }
  const line = positionAt(source, tree.starts[first + broken] ?? 0).line + 1;
  return `The text at line ${line} has a mistake. Correct it first, so that nothing is lost or changed in its meaning.`;
}
