import type { TextEdit } from 'vscode-languageserver-types';
import type { OnnxDocument } from '../document.ts';
import { rangeOf, type TextChange } from '../source-text.ts';
import type { ActionResult } from './code-action.ts';

/** The edit of one document, and what it did in a sentence. Changes are all relative to its present text, in any order, and do not overlap. */
export function editOf(
  document: OnnxDocument,
  changes: readonly TextChange[],
  message?: string,
): ActionResult {
  return {
    kind: 'edit',
    edit: { changes: { [document.uri]: textEdits(document, changes) } },
    ...(message !== undefined && { message }),
  };
}

export function textEdits({ source }: OnnxDocument, changes: readonly TextChange[]): TextEdit[] {
  return [...changes]
    .sort((a, b) => a.start - b.start || a.end - b.end)
    .map(({ start, end, text }) => ({ range: rangeOf(source, start, end), newText: text }));
}
