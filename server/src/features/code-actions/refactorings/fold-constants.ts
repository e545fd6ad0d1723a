/**
 * Puts Constant nodes in the place of nodes that always have the same outputs, where these are small and certain to the last bit,
 * and takes out what only those nodes used. All of them, or the one at the cursor.
 */
import { type Constant, isSayable, literalOf } from '../../../onnx/evaluation/constant.ts';
import { constantNodes } from '../../../onnx/evaluation/constant-nodes.ts';
import { canEvaluate } from '../../../onnx/evaluation/evaluate.ts';
import type { Graph, Node } from '../../../onnx/model/model.ts';
import { unambiguousIdentifier } from '../../../onnx/text/printer/literals.ts';
import type { NodeStatement } from '../../../onnx/text/syntax-tree.ts';
import type { OnnxDocument } from '../../document.ts';
import { nodeAround, placeAt } from '../../elements.ts';
import type { TextChange } from '../../source-text.ts';
import {
  type ActionResult,
  type CodeActionProvider,
  type CodeActionRequest,
  type OfferedAction,
  refused,
} from '../code-action.ts';
import { editOf } from '../edits.ts';
import type { Statement } from '../rewriting/body.ts';
import { bodiesInside, bodiesOf, headOf, type ListedBody } from './bodies.ts';
import { constantReader } from './constant-reader.ts';
import { isLikelyConstant } from './likely-constant.ts';
import { type LiveBody, livenessOf } from './liveness.ts';
import { brokenText, counted } from './phrases.ts';
import { withoutStatement } from './removal.ts';
import { deadValues, withoutValues } from './value-lists.ts';

/** Bigger results stay computed: they would make the text long and the model big. */
const maximumFoldedElements = 1024;

const sourceKind = 'source.foldConstants.onnx';
const nodeKind = 'refactor.rewrite.foldConstant';

export const foldConstants: CodeActionProvider = {
  kinds: [sourceKind, nodeKind],
  offer: (request) => [
    {
      id: 'all',
      title: 'Fold All Constants',
      kind: sourceKind,
      edit: () => folded(request.document, request, undefined),
    },
    ...foldAtCursor(request),
  ],
};

function foldAtCursor(request: CodeActionRequest): OfferedAction[] {
  const { document, start } = request;
  const place = placeAt(document.tree, start);
  const node = place && nodeAround(place.path);
  const name = node?.outputs[0]?.name ?? '';
  if (!place || !node || name === '' || !canEvaluate(node.domain?.name ?? '', node.operator.name)) {
    return [];
  }
  if (!isLikelyConstant(document, place, node)) {
    return [];
  }
  const count = elementCountOf(document, name);
  if (count !== undefined && count > maximumFoldedElements) {
    return [];
  }
  const size = count === undefined ? '' : ` (${counted(count, 'element')})`;
  return [
    {
      id: `node ${name}`,
      title: `Fold "${name}" to a constant${size}`,
      kind: nodeKind,
      edit: () => folded(document, request, node),
    },
  ];
}

/** As far as it is known without any work. */
function elementCountOf({ recentInference }: OnnxDocument, name: string): number | undefined {
  const shape = recentInference?.value(recentInference.root, name)?.shape;
  return shape?.every((dim) => typeof dim === 'number')
    ? shape.reduce<number>((product, dim) => product * Number(dim), 1)
    : undefined;
}

function folded(
  document: OnnxDocument,
  { files }: Pick<CodeActionRequest, 'files'>,
  only: NodeStatement | undefined,
): ActionResult {
  const { tree, inference } = document;
  const broken = brokenText(document);
  if (broken) {
    return broken;
  }
  const text = document.source.text.toString();
  const reader = constantReader(files);
  try {
    const { model } = document.model;
    const found = constantNodes(model, { inference, readBytes: reader.read });
    const constants = new Map<NodeStatement, readonly Constant[]>();
    for (const [statement, node] of pairsOf(document)) {
      const outputs = found.get(node);
      if (outputs && (!only || statement === only) && isSmall(outputs) && outputs.every(isSayable)) {
        constants.set(statement, outputs);
      }
    }
    if (only && constants.size === 0) {
      return refused(
        `"${only.outputs[0]?.name}" cannot be folded: its value is not certain to the last bit, has more than ${maximumFoldedElements} elements, or depends on the model's inputs.`,
      );
    }
    const before = new Map(livenessOf(tree).bodies.map((body) => [body.start, body]));
    const after = livenessOf(tree, { isConstant: (node) => constants.has(node) }).bodies;
    const counts = { folded: 0, removed: 0 };
    const changes = after.flatMap((body) => {
      const old = before.get(body.start);
      return old ? changesIn(text, old, body, constants, counts) : [];
    });
    return editOf(document, changes, messageOf(counts));
  } finally {
    reader.close();
  }
}

