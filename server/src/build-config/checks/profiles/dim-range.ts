import type { Rule } from '../rule.ts';
import { givenShapes, profileEntries } from './entries.ts';

/** TensorRT's limit of a dimension. */
const greatest = 2 ** 31 - 1;

/** Dims are counts: 0 to 2,147,483,647. Values of shape tensors may be anything, -1 included. */
export const dimRange: Rule = (context, report) => {
  for (const { input, given } of profileEntries(context)) {
    if (input.isShapeTensor) continue;
    for (const { shape } of givenShapes(given)) {
      const wrong = shape.value.find((dim) => dim < 0 || dim > greatest);
      if (wrong === undefined) continue;
      const advice =
        wrong < 0
          ? 'Give the sizes that the input may have: the least as min, the greatest as max'
          : `The greatest that TensorRT takes is ${greatest}`;
      report({
        code: 'config.dim-range',
        severity: 'error',
        origin: shape.origin,
        message: `${wrong} is no size of a dimension of ${input.name}. ${advice}.`,
      });
    }
  }
};
