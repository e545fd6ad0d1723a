import { dimsText } from '../facts/facts.ts';
import { preferred, type Rule, replacement } from '../rule.ts';
import { givenShapes, profileEntries, shapeText } from './entries.ts';

/** What the model fixes, no profile changes. */
export const fixedDim: Rule = (context, report) => {
  for (const { input, given } of profileEntries(context)) {
    const { name, dims } = input;
    if (!dims || input.isShapeTensor) continue;
    for (const { shape } of givenShapes(given)) {
      if (shape.value.length !== dims.length) continue;
      const wrong = dims.flatMap((dim, axis) =>
        typeof dim === 'number' && shape.value[axis] !== dim ? [{ axis, dim }] : [],
      );
      if (wrong.length === 0) continue;
      const right = shape.value.map((size, axis) => {
        const dim = dims[axis];
        return typeof dim === 'number' ? dim : size;
      });
      const words = wrong.map(({ axis, dim }) => `dimension ${axis} is ${dim}, not ${shape.value[axis]}`);
      report({
        code: 'config.fixed-dim',
        severity: 'error',
        origin: shape.origin,
        message: `${name} is ${dimsText(dims)} in the model: ${words.join(', ')}. Only named and unknown dimensions can be chosen.`,
        fixes: preferred([replacement(shape.origin, shapeText(right))]),
      });
    }
  }
};
