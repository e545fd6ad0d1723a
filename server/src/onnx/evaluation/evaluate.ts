/** Works out nodes whose inputs are known, where the result is certain to the last bit; everything else is left alone. */
import type { Node } from '../model/model.ts';
import { normalizedDomain } from '../operators/table.ts';
import { arithmetic } from './arithmetic.ts';
import type { Call, Evaluation, Evaluator } from './call.ts';
import { type Constant, int64s, types } from './constant.ts';
import { moves } from './moves.ts';

const evaluators: ReadonlyMap<string, Evaluator> = new Map(Object.entries({ ...moves, ...arithmetic }));

/** Operators whose result follows from the shape of their input, whatever its elements. */
const shapeOperators: ReadonlySet<string> = new Set(['Shape', 'Size']);

/** Operators of ai.onnx whose nodes can be worked out. */
export const evaluatedOperators: readonly string[] = [...evaluators.keys(), ...shapeOperators];

/** Whether nodes of the operator can be worked out, if their inputs are known. */
export function canEvaluate(domain: string, operator: string): boolean {
  return normalizedDomain(domain) === '' && (evaluators.has(operator) || shapeOperators.has(operator));
}

export function followsFromShape(operator: string): boolean {
  return shapeOperators.has(operator);
}

/** `call.inputs` are all known, but for optional ones that are left out. Undefined where the outputs are not certain. */
export function evaluate(call: Call): Evaluation {
  const evaluator = evaluators.get(call.node.operator);
  if (!evaluator || call.opset < (evaluator.since ?? 1) || !knowsAttributes(call.node, evaluator)) {
    return undefined;
  }
  const outputs = evaluator.evaluate(call);
  return outputs?.length === call.node.outputs.length && !outputs.includes(undefined) ? outputs : undefined;
}

/** Shape and Size of an input with these dims; undefined ones are not fixed. */
export function evaluateShape(
  { operator, attributes, outputs }: Node,
  dims: readonly (number | undefined)[],
): readonly Constant[] | undefined {
  if (outputs.length !== 1) return undefined;
  const values = dims.map((dim) => (dim === undefined ? undefined : BigInt(dim)));
  if (operator === 'Size' && attributes.length === 0) {
    const count = values.reduce<bigint | undefined>(
      (product, dim) => (product === undefined || dim === undefined ? undefined : product * dim),
      1n,
    );
    return [{ dataType: types.int64, dims: [], elements: [count] }];
  }
  if (operator !== 'Shape') return undefined;
  const bounds = new Map([
    ['start', 0],
    ['end', dims.length],
  ]);
  for (const attribute of attributes) {
    if (attribute.type !== 'int' || !bounds.has(attribute.name)) return undefined;
    const given = Number(attribute.value);
    bounds.set(attribute.name, Math.max(0, Math.min(given < 0 ? given + dims.length : given, dims.length)));
  }
  return [int64s(values.slice(bounds.get('start'), bounds.get('end')))];
}

function knowsAttributes({ attributes }: Node, { attributes: known }: Evaluator): boolean {
  return attributes.every(({ name, type }) => known.includes(name) && type !== 'reference');
}
