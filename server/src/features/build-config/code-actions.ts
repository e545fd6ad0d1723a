/** textDocument/codeAction in configs: the fixes that problems bring, and turning a trtexec line into a config. */
import {
  type CodeAction,
  type CodeActionContext,
  CodeActionKind,
  type Diagnostic,
  type Range,
  type TextEdit,
} from 'vscode-languageserver-types';
import type { ConfigFix, ConfigProblem } from '../../build-config/model.ts';
import { configText, fromTrtexec } from '../../build-config/trtexec/from-trtexec.ts';
import { findTrtexecLines, type TrtexecLine, trtexecLineOf } from '../../build-config/trtexec/lines.ts';
import { offsetAt, rangeOf } from '../source-text.ts';
import { uriOfFile } from './diagnostics.ts';
import type { ConfigDocument } from './document.ts';

/** `problems`: all that the diagnostics were made of. */
export function configCodeActions(
  document: ConfigDocument,
  range: Range,
  { diagnostics, only }: CodeActionContext,
  problems: readonly ConfigProblem[],
): CodeAction[] {
  const actions = [...fixes(document, range, diagnostics, problems), ...conversion(document, range)];
  return actions.filter(
    ({ kind = '' }) =>
      only === undefined || only.some((wanted) => kind === wanted || kind.startsWith(`${wanted}.`)),
  );
}

function fixes(
  document: ConfigDocument,
  range: Range,
  diagnostics: readonly Diagnostic[],
  problems: readonly ConfigProblem[],
): CodeAction[] {
  return problems
    .filter(({ origin }) => origin.file === document.file && touches(origin.range, range))
    .flatMap((problem) => {
      const shown = diagnostics.filter(
        ({ code, message }) => code === problem.code && message === problem.message,
      );
      return (problem.fixes ?? []).map((fix) => actionOf(fix, shown));
    });
}

function actionOf({ title, edits, isPreferred }: ConfigFix, diagnostics: Diagnostic[]): CodeAction {
  const changes: Record<string, TextEdit[]> = {};
  for (const { origin, newText } of edits) {
    const uri = uriOfFile(origin.file);
    changes[uri] = [...(changes[uri] ?? []), { range: origin.range, newText }];
  }
  return {
    title,
    kind: CodeActionKind.QuickFix,
    diagnostics,
    ...(isPreferred && { isPreferred }),
    edit: { changes },
  };
}

/** A trtexec line at the selection becomes keys in its place. */
function conversion(document: ConfigDocument, range: Range): CodeAction[] {
  const found = lineAt(document, range);
  if (!found) return [];
  const { line, start, end } = found;
  const converted = fromTrtexec(line.words);
  const notes = [...converted.problems.map(({ message }) => message), ...leftOut(document.text, found)]
    .map((note) => `# ${note.replaceAll(/\s*\n\s*/g, ' ')}\n`)
    .join('');
  return [
    {
      title: 'Turn this trtexec line into a config',
      kind: CodeActionKind.RefactorRewrite,
      edit: {
        changes: {
          [document.uri]: [
            {
              range: rangeOf(document.source, start, end),
              newText: `${notes}${configText(converted)}`.trimEnd(),
            },
          ],
        },
      },
    },
  ];
}

/** What a shell made of the rest of the line, which is no setting: `CUDA_VISIBLE_DEVICES=1 time`, `> log.txt`. */
function leftOut(
  text: string,
  { line, start, end }: { readonly line: TrtexecLine; readonly start: number; readonly end: number },
): string[] {
  return [text.slice(start, line.start), text.slice(line.end, end)]
    .map((part) => part.trim())
    .filter((part) => /[A-Za-z0-9]/.test(part))
    .map((part) => `Left out of the line: ${part}`);
}

/** From the line's start, with what stands before the program's name (`$ `, variables), to the end of its last line. */
function lineAt(
  { text, source }: ConfigDocument,
  range: Range,
): { readonly line: TrtexecLine; readonly start: number; readonly end: number } | undefined {
  const [from, to] = [offsetAt(source, range.start), offsetAt(source, range.end)];
  for (const line of findTrtexecLines(text)) {
    const start = text.lastIndexOf('\n', line.start - 1) + 1;
    if (start <= to && line.end >= from) return { line, start, end: lineEndAt(text, line.end) };
  }
  // Flags alone, as one copies them out of a script.
  const start = text.lastIndexOf('\n', from - 1) + 1;
  const flags = trtexecLineOf(text.slice(start));
  if (!flags || start + flags.end < to) return undefined;
  const line = { ...flags, start: start + flags.start, end: start + flags.end };
  return { line, start: line.start, end: lineEndAt(text, line.end) };
}

function lineEndAt(text: string, offset: number): number {
  const rest = /[^\r\n]*/y;
  rest.lastIndex = offset;
  rest.exec(text);
  return rest.lastIndex;
}

function touches(first: Range, second: Range): boolean {
  const before = (a: Range['start'], b: Range['start']) =>
    a.line < b.line || (a.line === b.line && a.character < b.character);
  return !before(first.end, second.start) && !before(second.end, first.start);
}
