/** Where a problem is: the statement, the node and the body that a fix works on. */
import type { Diagnostic } from 'vscode-languageserver-types';
import { declarationAt } from '../../../onnx/analysis/names.ts';
import type { NodeStatement, Segment } from '../../../onnx/text/syntax-tree.ts';
import { type Element, nodeAround, type Place, placeAt } from '../../elements.ts';
import { offsetAt } from '../../source-text.ts';
import type { CodeActionRequest, OfferedAction } from '../code-action.ts';
import { type Body, bodyOf, type Statement, statementsOf } from '../rewriting/body.ts';

export interface Problem {
  readonly diagnostic: Diagnostic;
  readonly code: string;
  readonly message: string;
  /** Absolute. */
  readonly start: number;
  readonly end: number;
  readonly segment: Segment;
  readonly segmentIndex: number;
  /** Absolute offset that spans in the segment are relative to. */
  readonly base: number;
  readonly path: readonly Element[];
  readonly declaration: number;
  /** The innermost node around the problem. */
  readonly node: NodeStatement | undefined;
}

/** The problems of a request that have one of these codes. */
export function* problemsWith(
  { document, diagnostics }: CodeActionRequest,
  codes: ReadonlySet<string>,
): Generator<Problem> {
  for (const diagnostic of diagnostics) {
    const { code, message, range } = diagnostic;
    if (typeof code !== 'string' || !codes.has(code) || typeof message !== 'string') continue;
    const [start, end] = [offsetAt(document.source, range.start), offsetAt(document.source, range.end)];
    const place = placeAt(document.tree, start);
    const segment = place && document.tree.segments[place.segment];
    if (!place || !segment) continue;
    yield {
      diagnostic,
      code,
      message,
      start,
      end,
      segment,
      segmentIndex: place.segment,
      base: place.start,
      path: place.path,
      declaration: declarationAt(document.tree, place.segment) ?? 0,
      node: nodeOf(place, start, end),
    };
  }
}

/** A problem of a whole node begins where the node does, which the path ends at. */
function nodeOf({ path, start: base }: Place, start: number, end: number): NodeStatement | undefined {
  const found = nodeAround(path);
  return found && base + found.start <= start && end <= base + found.end ? found : undefined;
}

/** The body that a problem is in: that of its innermost graph, or the declaration's own. */
export function bodyAround(
  { document }: Pick<CodeActionRequest, 'document'>,
  { path, declaration, segmentIndex, node }: Problem,
): Body {
  const graphs = path.flatMap((element) => (element.kind === 'graph' ? [element.node] : []));
  const inner = graphs.filter((graph) => !node || graph.nodes.includes(node) || isAround(graph, node));
  return bodyOf(document, { declaration, graphs: inner }, segmentIndex);
}

function isAround(graph: { readonly start: number; readonly end: number }, node: NodeStatement): boolean {
  return graph.start <= node.start && node.end <= graph.end;
}

/** The statement of the problem's node. */
export function statementAround(
  request: Pick<CodeActionRequest, 'document'>,
  problem: Problem,
): Statement | undefined {
  return statementsOf(request.document, bodyAround(request, problem)).find(
    ({ node }) => node === problem.node,
  );
}

/** A fix of one problem; `isPreferred` where nothing else could be meant. */
export function fixOf(
  { diagnostic, code, start }: Problem,
  title: string,
  edit: OfferedAction['edit'],
  isPreferred = true,
): OfferedAction {
  return {
    id: `${code} ${start} ${title}`,
    title,
    kind: 'quickfix',
    diagnostics: [diagnostic],
    isPreferred,
    edit,
  };
}
