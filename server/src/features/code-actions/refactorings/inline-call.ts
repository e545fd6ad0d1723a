/** Writes the nodes of a local function where it is called: at one call, or at all of them, and takes the function out. */
import { calledFunction, functionAt, type LocalFunction } from '../../../onnx/analysis/functions.ts';
import { declarationAt, segmentsOf } from '../../../onnx/analysis/names.ts';
import type { GraphSyntax } from '../../../onnx/text/syntax-tree.ts';
import type { OnnxDocument } from '../../document.ts';
import { nodeAround, placeAt } from '../../elements.ts';
import { positionAt, type TextChange } from '../../source-text.ts';
import { graphsAround } from '../../values.ts';
import { type ActionResult, type CodeActionProvider, type OfferedAction, refused } from '../code-action.ts';
import { editOf } from '../edits.ts';
import { type Body, bodyOf, statementsOf } from '../rewriting/body.ts';
import { type CallSite, callsOf } from '../rewriting/calls.ts';
import { dimensionNamesOf } from '../rewriting/dimension-names.ts';
import { takenNames } from '../rewriting/fresh-names.ts';
import { importChanges } from '../rewriting/header-changes.ts';
import { inlinedCall } from '../rewriting/inlined-call.ts';
import { withEntries } from '../rewriting/list-entries.ts';
import { lineEndOf } from '../rewriting/statement-text.ts';
import { brokenText, counted } from './phrases.ts';
import { withoutStatement } from './removal.ts';

const kinds = { one: 'refactor.inline.call', all: 'refactor.inline.function' } as const;

export const inlineCall: CodeActionProvider = {
  kinds: Object.values(kinds),
  offer: ({ document, start, end }) => {
    const place = placeAt(document.tree, start);
    const segment = place && document.tree.segments[place.segment];
    if (!place || !segment) {
      return [];
    }
    if (segment.kind === 'function-signature') {
      const declaration = declarationAt(document.tree, place.segment);
      const called = declaration === undefined ? undefined : functionAt(document.tree, declaration);
      return called ? [inlineAll(document, called)] : [];
    }
    const node = nodeAround(place.path);
    const called = node && calledFunction(document.tree, node);
    if (!called || end > place.start + node.end) {
      return [];
    }
    const inside = place.path.slice(
      0,
      place.path.findLastIndex((part) => part.node === node),
    );
    const declaration = declarationAt(document.tree, place.segment) ?? 0;
    const body = bodyOf(document, { declaration, graphs: graphsAround(inside) }, place.segment);
    const one: OfferedAction = {
      id: 'one',
      title: `Inline call of "${called.name}"`,
      kind: kinds.one,
      edit: () => {
        const statement = statementsOf(document, body).find((candidate) => candidate.node === node);
        return statement
          ? inlined(document, called, [{ body, statement }], callsOf(document, called).length === 1)
          : refused('The call is no longer there. Ask for the actions again.');
      },
    };
    return [one, inlineAll(document, called)];
  },
};

function inlineAll(document: OnnxDocument, called: LocalFunction): OfferedAction {
  return {
    id: 'all',
    title: `Inline all calls of "${called.name}" and remove it`,
    kind: kinds.all,
    edit: () => {
      const calls = callsOf(document, called);
      if (calls.length === 0) {
        return refused(`Nothing calls "${called.name}". Remove Dead Code takes such functions out.`);
      }
      const nested = calls.find(({ body }) => body.scope.declaration === called.declaration);
      if (nested) {
        return refused(
          `"${called.name}" calls itself (line ${lineOf(document, nested)}), which ONNX does not allow. Correct that first.`,
        );
      }
      const inside = calls.find(
        ({ statement }, index) => statement.start < (calls[index - 1]?.statement.end ?? 0),
      );
      if (inside) {
        return refused(
          `The call in line ${lineOf(document, inside)} is inside an attribute of another call of "${called.name}". Inline that one first.`,
        );
      }
      return inlined(document, called, calls, calls.length === 1, true);
    },
  };
}

function inlined(
  document: OnnxDocument,
  called: LocalFunction,
  calls: readonly CallSite[],
  isOnlyCall: boolean,
  isLast = false,
): ActionResult {
  const broken = brokenText(document);
  if (broken) {
    return broken;
  }
  const changes: TextChange[] = [];
  const imports = new Map<number, Map<string, number>>();
  const entries = new Map<number | GraphSyntax, { readonly body: Body; readonly added: readonly string[] }>();
  const taken = new Map<number, ReturnType<typeof namesOf>>();
  for (const call of calls) {
    const { declaration } = call.body.scope;
    const names = taken.get(declaration) ?? namesOf(document, declaration);
    taken.set(declaration, names);
    const result = inlinedCall(document, called, call, { taken: names, isOnlyCall });
    if (result.kind === 'refused') {
      return refused(result.reason);
    }
    changes.push(result.change);
    const own = call.body.scope.graphs.at(-1) ?? declaration;
    entries.set(own, { body: call.body, added: [...(entries.get(own)?.added ?? []), ...result.entries] });
    const needed = imports.get(declaration) ?? new Map();
    imports.set(declaration, new Map([...needed, ...result.imports]));
  }
  for (const { body, added } of entries.values()) {
    changes.push(...withEntries(document, body, added));
  }
  const ofModel = new Map<string, number>();
  for (const [declaration, needed] of imports) {
    for (const [domain, version] of needed) {
      ofModel.set(domain, version);
    }
    if (document.tree.declarations[declaration]?.kind === 'function') {
      changes.push(...importChanges(document, declaration, needed));
    }
  }
  changes.push(...importChanges(document, 'model', ofModel));
  if (isLast) {
    changes.push(removal(document, called));
  }
  const sentences = [
    ...(isLast ? [`Inlined ${counted(calls.length, 'call')} of "${called.name}".`] : []),
    ...lostWith(calls),
  ];
  return editOf(document, changes, sentences.length > 0 ? sentences.join(' ') : undefined);
}

/** What was said of a call cannot be said of any one of the nodes that take its place. */
function lostWith(calls: readonly CallSite[]): string[] {
  const described = calls.filter(({ statement: { node } }) =>
    node.annotations.some(({ key }) => key === 'doc_string' || key === 'metadata_props'),
  ).length;
  if (described === 0) {
    return [];
  }
  return [
    described === 1
      ? 'The doc string and metadata of the call are gone with it.'
      : `The doc strings and metadata of ${described} calls are gone with them.`,
  ];
}

function namesOf(document: OnnxDocument, declaration: number) {
  return { ...takenNames(document, declaration), dimensions: dimensionNamesOf(document, declaration) };
}

function removal({ tree, source }: OnnxDocument, { declaration }: LocalFunction): TextChange {
  const { from } = segmentsOf(tree, declaration);
  const text = source.text.toString();
  const place = { start: tree.starts[from] ?? 0, end: tree.declarations[declaration]?.end ?? 0 };
  const { start, end } = withoutStatement(text, place, tree.declarations[declaration - 1]?.end ?? 0);
  // What stands before and behind it is to be one blank line apart.
  const before = start - (/\s*$/.exec(text.slice(0, start))?.[0].length ?? 0);
  const behind = end + (/^\s*/.exec(text.slice(end))?.[0].length ?? 0);
  const lineEnd = lineEndOf(text);
  return { start: before, end: behind, text: behind === text.length ? lineEnd : lineEnd + lineEnd };
}

function lineOf({ source }: OnnxDocument, { statement }: CallSite): number {
  return positionAt(source, statement.start).line + 1;
}
