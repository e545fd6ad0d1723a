/** Tensors of the model with the place of their data in the text: initializers and tensors in attributes, in all graphs and functions. */
import type { Attribute, Graph, Node, Tensor } from '../../../onnx/model/model.ts';
import type {
  AttributeValueSyntax,
  GraphSyntax,
  NodeStatement,
  TensorDataSyntax,
  TypeSyntax,
  ValueDeclaration,
} from '../../../onnx/text/syntax-tree.ts';
import type { OnnxDocument } from '../../document.ts';
import { type Element, nodeAround, type Place } from '../../elements.ts';
import { bodiesOf } from './bodies.ts';

export interface TensorPlace {
  readonly tensor: Tensor;
  readonly isInitializer: boolean;
  readonly type: TypeSyntax;
  readonly data: TensorDataSyntax;
  /** Absolute offset that the spans of type and data are relative to. */
  readonly base: number;
}

/** A tensor as it is written, with what to call it. */
export interface WrittenTensor {
  readonly type: TypeSyntax;
  readonly data: TensorDataSyntax;
  /** Absolute offset that the spans are relative to. */
  readonly base: number;
  /** `"w"`, or `the value of "c"` for a constant without a name. */
  readonly title: string;
}

/** In the order of the text. The text has to be free of syntax problems: statements and nodes are paired by their numbers. */
export function* tensorPlaces(document: OnnxDocument): Generator<TensorPlace> {
  const { tree } = document;
  const { model } = document.model;
  let functions = 0;
  for (const body of bodiesOf(tree)) {
    const isGraph = body.kind === 'graph';
    const nodes = isGraph ? model.graph?.nodes : model.functions[functions++]?.nodes;
    if (isGraph && model.graph) {
      const initializers = byName(model.graph);
      for (const { declaration, base } of [...body.inputs, ...body.values]) {
        yield* initializerPlace(initializers, declaration, base);
      }
    }
    for (const [index, { node, base }] of body.nodes.entries()) {
      yield* placesOfNode(nodes?.[index], node, base);
    }
  }
}

/** The tensor with data that the cursor is in, the innermost one. */
export function writtenTensor({ path, start: base }: Place): WrittenTensor | undefined {
  const at = path.findLastIndex((element) => holderOf(element)?.data !== undefined);
  const holder = path[at] && holderOf(path[at]);
  if (!holder?.type || !holder.data) return undefined;
  const value = nodeAround(path.slice(0, at))?.outputs[0]?.name;
  const name = holder.name?.name ?? '';
  const title = name !== '' ? `"${name}"` : value ? `the value of "${value}"` : 'this tensor';
  return { type: holder.type, data: holder.data, base, title };
}

function holderOf(element: Element) {
  if (element.kind === 'tensor' || element.kind === 'declaration') return element.node;
  return element.kind === 'segment' && element.node.kind === 'value-declaration' ? element.node : undefined;
}

function byName(graph: Graph): ReadonlyMap<string, Tensor> {
  return new Map(graph.initializers.map((tensor) => [tensor.name, tensor]));
}

function* initializerPlace(
  initializers: ReadonlyMap<string, Tensor>,
  { name, type, data }: ValueDeclaration,
  base: number,
): Generator<TensorPlace> {
  const tensor = initializers.get(name.name);
  if (tensor && type && data) yield { tensor, isInitializer: true, type, data, base };
}

function* placesOfNode(
  node: Node | undefined,
  { attributes }: NodeStatement,
  base: number,
): Generator<TensorPlace> {
  for (const [index, { value }] of attributes.entries()) {
    const attribute = node?.attributes[index];
    if (attribute) yield* placesOfValue(attribute, value, base);
  }
}

function* placesOfValue(
  attribute: Attribute,
  syntax: AttributeValueSyntax,
  base: number,
): Generator<TensorPlace> {
  const parts = syntax.kind === 'list' ? syntax.elements : [syntax];
  switch (attribute.type) {
    case 'tensor':
    case 'tensors': {
      const tensors = attribute.type === 'tensor' ? [attribute.value] : attribute.value;
      const written = parts.flatMap((part) => (part.kind === 'tensor' ? [part.value] : []));
      for (const [index, { type, data }] of written.entries()) {
        const tensor = tensors[index];
        if (tensor && data) yield { tensor, isInitializer: false, type, data, base };
      }
      break;
    }
    case 'graph':
    case 'graphs': {
      const graphs = attribute.type === 'graph' ? [attribute.value] : attribute.value;
      const written = parts.flatMap((part) => (part.kind === 'graph' ? [part.value] : []));
      for (const [index, graph] of graphs.entries()) {
        const found = written[index];
        if (found) yield* placesOfGraph(graph, found, base);
      }
      break;
    }
    default:
  }
}

function* placesOfGraph(graph: Graph, syntax: GraphSyntax, base: number): Generator<TensorPlace> {
  const initializers = byName(graph);
  for (const declaration of [...syntax.inputs, ...syntax.values]) {
    yield* initializerPlace(initializers, declaration, base);
  }
  for (const [index, node] of syntax.nodes.entries()) {
    yield* placesOfNode(graph.nodes[index], node, base);
  }
}
