import { dimsText } from '../facts/facts.ts';
import type { Rule } from '../rule.ts';
import { givenShapes, profileEntries, shapeText } from './entries.ts';

/** A shape has as many dims as the input. */
export const rank: Rule = (context, report) => {
  for (const { input, given } of profileEntries(context)) {
    const { name, dims } = input;
    if (!dims || input.isShapeTensor) continue;
    for (const { shape } of givenShapes(given)) {
      const count = shape.value.length;
      if (count === dims.length) continue;
      report({
        code: 'config.rank',
        severity: 'error',
        origin: shape.origin,
        message: `${name} has ${dims.length} dimension${dims.length === 1 ? '' : 's'}, ${dimsText(dims)}; ${shapeText(shape.value)} has ${count}.`,
      });
    }
  }
};
