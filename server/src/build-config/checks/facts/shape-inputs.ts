/** Inputs whose values decide on shapes: TensorRT wants their values in profiles (ITensor::isShapeTensor). */
import { betweenPauses, finished, type Steps } from '../../../onnx/analysis/steps.ts';
import type { FunctionDefinition, Graph, Model, Node } from '../../../onnx/model/model.ts';

/** Positions of the inputs whose values TensorRT must know to know shapes: seen on the conformance models of ONNX. */
const shaping: Readonly<Record<string, readonly number[]>> = {
  Reshape: [1],
  Expand: [1],
  Tile: [1],
  Slice: [1, 2, 3, 4],
  ConstantOfShape: [0],
  Range: [0, 1, 2],
  Resize: [2, 3],
  Upsample: [1],
  TopK: [1],
  Pad: [1],
  OneHot: [1],
  Split: [1],
  Loop: [0],
  CumSum: [1],
  BlackmanWindow: [0],
  HammingWindow: [0],
  HannWindow: [0],
  AffineGrid: [1],
  CenterCropPad: [1],
  MaxUnpool: [2],
};

const shapingPositions = new Map(
  Object.entries(shaping).map(([name, positions]) => [name, new Set(positions)]),
);

/** Operators that TensorRT computes shapes with: where the result shapes something, so do their inputs. */
const computing: ReadonlySet<string> = new Set(
  `Identity Cast Concat Gather GatherElements GatherND Slice Squeeze Unsqueeze Reshape Flatten Transpose Expand Tile Split
  Add Sub Mul Div Mod Pow Neg Abs Sign Min Max Sum Mean Floor Ceil Round Sqrt Exp Log Clip Relu Where Equal Greater Less
  GreaterOrEqual LessOrEqual And Or Not Xor ReduceProd ReduceSum ReduceMax ReduceMin ReduceMean Range ConstantOfShape`.split(
    /\s+/,
  ),
);

/** Types of shape tensors: float, int32, int64, bool. */
const shapeTypes: ReadonlySet<number> = new Set([1, 6, 7, 9]);

/** Calls and graphs nested deeper than this are not followed. */
const deepest = 100;

export function* inputsThatShape(model: Model): Steps<ReadonlySet<string>> {
  if (!model.graph) return new Set();
  const shapers = new Set<string>();
  const functions = new Map(
    model.functions.map((definition) => [
      keyOf(definition.domain, definition.name, definition.overload),
      definition,
    ]),
  );
  yield* collectInSteps(model.graph.nodes, { functions, known: new Map() }, shapers, 0);
  return new Set(
    model.graph.inputs.flatMap(({ name, type }) => {
      const isShape =
        type?.kind === 'tensor' && shapeTypes.has(type.elementType) && (type.shape?.length ?? 2) < 2;
      return isShape && shapers.has(name) ? [name] : [];
    }),
  );
}

interface Calls {
  readonly functions: ReadonlyMap<string, FunctionDefinition>;
  /** Positions of parameters that shape: where no result of the call does, and where all do. */
  readonly known: Map<string, ReadonlySet<number>>;
}

/** Adds the names that shape something. Names of enclosing graphs are the same names. */
function* collectInSteps(
  nodes: readonly Node[],
  calls: Calls,
  shapers: Set<string>,
  depth: number,
): Steps<void> {
  if (depth > deepest) return;
  // Backwards: a name must be known to shape something before the node that makes it is looked at.
  for (let index = nodes.length - 1; index >= 0; index--) {
    if (index % betweenPauses === 0) yield;
    const node = nodes[index];
    if (node) collectOf(node, calls, shapers, depth);
  }
}

function collect(nodes: readonly Node[], calls: Calls, shapers: Set<string>, depth: number): void {
  finished(collectInSteps(nodes, calls, shapers, depth));
}

function collectOf(node: Node, calls: Calls, shapers: Set<string>, depth: number): void {
  const makesShape = node.outputs.some((output) => shapers.has(output));
  for (const graph of graphsOf(node)) {
    if (makesShape) {
      graph.outputs.forEach(({ name }, at) => {
        if (shapers.has(node.outputs[at] ?? '')) shapers.add(name);
      });
    }
    collect(graph.nodes, calls, shapers, depth + 1);
  }
  const positions = positionsOf(node, makesShape, calls, depth);
  node.inputs.forEach((input, at) => {
    if (input !== '' && (positions === 'all' || positions.has(at))) shapers.add(input);
  });
}

const none: ReadonlySet<number> = new Set();

function positionsOf(
  { operator, domain, overload }: Node,
  makesShape: boolean,
  calls: Calls,
  depth: number,
): ReadonlySet<number> | 'all' {
  const key = keyOf(domain, operator, overload);
  const definition = calls.functions.get(key);
  if (definition) return parametersThatShape(definition, makesShape, calls, key, depth);
  if (domain !== '' && domain !== 'ai.onnx') return none;
  if (makesShape && computing.has(operator)) return 'all';
  return shapingPositions.get(operator) ?? none;
}

function parametersThatShape(
  definition: FunctionDefinition,
  makesShape: boolean,
  calls: Calls,
  key: string,
  depth: number,
): ReadonlySet<number> {
  const knownAs = `${key}\n${makesShape}`;
  const known = calls.known.get(knownAs);
  if (known) return known;
  // A function that calls itself, which ONNX forbids, ends here.
  calls.known.set(knownAs, none);
  const shapers = new Set(makesShape ? definition.outputs : []);
  collect(definition.nodes, calls, shapers, depth + 1);
  const found = new Set(definition.inputs.flatMap((name, at) => (shapers.has(name) ? [at] : [])));
  calls.known.set(knownAs, found);
  return found;
}

function keyOf(domain: string, name: string, overload = ''): string {
  return `${domain === 'ai.onnx' ? '' : domain}\n${name}\n${overload}`;
}

/** Graphs inside a node. */
export function graphsOf({ attributes }: Node): readonly Graph[] {
  return attributes.flatMap((attribute) =>
    attribute.type === 'graph' ? [attribute.value] : attribute.type === 'graphs' ? attribute.value : [],
  );
}
