/** What operators ask of attributes and inputs besides what their shapes follow from. Each tells a problem and says whether all is well. */

import type { Graph } from '../../model/model.ts';
import type { Dim } from '../expression.ts';
import { count, moreTelling, type NodeContext } from '../node-context.ts';

/** Tells a problem of an attribute on its own token; of one that is absent, on the operator. */
export function refuse(context: NodeContext, attribute: string, message: string): false {
  const sides = context.hasAttribute(attribute) ? [context.attributeSide(attribute)] : [];
  context.report('onnx.argument-out-of-range', message, sides);
  return false;
}

/** All numbers of an attribute are at least this; an absent one is not looked at. */
export function requireAtLeast(context: NodeContext, attribute: string, least: number): boolean {
  const single = context.int(attribute);
  const values = single === undefined ? (context.ints(attribute) ?? []) : [single];
  const wrong = values.find((value) => value < least);
  if (wrong === undefined) return true;
  const wanted = least === 1 ? 'positive' : `at least ${least}`;
  return refuse(
    context,
    attribute,
    `\`${attribute}\` of ${context.node.operator} has to be ${wanted}; it is ${wrong}.`,
  );
}

/** An input whose rank is known has at least this many dimensions. */
export function requireRankFrom(context: NodeContext, input: number, least: number): boolean {
  const rank = context.rank(input);
  if (rank === undefined || rank >= least) return true;
  context.reportShapes(
    `${context.node.operator} needs '${context.inputName(input)}' to have at least ${count(least, 'dimension')}; it has ${rank}.`,
    input,
  );
  return false;
}

/** A scalar: a tensor of no dimensions. */
export function requireScalar(context: NodeContext, input: number): boolean {
  return !context.has(input) || context.requireRank(input, 0);
}

/** The one dimension of an input, where it is known, is this long. */
export function requireLength(context: NodeContext, input: number, length: number, why: string): boolean {
  if (!context.has(input)) return true;
  if (!context.requireRank(input, 1)) return false;
  const actual = context.dim(input, 0);
  if (typeof actual !== 'number' || actual === length) return true;
  context.reportShapes(
    `${context.node.operator} takes ${count(length, 'number')} in '${context.inputName(input)}', ${why}; there are ${actual}.`,
    input,
    0,
  );
  return false;
}

/** What an input holds, as far as it is known, is at least this. */
export function requireElementsFrom(context: NodeContext, input: number, least: number): boolean {
  const wrong = context.data(input)?.find((element) => typeof element === 'number' && element < least);
  if (wrong === undefined) return true;
  context.report(
    'onnx.argument-out-of-range',
    `${context.node.operator} takes numbers from ${least} on in '${context.inputName(input)}'; one is ${wrong}.`,
    [context.inputSide(input)],
  );
  return false;
}

/** Tells a problem of what an input holds. */
export function refuseInput(context: NodeContext, input: number, message: string): false {
  context.report('onnx.argument-out-of-range', message, [context.inputSide(input)]);
  return false;
}

export function requireDivisible(context: NodeContext, dim: Dim, input: number, by: string): boolean {
  const divisor = context.int(by);
  if (typeof dim !== 'number' || divisor === undefined || divisor <= 0 || dim % divisor === 0) return true;
  context.reportShapes(
    `The last dimension of '${context.inputName(input)}', ${dim}, cannot be split into ${divisor} parts (\`${by}\`).`,
    input,
  );
  return false;
}

/** Inputs that an operator takes together or not at all. */
export function requireTogether(context: NodeContext, first: number, second: number, what: string): boolean {
  if (context.has(first) === context.has(second)) return true;
  const given = context.has(first) ? first : second;
  context.report('onnx.missing-input', `${context.node.operator} takes ${what} together; one is missing.`, [
    context.inputSide(given),
  ]);
  return false;
}

/** Whether a graph takes and gives as many values as its node has for it; outputs that the node leaves out count, too. `inputs`: undefined where they are not counted. */
export function fitsGraph(
  context: NodeContext,
  attribute: string,
  graph: Graph,
  inputs: number | undefined,
  outputs: number,
): boolean {
  const { node } = context;
  for (const [what, wanted, has] of [
    ['input', inputs, graph.inputs.length],
    ['output', outputs, graph.outputs.length],
  ] as const) {
    if (wanted === undefined || wanted === has) continue;
    const verb = what === 'input' ? 'takes' : 'makes';
    context.report(
      wanted > has ? `onnx.surplus-${what}` : `onnx.missing-${what}`,
      `The graph \`${attribute}\` of ${node.operator} ${verb} ${count(has, 'value')}, and the node is made for ${wanted}.`,
      [context.attributeSide(attribute)],
    );
    return false;
  }
  return true;
}

/**
 * Gives inputs shapes in letters, where a letter is the same dim wherever it stands: `{ 0: 'BCL', 1: 'C1K' }`. Checks the ranks
 * and the dims, and gives what is known of each letter. Undefined, with a problem, where something does not fit.
 */
export function unify(
  context: NodeContext,
  expected: Readonly<Record<number, string>>,
): ReadonlyMap<string, Dim> | undefined {
  const known = new Map<string, { readonly dim: Dim; readonly input: number; readonly axis: number }>();
  for (const [key, letters] of Object.entries(expected)) {
    const input = Number(key);
    const shape = context.shape(input);
    if (shape === undefined) continue;
    if (!context.requireRank(input, letters.length)) return undefined;
    for (const [axis, letter] of [...letters].entries()) {
      const dim = shape[axis];
      const before = letter === '1' ? { dim: 1, input, axis } : known.get(letter);
      if (typeof dim === 'number' && typeof before?.dim === 'number' && dim !== before.dim) {
        reportUnequal(context, { dim, input, axis }, before);
        return undefined;
      }
      if (letter !== '1')
        known.set(letter, before ? { ...before, dim: moreTelling(before.dim, dim) } : { dim, input, axis });
    }
  }
  return new Map([...known].map(([letter, { dim }]) => [letter, dim]));
}

interface PlacedDim {
  readonly dim: Dim;
  readonly input: number;
  readonly axis: number;
}

function reportUnequal(context: NodeContext, here: PlacedDim, there: PlacedDim): void {
  const { input, axis, dim } = here;
  if (there.input === input && there.axis === axis) {
    context.reportShapes(
      `Dimension ${axis} of '${context.inputName(input)}' has to be ${there.dim} for ${context.node.operator}; it is ${dim}.`,
      input,
    );
    return;
  }
  context.reportShapes(
    `Dimension ${axis} of '${context.inputName(input)}' is ${dim}, but dimension ${there.axis} of '${context.inputName(there.input)}' is ${there.dim}.`,
    input,
    there.input,
  );
}
