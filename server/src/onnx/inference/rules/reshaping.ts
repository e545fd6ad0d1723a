/** Operators that give the same elements another shape. */

import { type Dim, divideExactly, equalDims, floorDivide, multiply, product } from '../expression.ts';
import { formatDim, formatShape } from '../format.ts';
import type { NodeContext } from '../node-context.ts';
import { refuse, requireAtLeast } from './requirements.ts';
import type { Rule, RuleTable } from './rule.ts';

const reshape: Rule = (context) => {
  if (context.version >= 5 && !context.requireRank(1, 1)) return;
  const target = context.version < 5 ? context.ints('shape') : context.data(1);
  const input = context.shape(0);
  if (target === undefined) {
    const length = context.dim(1, 0);
    if (typeof length === 'number' && length <= 64)
      context.setShape(0, new Array<Dim>(length).fill(undefined));
    return;
  }
  const allowZero = context.intOr('allowzero', 0) !== 0;
  const beyond =
    input && !allowZero ? target.findIndex((dim, axis) => dim === 0 && axis >= input.length) : -1;
  if (beyond >= 0) {
    const side = context.version < 5 ? context.attributeSide('shape') : context.inputSide(1);
    const message = `The 0 at place ${beyond} of the shape means the dimension of '${context.inputName(0)}' there, which has only ${input?.length}.`;
    context.report('onnx.argument-out-of-range', message, [side]);
    return;
  }
  const shape = target.map((dim, axis) => {
    if (dim !== 0 || allowZero) return dim;
    context.explain?.(0, axis, () => `0 in the shape: as dim ${axis} of ${context.inputName(0)}`);
    return input?.[axis];
  });
  const open = shape.flatMap((dim, axis) => (dim === -1 || dim === undefined ? [axis] : []));
  const [axis = 0] = open;
  const wrong = shape.find((dim) => typeof dim === 'number' && dim < -1);
  if (wrong !== undefined || shape.filter((dim) => dim === -1).length > 1) {
    const why =
      wrong === undefined
        ? 'takes -1 for one dimension at most'
        : `cannot make a dimension of ${formatDim(wrong)}`;
    const side = context.version < 5 ? context.attributeSide('shape') : context.inputSide(1);
    context.report('onnx.argument-out-of-range', `Reshape ${why}.`, [side]);
    return;
  }
  if (input && open.length === 1 && (shape[axis] === -1 || target[axis] === undefined)) {
    // One dim follows from the number of elements, whether -1 asks for it or nothing is known of it.
    const [given, rest] = withoutCommon(
      input,
      shape.filter((_, index) => index !== axis),
    );
    const size = divideExactly(product(given), product(rest));
    if (size === undefined) checkCount(context, input, shape);
    context.explain?.(0, axis, () => {
      const others = formatDim(product(rest));
      return `what is left of ${formatShape(input)} after the other dims: ${formatDim(product(given))}${others === '1' ? '' : ` / ${others}`}`;
    });
    shape[axis] = size;
  } else if (input && open.length === 0) {
    checkCount(context, input, shape);
  }
  shape.forEach((_, index) => {
    context.explain?.(0, index, () => `element ${index} of the shape '${context.inputName(1)}'`);
  });
  context.setShape(
    0,
    shape.map((dim) => (dim === -1 ? undefined : dim)),
  );
  const data = context.isSmall(input) ? context.data(0) : undefined;
  if (data && context.isSmall(shape)) context.setData(0, data);
};

