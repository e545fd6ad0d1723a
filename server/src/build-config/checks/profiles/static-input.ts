import { removedEntry } from '../edits.ts';
import { isDynamic } from '../facts/facts.ts';
import { isPattern } from '../names.ts';
import type { Rule } from '../rule.ts';
import { profileEntries } from './entries.ts';

/** An input of fixed size needs no profile; trtexec even refuses profiles of a model without any dynamic input. */
export const staticInput: Rule = (context, report) => {
  const { model, build } = context;
  if (!model) return;
  const nothingIsDynamic = model.inputs.length > 0 && !model.inputs.some(isDynamic);
  for (const { input, given } of profileEntries(context)) {
    // A wrong shape is told of elsewhere, and what `shapes` says is for inference.
    const isRight = input.dims?.every((dim, axis) => given.opt.value[axis] === dim) === true;
    const isOfShapes = build.get('shapes')?.value.some(({ name }) => name === given.name) === true;
    if (isDynamic(input) || !isRight || isOfShapes || isPattern(given.name.value)) continue;
    report({
      code: 'config.static-input',
      severity: nothingIsDynamic ? 'information' : 'hint',
      origin: given.origin,
      tag: 'unnecessary',
      message: nothingIsDynamic
        ? `All inputs of the model have fixed shapes, so it needs no profiles, and trtexec refuses them. Remove ${given.name.value}.`
        : `${given.name.value} has a fixed shape and needs no profile.`,
      fixes: [
        {
          title: `Remove ${given.name.value}`,
          edits: removedEntry(context, given.name.origin, given.max.origin),
          isPreferred: true,
        },
      ],
    });
  }
};
