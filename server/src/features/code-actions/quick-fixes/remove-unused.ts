/** Takes out what nothing uses: a node, an initializer, a stated type, a function, the second import of a domain. */

import { functionsOf } from '../../../onnx/analysis/functions.ts';
import { subgraphsOf } from '../../../onnx/analysis/segment-names.ts';
import { importsOf } from '../../../onnx/checks/header.ts';
import { isKnownDomain } from '../../../onnx/checks/operators.ts';
import type { NodeStatement, Segment } from '../../../onnx/text/syntax-tree.ts';
import type { TextChange } from '../../source-text.ts';
import type { CodeActionProvider, CodeActionRequest } from '../code-action.ts';
import { editOf } from '../edits.ts';
import { withoutEntries, withoutStatement } from '../refactorings/removal.ts';
import { entriesOf } from '../rewriting/body.ts';
import { modelHeader } from '../rewriting/header-changes.ts';
import { withoutListEntries } from '../rewriting/list-entries.ts';
import { bodyAround, fixOf, type Problem, problemsWith, statementAround } from './problem-place.ts';

const titles: ReadonlyMap<string, string> = new Map([
  ['onnx.unused-node', 'Remove the node'],
  ['onnx.unused-initializer', 'Remove the initializer'],
  ['onnx.stale-value-info', 'Remove the stated type'],
  ['onnx.unused-function', 'Remove the function'],
  ['onnx.duplicate-opset-import', 'Remove this import'],
  ['onnx.unknown-domain', 'Remove this import, which nothing uses'],
]);

export const removeUnusedFix: CodeActionProvider = {
  kinds: ['quickfix'],
  *offer(request) {
    for (const problem of problemsWith(request, new Set(titles.keys()))) {
      if (problem.code === 'onnx.unknown-domain' && usesDomain(request, domainAt(problem))) continue;
      yield fixOf(problem, titles.get(problem.code) ?? '', () =>
        editOf(request.document, changesFor(request, problem)),
      );
    }
  },
};

function changesFor(request: CodeActionRequest, problem: Problem): readonly TextChange[] {
  switch (problem.code) {
    case 'onnx.unused-node':
      return withoutNode(request, problem);
    case 'onnx.unused-function':
      return withoutFunction(request, problem);
    case 'onnx.duplicate-opset-import':
    case 'onnx.unknown-domain':
      return withoutImport(request, problem.segment, problem.base, problem.start);
    default:
      return withoutEntry(request, problem);
  }
}

/** A value info of an output that goes with its node goes, too. */
function withoutNode(request: CodeActionRequest, problem: Problem): readonly TextChange[] {
  const { document } = request;
  const statement = statementAround(request, problem);
  if (!statement) return [];
  const body = bodyAround(request, problem);
  const entries = entriesOf(document, body);
  const names = new Set(statement.node.outputs.map(({ name }) => name));
  const isStated = (index: number) => {
    const declaration = entries[index]?.declaration;
    return declaration !== undefined && !declaration.data && names.has(declaration.name.name);
  };
  return [
    withoutStatement(document.source.text.toString(), statement, statement.previousEnd),
    ...withoutListEntries(document, body, entries, isStated),
  ];
}

function withoutEntry(request: CodeActionRequest, problem: Problem): readonly TextChange[] {
  const { document } = request;
  const body = bodyAround(request, problem);
  const entries = entriesOf(document, body);
  const isIt = (index: number) => {
    const entry = entries[index];
    return entry !== undefined && entry.start <= problem.start && problem.end <= entry.end;
  };
  return withoutListEntries(document, body, entries, isIt);
}

function withoutFunction(request: CodeActionRequest, problem: Problem): readonly TextChange[] {
  const { tree, source } = request.document;
  const { declaration } = problem;
  const found = tree.declarations[declaration];
  if (!found) return [];
  const floor = tree.declarations[declaration - 1]?.end ?? 0;
  const place = { start: tree.starts[found.signature] ?? 0, end: found.end };
  return [
    withoutStatement(source.text.toString(), place, floor),
    ...withoutImportOfFunction(request, problem.declaration),
  ];
}

/** The model's import of a domain that has no other function, and that no node calls. */
function withoutImportOfFunction(request: CodeActionRequest, declaration: number): readonly TextChange[] {
  const { tree } = request.document;
  const functions = [...functionsOf(tree).values()];
  const domain = functions.find((candidate) => candidate.declaration === declaration)?.domain ?? '';
  const isShared = functions.some((other) => other.declaration !== declaration && other.domain === domain);
  if (isShared || isKnownDomain(domain) || usesDomain(request, domain, declaration)) return [];
  const header = modelHeader(request.document);
  const imported = importsOf(header?.entries ?? []).find((entry) => entry.domain.name === domain);
  const base = tree.starts[tree.header ?? 0] ?? 0;
  return header && imported ? withoutImport(request, header, base, base + imported.start) : [];
}

function domainAt({ segment, base, start }: Problem): string {
  const entries = segment.kind === 'model-header' ? importsOf(segment.entries) : [];
  return entries.find((entry) => base + entry.domain.start === start)?.domain.name ?? '';
}

/** Whether a node is of a domain, those of one declaration aside. */
function usesDomain({ document }: CodeActionRequest, domain: string, except?: number): boolean {
  const isOf = (node: NodeStatement): boolean =>
    (node.domain?.name ?? '') === domain ||
    [...subgraphsOf(node)].some(({ graph }) => graph.nodes.some(isOf));
  return document.tree.declarations.some(
    ({ nodes }, index) =>
      index !== except &&
      document.tree.segments
        .slice(nodes.from, nodes.to)
        .some((segment) => segment.kind === 'node-statement' && isOf(segment)),
  );
}

/** `start`: where the import begins, or its domain. */
function withoutImport(
  { document }: CodeActionRequest,
  segment: Segment,
  base: number,
  start: number,
): readonly TextChange[] {
  const entries =
    segment.kind === 'function-signature'
      ? segment.header
      : segment.kind === 'model-header'
        ? segment.entries
        : [];
  for (const { value } of entries) {
    if (value.kind !== 'opset-imports') continue;
    const places = value.imports.map((entry) => ({ start: base + entry.start, end: base + entry.end }));
    if (places.some((place) => place.start === start)) {
      const isIt = (index: number) => places[index]?.start === start;
      return withoutEntries(document.source.text.toString(), places, isIt, base + value.start + 1);
    }
  }
  return [];
}
