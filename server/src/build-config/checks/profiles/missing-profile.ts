import { completeProfiles } from '../../profiles.ts';
import { dimsText, type InputFacts, isDynamic } from '../facts/facts.ts';
import { nearestName } from '../names.ts';
import { joinWords, type Rule, withFixes } from '../rule.ts';
import { entryFor } from './entries.ts';
import { fixForAll, fixForProfile } from './make-profiles.ts';

/** TensorRT builds a dynamic input for the sizes of a profile, so every profile says them. */
export const missingProfile: Rule = (context, report) => {
  const { build, model } = context;
  if (!model || build.get('loadEngine')) return;
  const dynamic = model.inputs.filter(isDynamic);
  const profiles = completeProfiles(build);
  if (profiles.length === 0 && dynamic.length > 0) {
    const inputs = dynamic.map(({ name, dims }) => `${name} ${dimsText(dims ?? [])}`);
    report({
      code: 'config.missing-profile',
      severity: 'error',
      origin: build.get('profiles')?.origin ?? build.get('model')?.origin ?? build.origin,
      message: `The model has inputs of several sizes: ${joinWords(inputs)}. TensorRT needs a profile that says which: \`profiles\`. (trtexec would take 1 for each.)`,
      ...withFixes(fixForAll(context, dynamic)),
    });
    return;
  }
  for (const profile of profiles) {
    // A misspelled name is told of by itself, with the input that is meant.
    const meant = new Set(profile.inputs.map(({ name }) => nearestUnknown(name.value, model.inputs)));
    const missing = dynamic.filter(({ name }) => !entryFor(profile, name) && !meant.has(name));
    if (missing.length === 0) continue;
    const inputs = missing.map(({ name, dims }) => `${name} ${dimsText(dims ?? [])}`);
    report({
      code: 'config.missing-profile',
      severity: 'error',
      origin: profile.origin,
      message: `This profile does not say the ${missing.every(({ isShapeTensor }) => isShapeTensor) ? 'values' : 'sizes'} of ${joinWords(inputs)}. Each profile needs all inputs of several sizes.`,
      ...withFixes(fixForProfile(context, profile, missing)),
    });
  }
};

function nearestUnknown(word: string, inputs: readonly InputFacts[]): string | undefined {
  const names = inputs.map(({ name }) => name);
  return names.includes(word) ? undefined : nearestName(word, names);
}
