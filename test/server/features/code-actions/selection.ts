/** Code actions on a selection, which `«` and `»` mark, with the edit applied to the text and to the files it creates. */
import assert from 'node:assert/strict';
import type { Position, TextEdit, WorkspaceEdit } from 'vscode-languageserver-types';
import { CreateFile, TextDocumentEdit } from 'vscode-languageserver-types';
import type { ActionResult } from '../../../../server/src/features/code-actions/code-action.ts';
import {
  type CodeActionOptions,
  codeActions,
  resolveCodeAction,
} from '../../../../server/src/features/code-actions.ts';
import { createDocument, type OnnxDocument } from '../../../../server/src/features/document.ts';
import { offsetAt, positionAt, sourceText } from '../../../../server/src/features/source-text.ts';
import { nodeFileAccess } from '../../../../server/src/node/file-access.ts';
import { parseOnnxText } from '../../../../server/src/onnx/text/parse.ts';

export interface Selection {
  readonly document: OnnxDocument;
  readonly start: number;
  readonly end: number;
}

export interface Applied {
  readonly text: string;
  readonly rename: Position | undefined;
  readonly message: string | undefined;
  /** Texts of created files by URI. */
  readonly created: ReadonlyMap<string, string>;
}

export const allOptions: CodeActionOptions = { files: nodeFileAccess, createsFiles: true };

/** Without marks the selection is empty, at the start of the text; with `»` alone it is a cursor. */
export function selection(marked: string, uri = 'file:///models/model.onnxtxt'): Selection {
  const start = marked.indexOf('«');
  const text = marked.replace('«', '').replace('»', '');
  const end = marked.replace('«', '').indexOf('»');
  const from = start < 0 ? Math.max(end, 0) : start;
  return { document: createDocument(uri, 1, text, nodeFileAccess), start: from, end: Math.max(from, end) };
}

export function titles(selected: Selection, only = 'refactor'): string[] {
  return actions(selected, allOptions, only).map(({ title }) => title);
}

/** The text after the one action whose title matches; it has to be free of syntax problems. */
export function applied(selected: Selection, title: RegExp, options = allOptions): Applied {
  const result = resultOf(selected, title, options);
  assert.ok(result.kind === 'edit', result.kind === 'refused' ? result.reason : '');
  const { text, created } = withEdit(selected.document, result.edit);
  for (const made of [text, ...created.values()]) {
    const tree = parseOnnxText(made);
    const [problem] = tree.segments.flatMap((segment) => segment.problems);
    assert.equal(tree.problemCount, 0, `${problem?.message}\n${made.slice(0, 10_000)}`);
  }
  return { text, created, rename: result.rename, message: result.message };
}

export function refusalOf(selected: Selection, title: RegExp, options = allOptions): string {
  const result = resultOf(selected, title, options);
  assert.ok(result.kind === 'refused', 'it was not refused');
  return result.reason;
}

function resultOf(selected: Selection, title: RegExp, options: CodeActionOptions): ActionResult {
  const found = actions(selected, options);
  const action = found.find((candidate) => title.test(candidate.title));
  assert.ok(action, `${title} is not among ${JSON.stringify(found.map((other) => other.title))}`);
  return resolveCodeAction(selected.document, action.data, options);
}

function actions({ document, start, end }: Selection, options: CodeActionOptions, only = 'refactor') {
  const range = { start: positionAt(document.source, start), end: positionAt(document.source, end) };
  return codeActions(document, range, { diagnostics: [], only: [only] }, options);
}

function withEdit(
  document: OnnxDocument,
  { changes, documentChanges }: WorkspaceEdit,
): { readonly text: string; readonly created: ReadonlyMap<string, string> } {
  const created = new Map<string, string>();
  for (const change of documentChanges ?? []) {
    if (CreateFile.is(change)) {
      created.set(change.uri, '');
    } else {
      assert.ok(TextDocumentEdit.is(change));
      const { uri } = change.textDocument;
      const before = created.get(uri);
      assert.ok(before !== undefined, `${uri} is created first`);
      created.set(uri, withTextEdits(before, change.edits as TextEdit[]));
    }
  }
  return { text: withTextEdits(document.source.text.toString(), changes?.[document.uri] ?? []), created };
}

function withTextEdits(before: string, edits: readonly TextEdit[]): string {
  const source = sourceText(before);
  let text = before;
  let floor = before.length;
  for (const { range, newText } of edits.toReversed()) {
    const [start, end] = [offsetAt(source, range.start), offsetAt(source, range.end)];
    assert.ok(end <= floor, 'edits do not overlap');
    text = text.slice(0, start) + newText + text.slice(end);
    floor = start;
  }
  return text;
}
