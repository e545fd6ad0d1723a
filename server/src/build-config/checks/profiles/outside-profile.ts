import { completeProfiles } from '../../profiles.ts';
import { fitsName } from '../names.ts';
import type { Rule } from '../rule.ts';
import { entryFor, shapeText } from './entries.ts';

/** Inference runs with shapes that its profile allows. */
export const outsideProfile: Rule = ({ build }, report) => {
  const shapes = build.get('shapes');
  const profile = completeProfiles(build)[build.get('useProfile')?.value ?? 0];
  if (!shapes || !profile) return;
  for (const { name, value } of shapes.value) {
    const own = profile.inputs.filter((given) => given.name !== name);
    const given =
      entryFor({ ...profile, inputs: own }, name.value) ??
      own.find((other) => fitsName(name.value, other.name.value));
    if (!given || given.min.value.length !== value.value.length) continue;
    const axis = value.value.findIndex(
      (size, at) => size < (given.min.value[at] ?? size) || size > (given.max.value[at] ?? size),
    );
    if (axis < 0) continue;
    report({
      code: 'config.outside-profile',
      severity: 'error',
      origin: value.origin,
      message: `${name.value} of ${shapeText(value.value)} is outside its profile: dimension ${axis} goes from ${given.min.value[axis]} to ${given.max.value[axis]}. Widen the profile, or run with a shape inside it.`,
      related: [{ origin: given.origin, message: 'The profile.' }],
      fixes: [
        {
          title: `Run with opt, ${shapeText(given.opt.value)}`,
          edits: [{ origin: value.origin, newText: shapeText(given.opt.value) }],
        },
      ],
    });
  }
};
