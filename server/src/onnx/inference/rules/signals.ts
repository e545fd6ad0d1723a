/** Fourier transforms. */

import { add, type Dim, floorDivide, multiply, subtract } from '../expression.ts';
import { refuse, refuseInput, requireRankFrom, requireScalar } from './requirements.ts';
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
  const parts = shape.at(-1);
  if (onesided && typeof parts === 'number' && parts !== (inverse ? 2 : 1)) {
    context.reportShapes(
      `DFT with onesided takes ${inverse ? 'complex numbers: the last dimension is 2' : 'real numbers: the last dimension is 1'}; that of '${context.inputName(0)}' is ${parts}.`,
      0,
    );
    return;
  }
  if (![1, 2].every((input) => requireScalar(context, input))) return;
  const given = context.version < 20 ? context.intOr('axis', 1) : context.has(2) ? context.scalar(2) : -2;
  if (typeof given !== 'number') {
    const keeps = !onesided && !context.has(1);
    context.setShape(0, [...shape.slice(0, -1).map((dim) => (keeps ? dim : undefined)), last]);
    return;
  }
  const axis = context.axis(given, shape.length);
  if (axis === undefined) return;
  if (axis === shape.length - 1) {
    const message = 'The last axis holds real and imaginary parts; DFT goes along another one.';
    if (context.version < 20) refuse(context, 'axis', message);
    else refuseInput(context, 2, message);
    return;
  }
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
  if (!requireRankFrom(context, 0, 2) || !requireScalar(context, 3) || !context.requireRank(2, 1)) return;
  const [frame, windowLength] = [context.scalar(3), context.dim(2, 0)];
  if (typeof frame === 'number' && typeof windowLength === 'number' && frame !== windowLength) {
    refuseInput(context, 3, `STFT is given frames of ${frame}, and a window of ${windowLength}.`);
    return;
  }
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
