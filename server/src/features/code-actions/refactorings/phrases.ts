/** Sentences that several refactorings say. */
import { syntaxDiagnostics } from '../../diagnostics/syntax.ts';
import type { OnnxDocument } from '../../document.ts';
import { type ActionResult, refused } from '../code-action.ts';

/** `1 node`, `2 nodes`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** `a, b and c`. */
export function enumerated(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** Refuses what needs to know all statements, where the text has syntax mistakes; else undefined. */
export function brokenText(document: OnnxDocument): ActionResult | undefined {
  const [problem] = document.tree.problemCount > 0 ? syntaxDiagnostics(document) : [];
  return (
    problem &&
    refused(
      `The text has syntax problems, the first in line ${problem.range.start.line + 1}. Correct them first.`,
    )
  );
}
