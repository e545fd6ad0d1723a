/** Fourier transforms. */

import { add, type Dim, floorDivide, multiply, subtract } from '../expression.ts';
import type { Rule, RuleTable } from './rule.ts';

const dft: Rule = (context) => {
  const shape = context.shape(0);
  if (shape === undefined) return;
  if (shape.length < 2) {
    context.reportShapes(`DFT needs '${context.inputName(0)}' to have a signal and a complex dimension.`, 0);
    return;
  }
  const onesided = context.intOr('onesided', 0) !== 0;
  const inverse = context.intOr('inverse', 0) !== 0;
  const last = onesided && inverse ? 1 : 2;
  const given = context.version < 20 ? context.intOr('axis', 1) : context.has(2) ? context.scalar(2) : -2;
  if (typeof given !== 'number') {
    const keeps = !onesided && !context.has(1);
    context.setShape(0, [...shape.slice(0, -1).map((dim) => (keeps ? dim : undefined)), last]);
    return;
  }
  const axis = context.axis(given, shape.length);
  if (axis === undefined) return;
  const length = context.has(1) ? context.scalar(1) : shape[axis];
  const result: Dim[] = [...shape.slice(0, -1), last];
  result[axis] = length;
  if (onesided && !inverse) result[axis] = oneSided(length);
  if (onesided && inverse && !context.has(1)) result[axis] = multiply(2, subtract(shape[axis], 1));
  context.setShape(0, result);
};

/** Frames of the signal, the bins of each, and real and imaginary part. */
const shortTime: Rule = (context) => {
  const shape = context.shape(0);
  if (shape === undefined) return;
  const size = context.has(3) ? context.scalar(3) : context.dim(2, 0);
  const frames = add(floorDivide(subtract(shape[1], size), context.scalar(1)), 1);
  const bins = context.intOr('onesided', 1) !== 0 ? oneSided(size) : size;
  context.setShape(0, [shape[0], frames, bins, 2]);
};

/** A real signal's other half mirrors the first. */
function oneSided(length: Dim): Dim {
  return add(floorDivide(length, 2), 1);
}

export const signalRules: RuleTable = { DFT: dft, STFT: shortTime };