/** Both lists without the dims they share: what is unknown on both sides need not be known to divide. */
function withoutCommon(a: readonly Dim[], b: readonly Dim[]): readonly [Dim[], Dim[]] {
  const left = [...a];
  const right = b.filter((dim) => {
    if (dim === 0) return true;
    const index = left.findIndex((other) => other !== undefined && equalDims(other, dim));
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
  return [left, right];
}

function checkCount(context: NodeContext, input: readonly Dim[], shape: readonly Dim[]): void {
  const [given, wanted] = withoutCommon(
    input,
    shape.filter((dim) => dim !== -1),
  );
  const [a, b] = [product(given), product(wanted)];
  if (typeof a !== 'number' || typeof b !== 'number') return;
  const fits = shape.includes(-1) ? (b === 0 ? a === 0 : a % b === 0) : a === b;
  if (fits) return;
  context.reportShapes(
    `'${context.inputName(0)}' of shape ${formatShape(input)} cannot be reshaped to ${formatShape(shape)}: the numbers of elements differ.`,
    0,
    1,
  );
}

const flatten: Rule = (context) => {
  const shape = context.shape(0);
  if (shape === undefined) return;
  const given = context.intOr('axis', 1);
  if (given < 0 && context.version < 11) {
    refuse(context, 'axis', `Axes counted from the end came with opset 11; \`axis\` of Flatten is ${given}.`);
    return;
  }
  const axis = given < 0 ? given + shape.length : given;
  if (axis < 0 || axis > shape.length) {
    context.axis(given, shape.length);
    return;
  }
  const [rows, columns] = [shape.slice(0, axis), shape.slice(axis)];
  context.explain?.(0, 0, () => `product of dims before axis ${axis}: ${rows.map(formatDim).join('·') || 1}`);
  context.explain?.(
    0,
    1,
    () => `product of dims from axis ${axis} on: ${columns.map(formatDim).join('·') || 1}`,
  );
  context.setShape(0, [product(rows), product(columns)]);
};

const transpose: Rule = (context) => {
  const shape = context.shape(0);
  if (shape === undefined) return;
  const order = context.ints('perm') ?? shape.map((_, axis) => shape.length - 1 - axis);
  if (order.length !== shape.length) {
    context.report(
      'onnx.shape-mismatch',
      `perm of Transpose has ${order.length} entries, but '${context.inputName(0)}' has ${shape.length} dimensions.`,
      [context.attributeSide('perm'), context.inputSide(0)],
    );
    return;
  }
  const axes = context.axes(order, shape.length);
  if (axes === undefined) return;
  const twice = axes.find((axis, index) => axes.indexOf(axis) < index);
  if (twice !== undefined) {
    refuse(context, 'perm', `\`perm\` of Transpose has axis ${twice} twice.`);
    return;
  }
  axes.forEach((axis, index) => {
    context.explain?.(0, index, () => `dim ${axis} of ${context.inputName(0)}`);
  });
  context.setShape(
    0,
    axes.map((axis) => shape[axis]),
  );
  if (shape.length <= 1) context.setData(0, context.isSmall(shape) ? context.data(0) : undefined);
};

const squeeze: Rule = (context) => {
  const shape = context.shape(0);
  if (shape === undefined) return;
  const asInput = context.version >= 13;
  if (asInput && context.has(1) && context.numbers(1) === undefined) return;
  const given = asInput ? context.numbers(1) : context.ints('axes');
  let axes: readonly number[] | undefined;
  if (given) {
    axes = context.axes(given, shape.length);
  } else {
    // All dims of 1 go; which those are must be known.
    if (shape.some((dim) => typeof dim !== 'number')) return;
    axes = shape.flatMap((dim, axis) => (dim === 1 ? [axis] : []));
  }
  if (axes === undefined) return;
  for (const axis of axes) {
    const dim = shape[axis];
    if (typeof dim === 'number' && dim !== 1) {
      context.reportShapes(
        `Squeeze takes axis ${axis} away, but that dimension of '${context.inputName(0)}' is ${dim}, not 1.`,
        0,
      );
      return;
    }
  }
  keepDims(context, shape, axes);
  copyData(context);
};

function keepDims(context: NodeContext, shape: readonly Dim[], without: readonly number[]): void {
  const kept = shape.flatMap((_, axis) => (without.includes(axis) ? [] : [axis]));
  kept.forEach((axis, index) => {
    context.explain?.(0, index, () => `dim ${axis} of ${context.inputName(0)}`);
  });
  context.setShape(
    0,
    kept.map((axis) => shape[axis]),
  );
}

const unsqueeze: Rule = (context) => {
  const shape = context.shape(0);
  const given = context.version >= 13 ? context.numbers(1) : context.ints('axes');
  if (shape === undefined) return;
  if (given === undefined) {
    const length = context.version >= 13 ? context.dim(1, 0) : undefined;
    if (typeof length === 'number' && length <= 64) {
      context.setShape(0, new Array<Dim>(shape.length + length).fill(undefined));
    }
    return;
  }
  const rank = shape.length + given.length;
  const axes = new Set<number>();
  for (const axis of given) {
    const found = axis < 0 ? axis + rank : axis;
    if (found < 0 || found >= rank || axes.has(found)) {
      const reason = axes.has(found)
        ? 'is given twice'
        : `is out of range for a result of ${rank} dimensions`;
      context.report('onnx.argument-out-of-range', `Axis ${axis} of Unsqueeze ${reason}.`, [
        context.version < 13 ? context.attributeSide('axes') : context.inputSide(1),
        context.inputSide(0),
      ]);
      return;
    }
    axes.add(found);
  }
  const from = shape.keys();
  const result = Array.from({ length: rank }, (_, axis): Dim => {
    if (axes.has(axis)) {
      context.explain?.(0, axis, () => 'added');
      return 1;
    }
    const source = from.next().value ?? 0;
    context.explain?.(0, axis, () => `dim ${source} of ${context.inputName(0)}`);
    return shape[source];
  });
  context.setShape(0, result);
  copyData(context);
};

function copyData(context: NodeContext): void {
  if (context.isSmall(context.shape(0))) context.setData(0, context.data(0));
}

const depthToSpace: Rule = (context) => {
  const block = context.int('blocksize');
  if (block === undefined || !requireAtLeast(context, 'blocksize', 1)) return;
  if (!context.requireRank(0, 4) || context.shape(0) === undefined) return;
  const [batch, depth, height, width] = context.shape(0) ?? [];
  if (typeof depth === 'number' && depth % (block * block) !== 0) {
    context.reportShapes(`DepthToSpace cannot split ${depth} channels into blocks of ${block}×${block}.`, 0);
    return;
  }
  context.setShape(0, [
    batch,
    floorDivide(depth, block * block),
    multiply(height, block),
    multiply(width, block),
  ]);
};

const spaceToDepth: Rule = (context) => {
  const block = context.int('blocksize');
  if (block === undefined || !requireAtLeast(context, 'blocksize', 1)) return;
  if (!context.requireRank(0, 4) || context.shape(0) === undefined) return;
  const [batch, depth, height, width] = context.shape(0) ?? [];
  context.setShape(0, [
    batch,
    multiply(depth, block * block),
    floorDivide(height, block),
    floorDivide(width, block),
  ]);
};

export const reshapingRules: RuleTable = {
  Reshape: reshape,
  Flatten: flatten,
  Transpose: transpose,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
};