function isSmall(outputs: readonly Constant[]): boolean {
  return outputs.reduce((sum, { elements }) => sum + elements.length, 0) <= maximumFoldedElements;
}

function messageOf({
  folded: nodes,
  removed,
}: {
  readonly folded: number;
  readonly removed: number;
}): string {
  if (nodes === 0) {
    return 'There is nothing to fold.';
  }
  const superfluous =
    removed === 0 ? '' : `, and ${counted(removed, 'statement')} removed that only they needed`;
  return `${counted(nodes, 'node')} folded to ${nodes === 1 ? 'a constant' : 'constants'}${superfluous}.`;
}

/** `old` and `body` are the same body before and after. What was dead before is not this action's business. */
function changesIn(
  text: string,
  old: LiveBody,
  body: LiveBody,
  constants: ReadonlyMap<NodeStatement, readonly Constant[]>,
  counts: { folded: number; removed: number },
): TextChange[] {
  const changes: TextChange[] = [];
  for (const [index, statement] of body.nodes.entries()) {
    const outputs = constants.get(statement.node);
    if (body.liveNodes.has(statement.node)) {
      if (outputs) {
        counts.folded++;
        changes.push(constantStatements(text, statement, outputs));
      }
    } else if (old.liveNodes.has(statement.node)) {
      counts.removed++;
      changes.push(withoutStatement(text, statement, body.nodes[index - 1]?.end ?? body.start));
    }
  }
  const wasDead = deadValues(old);
  const dead = deadValues(body).map((isDead, index) => isDead && !wasDead[index]);
  counts.removed += dead.filter((isDead, index) => isDead && body.values[index]?.declaration.data).length;
  return [...changes, ...withoutValues(text, body, dead)];
}

/** One Constant per output that has a name; name and annotations of the node stay with the first. */
function constantStatements(text: string, statement: Statement, outputs: readonly Constant[]): TextChange {
  const { node, base, end } = statement;
  const head = headOf(text, statement);
  const lineStart = text.lastIndexOf('\n', head - 1) + 1;
  const indent = /^[ \t]*/.exec(text.slice(lineStart, head))?.[0] ?? '';
  const label = node.label ? `${text.slice(head, text.indexOf(']', base + node.label.end) + 1)} ` : '';
  const statements = node.outputs.flatMap(({ name }, index) => {
    const value = outputs[index];
    return name === '' || !value
      ? []
      : [`${unambiguousIdentifier(name)} = Constant <value = ${literalOf(value)}> ()`];
  });
  return { start: head, end, text: label + statements.join(`\n${indent}`) };
}

/** Each statement with the node that it means. */
function* pairsOf({ tree, model: { model } }: OnnxDocument): Generator<readonly [NodeStatement, Node]> {
  let functions = 0;
  for (const body of bodiesOf(tree)) {
    const nodes = body.kind === 'graph' ? model.graph?.nodes : model.functions[functions++]?.nodes;
    yield* pairsIn(body, nodes ?? []);
  }
}

function* pairsIn(body: ListedBody, nodes: readonly Node[]): Generator<readonly [NodeStatement, Node]> {
  for (const [index, statement] of body.nodes.entries()) {
    const node = nodes[index];
    if (!node) {
      continue;
    }
    yield [statement.node, node];
    const graphs = graphsOf(node);
    for (const [at, inner] of bodiesInside(statement, body.declaration).entries()) {
      yield* pairsIn(inner, graphs[at]?.nodes ?? []);
    }
  }
}

/** In the order in which bodiesInside has them. */
export function graphsOf({ attributes }: Node): Graph[] {
  return attributes.flatMap((attribute) => {
    if (attribute.type === 'graph') {
      return [attribute.value];
    }
    return attribute.type === 'graphs' ? attribute.value : [];
  });
}
