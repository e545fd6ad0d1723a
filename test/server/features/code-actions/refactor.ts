/** Runs a code action on a text and answers the text that it makes. */
import assert from 'node:assert/strict';
import type { CodeAction, CodeActionContext } from 'vscode-languageserver-types';
import type { DataFile } from '../../../../server/src/features/code-actions/code-action.ts';
import {
  type CodeActionOptions,
  codeActions,
  resolveCodeAction,
} from '../../../../server/src/features/code-actions.ts';
import { createDocument, type OnnxDocument } from '../../../../server/src/features/document.ts';
import { offsetAt, positionAt } from '../../../../server/src/features/source-text.ts';
import { nodeFileAccess } from '../../../../server/src/node/file-access.ts';

const options: CodeActionOptions = { files: nodeFileAccess };

export interface Refactored {
  readonly text: string;
  readonly message: string | undefined;
  readonly title: string;
  readonly writes: readonly DataFile[];
}

/** The titles of what is offered at the cursor (`$0`), or at the start of a text without one. */
export function offeredTitles(marked: string, only?: string): string[] {
  const { document, offset } = at(marked);
  return offers(document, offset, only).map(({ title }) => title);
}

/** Applies the one action whose title matches. */
export function refactor(marked: string, title: RegExp, uri?: string): Refactored {
  const { document, offset } = at(marked, uri);
  return refactorDocument(document, title, offset);
}

export function refactorDocument(document: OnnxDocument, title: RegExp, offset = 0): Refactored {
  const action = actionOf(document, title, offset);
  const result = resolveCodeAction(document, action.data, options);
  assert.equal(result.kind, 'edit', result.kind === 'refused' ? result.reason : undefined);
  assert(result.kind === 'edit');
  const edits = result.edit.changes?.[document.uri] ?? [];
  let text = document.source.text.toString();
  let floor = text.length;
  for (const { range, newText } of edits.toReversed()) {
    const [start, end] = [offsetAt(document.source, range.start), offsetAt(document.source, range.end)];
    assert(end <= floor, 'edits do not overlap');
    text = text.slice(0, start) + newText + text.slice(end);
    floor = start;
  }
  return { text, message: result.message, title: action.title, writes: result.writes ?? [] };
}

/** Why the one action whose title matches cannot be applied. */
export function refusal(marked: string, title: RegExp, uri?: string): string {
  const { document, offset } = at(marked, uri);
  const result = resolveCodeAction(document, actionOf(document, title, offset).data, options);
  assert(result.kind === 'refused', 'it is done');
  return result.reason;
}

function actionOf(document: OnnxDocument, title: RegExp, offset: number): CodeAction {
  const found = offers(document, offset).filter((action) => title.test(action.title));
  const [action, ...others] = found;
  assert(action, `Nothing like ${title} is offered: ${offers(document, offset).map((other) => other.title)}`);
  assert.deepEqual(others, []);
  return action;
}

function offers(document: OnnxDocument, offset: number, only?: string): CodeAction[] {
  const position = positionAt(document.source, offset);
  const context: CodeActionContext = { diagnostics: [], ...(only !== undefined && { only: [only] }) };
  return codeActions(document, { start: position, end: position }, context, options);
}

function at(
  marked: string,
  uri = 'file:///models/model.onnxtxt',
): { document: OnnxDocument; offset: number } {
  const cursor = marked.indexOf('$0');
  const text = cursor < 0 ? marked : marked.slice(0, cursor) + marked.slice(cursor + 2);
  return { document: createDocument(uri, 1, text, nodeFileAccess), offset: Math.max(cursor, 0) };
}
