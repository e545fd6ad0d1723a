import type { Rule } from '../rule.ts';
import { givenShapes, profileEntries, shapeText } from './entries.ts';

/** For a shape tensor a profile gives as many values as it has elements. */
export const shapeValues: Rule = (context, report) => {
  for (const { input, given } of profileEntries(context)) {
    const { name, dims } = input;
    if (!dims || !input.isShapeTensor || !dims.every((dim) => typeof dim === 'number')) continue;
    const wanted = dims.reduce<number>((product, dim) => product * dim, 1);
    for (const { shape } of givenShapes(given)) {
      const count = shape.value.length;
      if (count === wanted) continue;
      report({
        code: 'config.shape-values',
        severity: 'error',
        origin: shape.origin,
        message: `${name} decides on shapes, so a profile gives its values, ${wanted === 1 ? 'one' : wanted} of them; ${shapeText(shape.value)} has ${count === 0 ? 'none' : count}.`,
      });
    }
  }
};
