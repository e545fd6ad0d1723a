import type { ParserErrorRecord } from '../../../../native-bridge/src/protocol.ts';
import type { Identifier, Span, SyntaxTree } from '../../onnx/text/syntax-tree.ts';
import { targetOf } from '../messages/explain.ts';
import type { Target } from '../messages/rule.ts';
import { isConstant, isDefined, type PlacedNode, parserName } from './bodies.ts';
import { locateInDeclarations } from './declarations.ts';
import { type Frame, findNodes } from './find-node.ts';

/** A place in the text: a span relative to the start of a segment. */
export interface Place {
  readonly segment: number;
  readonly span: Span;
}

export interface ErrorLocation {
  /** The operator of the refused node, the attribute or input that the parser's words name, or the declaration that caused it. */
  readonly primary: Place;
  /** One per entry of the parser's stack, outermost first: the operator of the calling node, or the branch of an If. */
  readonly frames: readonly Place[];
  /** The refused node, where the error is of one. */
  readonly node?: PlacedNode;
}

/** Where in the text each error of a parse is. Every error has a place: at worst the graph's name. */
export function locateErrors(
  tree: SyntaxTree,
  errors: readonly ParserErrorRecord[],
): readonly ErrorLocation[] {
  const found = errors.map((record) => (record.nodeIndex < 0 ? undefined : findNodes(tree, record)));
  const counts = new Map<string, number>();
  for (const record of errors) counts.set(sameWords(record), (counts.get(sameWords(record)) ?? 0) + 1);
  const seen = new Map<string, number>();
  return errors.map((record, index) => {
    const nodes = found[index];
    if (!nodes) return { primary: locateInDeclarations(tree, record), frames: [] };
    const key = sameWords(record);
    const order = seen.get(key) ?? 0;
    seen.set(key, order + 1);
    const target = targetOf(record);
    const suspects = suspected(nodes.candidates, record, target);
    // One error per node in order, or, where a node has several with the same words, an equal share for each.
    const share = Math.max(1, Math.floor((counts.get(key) ?? 1) / suspects.length));
    const node = suspects[Math.min(Math.floor(order / share), suspects.length - 1)];
    if (!node) return { primary: locateInDeclarations(tree, record), frames: [] };
    return {
      primary: { segment: node.segment, span: spanOf(node, target) },
      frames: nodes.frames.map(placeOfFrame),
      node,
    };
  });
}

/** Errors that only their order tells apart. */
function sameWords(record: ParserErrorRecord): string {
  const { nodeIndex, nodeName, operator, localFunctionStack, description } = record;
  return JSON.stringify([nodeIndex, nodeName, operator, localFunctionStack, description]);
}

/** Those of several candidates that the words of the error fit; all where they fit none. */
function suspected(
  candidates: readonly PlacedNode[],
  record: ParserErrorRecord,
  target: Target,
): readonly PlacedNode[] {
  if (candidates.length === 1) return candidates;
  const name = /(?:Invalid Node|Exception occurred in) - (.*)/.exec(record.description)?.[1];
  const named = candidates.filter(({ node }) => parserName(node) === name);
  if (named.length > 0) return named;
  const fitting = candidates.filter((candidate) => fits(candidate, record, target));
  return fitting.length > 0 ? fitting : candidates;
}

/** Whether a node has what an error of this target complains of. */
function fits({ node, body }: PlacedNode, record: ParserErrorRecord, target: Target): boolean {
  switch (target.kind) {
    case 'attribute': {
      const attribute = node.attributes.find(({ name }) => name.name === target.name);
      if (!attribute) return false;
      const { value } = attribute;
      const castable = value.kind === 'integer' && castableTypes.has(Number(value.value));
      return !(record.operator === 'Cast' && castable);
    }
    case 'input': {
      const name = node.inputs[target.index]?.name;
      return name !== undefined && name !== '' && !isConstant(body, name);
    }
    case 'value':
      return node.inputs.some(({ name }) => name === target.name);
    case 'output':
      return node.outputs.length > target.index;
    case 'undefined-input':
      return undefinedInput({ node, body }) !== undefined;
    default:
      return true;
  }
}

/** TensorProto.DataType numbers that every TensorRT casts to: float, uint8, int8, int32, int64, bool, float16, bfloat16. */
const castableTypes: ReadonlySet<number> = new Set([1, 2, 3, 6, 7, 9, 10, 16]);

function undefinedInput({ node, body }: Pick<PlacedNode, 'node' | 'body'>): Identifier | undefined {
  return node.inputs.find(({ name }) => name !== '' && !isDefined(body, name));
}

function spanOf(placed: PlacedNode, target: Target): Span {
  const { node } = placed;
  const found = () => {
    switch (target.kind) {
      case 'attribute':
        return node.attributes.find(({ name }) => name.name === target.name)?.name;
      case 'input':
        return node.inputs[target.index];
      case 'value':
        return node.inputs.find(({ name }) => name === target.name);
      case 'output':
        return node.outputs.slice(target.index).find(({ name }) => name !== '');
      case 'undefined-input':
        return undefinedInput(placed);
      default:
        return undefined;
    }
  };
  const span = found();
  return span && span.end > span.start ? span : node.operator;
}

function placeOfFrame({ caller, branch }: Frame): Place {
  return { segment: caller.segment, span: branch?.name ?? caller.node.operator };
}
