/** Which values of a model hold -inf that is in its constants, initializers or inputs, and was only passed on to them. */
import type { Model, Node, Tensor } from '../../onnx/model/model.ts';
import { normalizedDomain } from '../../onnx/operators/table.ts';
import type { GraphNode } from '../graph-nodes.ts';
import { nodeContents } from './node-contents.ts';

/** Of elements; NaN does not count. Of none, `least` is above `greatest`. */
export interface ValueRange {
  readonly least: number;
  readonly greatest: number;
}

export interface OwnValues {
  readonly model: Model;
  /** Reads the tensor; undefined where its values cannot be had. */
  readonly rangeOf: (tensor: Tensor) => ValueRange | undefined;
  /** Of the values that an input had in the run; reads them. */
  readonly rangeOfInput: (name: string) => ValueRange | undefined;
}

export interface OwnInfinities {
  /** Of a tensor that holds -inf: whether the model's own may come to it through operators that pass it on. */
  readonly isPassedOn: (tensor: string) => boolean;
  /** Values that the tensor's node reads and to which the model's own -inf comes. */
  readonly goingInto: (tensor: string) => readonly string[];
}

/** `stateOf`: what is known of values that were captured. Of those, only masks pass anything on. */
export function infinitiesOfModel(
  { model, rangeOf, rangeOfInput }: OwnValues,
  graphNodes: readonly GraphNode[],
  stateOf: (tensor: string) => 'finite' | 'mask' | 'wrong' | undefined,
): OwnInfinities {
  const writers = new Map(
    (model.graph?.nodes ?? []).flatMap((node) => node.outputs.map((output) => [output, node] as const)),
  );
  const weights = new Map((model.graph?.initializers ?? []).map((tensor) => [tensor.name, tensor]));
  const constants = new Set(
    graphNodes.flatMap(({ path, isConstant, outputs }) => (path.length === 0 && isConstant ? outputs : [])),
  );
  const inside = nodeContents(model);
  const found = new Map<string, boolean>();

  /** All of `next` from `start` on. Without recursion: chains of nodes are as long as models are deep. */
  function* reached(start: string, next: (value: string) => readonly string[]): Generator<string> {
    const seen = new Set([start]);
    for (const value of seen) {
      yield value;
      for (const before of next(value)) if (before !== '') seen.add(before);
    }
  }
  /** Of a value that TensorRT works out when it builds, and which nobody sees: what other constants can make of it. */
  const constantHolds = (constant: string): boolean => {
    let greatest = 0;
    let limit = Number.POSITIVE_INFINITY;
    for (const value of reached(constant, (later) => readBy(writers.get(later)))) {
      const [writer, weight] = [writers.get(value), weights.get(value)];
      if (weight) greatest = Math.max(greatest, sizeOf(rangeOf(weight)));
      if (!writer) continue;
      if (fromFinite.has(writer.operator)) return true;
      const { tensors, numbers } = inside(writer);
      greatest = Math.max(
        greatest,
        ...tensors.map((tensor) => sizeOf(rangeOf(tensor))),
        ...numbers.map(Math.abs),
      );
      limit = Math.min(limit, limitOfCast(writer));
    }
    return greatest >= limit;
  };
  const isSource = (value: string): boolean => {
    if (constants.has(value)) return constantHolds(value);
    const [writer, weight] = [writers.get(value), weights.get(value)];
    if (writer) return makes(writer, value);
    return (weight ? rangeOf(weight) : rangeOfInput(value))?.least === Number.NEGATIVE_INFINITY;
  };
  const makes = (node: Node, output: string): boolean => {
    // The scores, with what the operator masks by itself (is_causal).
    if (isOfOnnx(node) && node.operator === 'Attention' && output === node.outputs[3]) return true;
    const { tensors, numbers } = inside(node);
    return [...numbers, ...tensors.map((tensor) => rangeOf(tensor)?.least)].includes(
      Number.NEGATIVE_INFINITY,
    );
  };
  const readBy = (node: Node | undefined): readonly string[] =>
    node ? [...node.inputs, ...inside(node).reads].filter((input) => input !== '') : [];
  const passedOn = (node: Node | undefined): readonly string[] =>
    node && (inside(node).isBody || !isOfOnnx(node))
      ? readBy(node)
      : readBy(node).slice(0, passing.get(node?.operator ?? '') ?? 0);
  const holds = (start: string): boolean => {
    let answer = found.get(start);
    if (answer !== undefined) return answer;
    answer = false;
    const ends = (value: string) => stateOf(value) !== undefined || constants.has(value);
    for (const value of reached(start, (later) => (ends(later) ? [] : passedOn(writers.get(later))))) {
      const state = stateOf(value);
      answer = state === undefined ? isSource(value) : state === 'mask';
      if (answer) break;
    }
    found.set(start, answer);
    return answer;
  };
  return {
    isPassedOn: (tensor) => {
      const writer = writers.get(tensor);
      return writer !== undefined && (makes(writer, tensor) || passedOn(writer).some(holds));
    },
    goingInto: (tensor) => [...new Set(readBy(writers.get(tensor)))].filter(holds),
  };
}

/** How many inputs of an operator, from the first on, an -inf comes through that is in them. */
const passing: ReadonlyMap<string, number> = new Map([
  ...(
    'Add BatchNormalization Cast CastLike Ceil Clip Compress Concat CumSum DepthToSpace Dropout Expand Flatten Floor Gather GatherElements ' +
    'GatherND GlobalMaxPool Identity LeakyRelu LogSoftmax Max MaxPool Mean Min Mul OneHot Pad PRelu ReduceLogSumExp ReduceMax ReduceMean ' +
    'ReduceMin ReduceSum Reshape Resize ReverseSequence Round Scatter ScatterElements ScatterND Slice SpaceToDepth Split Squeeze Sum ' +
    'TensorScatter Tile TopK Transpose Trilu Unsqueeze Upsample Where'
  )
    .split(' ')
    .map((operator) => [operator, Number.POSITIVE_INFINITY] as const),
  // The second makes +inf, or nothing.
  ['Div', 1],
  ['Sub', 1],
]);

/** Operators that make infinities out of finite values, or turn one into the other. */
const fromFinite = new Set(['Div', 'Exp', 'Log', 'Pow', 'Reciprocal']);

/** From where on a Cast makes infinities. */
function limitOfCast({ operator, attributes }: Node): number {
  const to = attributes.find(({ name }) => name === 'to');
  const target = operator === 'Cast' && to?.type === 'int' ? Number(to.value) : undefined;
  return greatestOf.get(target ?? 0) ?? Number.POSITIVE_INFINITY;
}

/** By TensorProto.DataType number, where rounding to the greatest ends: float, float16, bfloat16. */
const greatestOf: ReadonlyMap<number, number> = new Map([
  [1, 2 ** 128 - 2 ** 103],
  [10, 65520],
  [16, 2 ** 128 - 2 ** 119],
]);

function sizeOf(range: ValueRange | undefined): number {
  return range === undefined ? 0 : Math.max(0, -range.least, range.greatest);
}

function isOfOnnx({ domain }: Node): boolean {
  return normalizedDomain(domain) === '';
}
