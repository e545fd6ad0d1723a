import type { ConfigEdit, Dims, Located, Profile, ProfileInput } from '../../model.ts';
import { fitsName } from '../names.ts';
import type { CheckContext, Rule } from '../rule.ts';
import { shapeText } from './entries.ts';

const bounds = ['min', 'opt', 'max'] as const;

/** In each dimension min ≤ opt ≤ max. Where the model is known, of its inputs. */
export const profileOrder: Rule = (context, report) => {
  const { model } = context;
  for (const { inputs } of profilesOf(context)) {
    for (const input of inputs) {
      if (model && !model.inputs.some(({ name }) => fitsName(input.name.value, name))) continue;
      const given = bounds.flatMap((bound) => (input[bound] ? [{ bound, shape: input[bound] }] : []));
      for (const [index, { bound, shape }] of given.entries()) {
        const before = given[index - 1];
        if (!before || before.shape.value.length !== shape.value.length) continue;
        const axis = shape.value.findIndex((size, at) => size < (before.shape.value[at] ?? 0));
        if (axis < 0) continue;
        report({
          code: 'config.profile-order',
          severity: 'error',
          origin: before.shape.origin,
          message: `${before.bound} of ${input.name.value} is greater than ${bound} in dimension ${axis}: ${before.shape.value[axis]} > ${shape.value[axis]}. Each dimension needs min ≤ opt ≤ max.`,
          related: [{ origin: shape.origin, message: `${bound}: ${shapeText(shape.value)}` }],
          fixes: [{ title: 'Sort min, opt and max', edits: sorted(input), isPreferred: true }],
        });
        break;
      }
    }
  }
};

function profilesOf({ build }: CheckContext): readonly Profile[] {
  const calibration = build.get('shapesCalib')?.value;
  return [...(build.get('profiles')?.value ?? []), ...(calibration ? [calibration] : [])];
}

function sorted(input: ProfileInput): ConfigEdit[] {
  const given = bounds.flatMap((bound): Located<Dims>[] => (input[bound] ? [input[bound]] : []));
  const columns = (given[0]?.value ?? []).map((_, axis) =>
    given.map(({ value }) => value[axis] ?? 0).sort((a, b) => a - b),
  );
  return given.flatMap(({ value, origin }, index) => {
    const newText = shapeText(columns.map((column) => column[index] ?? 0));
    return newText === shapeText(value) ? [] : [{ origin, newText }];
  });
}
