/** Matrix products. */

import type { Dim } from '../expression.ts';
import { moreTelling, type NodeContext } from '../node-context.ts';
import { broadcastShapes } from './broadcasting.ts';
import { refuse } from './requirements.ts';
import type { Rule, RuleTable } from './rule.ts';

function matMul(left: number, right: number): Rule {
  return (context) => {
    const a = context.shape(left);
    const b = context.shape(right);
    if (a === undefined || b === undefined) return;
    if (a.length === 0 || b.length === 0) {
      context.reportShapes(`${context.node.operator} takes no scalars.`, a.length === 0 ? left : right);
      return;
    }
    context.sameDim([left, a.length - 1], [right, Math.max(b.length - 2, 0)]);
    const batch = broadcastShapes(a.slice(0, -2), b.slice(0, -2), (axis, x, y) => {
      context.reportShapes(
        `The batch dimensions of '${context.inputName(left)}' and '${context.inputName(right)}' cannot be broadcast: ${x} and ${y} on axis ${axis}.`,
        left,
        right,
      );
    });
    if (batch === undefined) return;
    const rows = a.length > 1 ? [a.at(-2)] : [];
    const columns = b.length > 1 ? [b.at(-1)] : [];
    if (rows.length > 0) context.explain?.(0, batch.length, () => `rows of ${context.inputName(left)}`);
    if (columns.length > 0) {
      context.explain?.(0, batch.length + rows.length, () => `columns of ${context.inputName(right)}`);
    }
    context.setShape(0, [...batch, ...rows, ...columns]);
  };
}

const gemm: Rule = (context) => {
  const [a, b] = [context.shape(0), context.shape(1)];
  if (!context.requireRank(0, 2) || !context.requireRank(1, 2) || a === undefined || b === undefined) return;
  const [fromA, fromB] = [context.intOr('transA', 0) !== 0 ? 1 : 0, context.intOr('transB', 0) !== 0 ? 1 : 0];
  context.sameDim([0, 1 - fromA], [1, fromB]);
  const shape = [a[fromA], b[1 - fromB]];
  context.explain?.(0, 0, () => `dim ${fromA} of ${context.inputName(0)}`);
  context.explain?.(0, 1, () => `dim ${1 - fromB} of ${context.inputName(1)}`);
  const bias = context.shape(2);
  if (bias && context.version >= 7) {
    broadcastShapes(shape, bias, () => {
      context.reportShapes(`'${context.inputName(2)}' cannot be broadcast to the product.`, 0, 1, 2);
    });
  }
  context.setShape(0, shape);
};

const determinant: Rule = (context) => {
  const shape = context.shape(0);
  if (shape === undefined) return;
  if (shape.length < 2) {
    context.reportShapes(`Det needs '${context.inputName(0)}' to have at least 2 dimensions.`, 0);
    return;
  }
  context.sameDim([0, shape.length - 2], [0, shape.length - 1]);
  context.setShape(0, shape.slice(0, -2));
};

/** Letters name dims; an ellipsis stands for dims that are broadcast. */
const einsum: Rule = (context) => {
  const equation = context.string('equation')?.replace(/\s/g, '');
  if (equation === undefined) return;
  const [left = '', right] = equation.split('->');
  const terms = left.split(',');
  if (terms.length !== context.inputs.length) {
    context.report(
      'onnx.shape-mismatch',
      `The equation of Einsum has ${terms.length} operands, the node ${context.inputs.length}.`,
      [context.attributeSide('equation')],
    );
    return;
  }
  const dims = new Map<string, Dim>();
  let ellipsis: readonly Dim[] | undefined = [];
  for (const [index, term] of terms.entries()) {
    const shape = context.shape(index);
    const letters = term.replace('...', '').length;
    if (shape === undefined) {
      if (term.includes('...')) ellipsis = undefined;
      continue;
    }
    const extra = shape.length - letters;
    if (extra < 0 || (extra > 0 && !term.includes('...'))) {
      context.report(
        'onnx.shape-mismatch',
        `'${term}' in the equation of Einsum names ${letters} dimensions, but '${context.inputName(index)}' has ${shape.length}.`,
        [context.attributeSide('equation'), context.inputSide(index)],
      );
      return;
    }
    const before = term.includes('...') ? term.indexOf('...') : term.length;
    if (ellipsis && term.includes('...'))
      ellipsis = broadcastShapes(ellipsis, shape.slice(before, before + extra));
    [...term.replace('...', '')].forEach((letter, position) => {
      noteDim(context, dims, letter, shape[position < before ? position : position + extra], index);
    });
  }
  const output = right ?? implicitOutput(left);
  const foreign = [...output.replace('...', '')].find((letter) => !left.includes(letter));
  if (foreign !== undefined) {
    refuse(
      context,
      'equation',
      `'${foreign}' in the result of Einsum's equation is in none of its operands.`,
    );
    return;
  }
  if (output.includes('...') && ellipsis === undefined) return;
  context.setShape(
    0,
    (output.match(/\.\.\.|./g) ?? []).flatMap((part) =>
      part === '...' ? (ellipsis ?? []) : [dims.get(part)],
    ),
  );
};

function noteDim(
  context: NodeContext,
  dims: Map<string, Dim>,
  letter: string,
  dim: Dim,
  input: number,
): void {
  const known = dims.get(letter);
  if (typeof known === 'number' && typeof dim === 'number' && known !== dim && known !== 1 && dim !== 1) {
    context.reportShapes(
      `'${letter}' of Einsum's equation is ${known}, but ${dim} in '${context.inputName(input)}'.`,
      input,
    );
  }
  dims.set(letter, known === 1 ? dim : dim === 1 ? (known ?? 1) : moreTelling(known, dim));
}

/** Without an arrow: the ellipsis, then all letters that appear once, in alphabetical order. */
function implicitOutput(left: string): string {
  const letters = [...left.replace(/[.,]/g, '')];
  const once = letters.filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter));
  return (left.includes('...') ? '...' : '') + once.sort().join('');
}

export const matrixRules: RuleTable = {
  MatMul: matMul(0, 1),
  MatMulInteger: matMul(0, 1),
  QLinearMatMul: matMul(0, 3),
  Gemm: gemm,
  Det: determinant,
  Einsum: einsum,
};
