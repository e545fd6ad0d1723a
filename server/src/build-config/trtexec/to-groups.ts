/** Keys that become several flags which belong together. */
import type { ConfigKey } from '../flags/index.ts';
import type { Profile, ReferencePair } from '../model.ts';
import { dimsText, joinNameAndValue } from './spec.ts';
import { cannotSay, type Say } from './to-values.ts';

/** `--profile=N` before the shapes of each, where there are several. */
export function profileArguments(profiles: readonly Profile[], say: Say): string[] {
  return profiles.flatMap((profile, index) => [
    ...(profiles.length > 1 ? [`--profile=${index}`] : []),
    ...boundArguments(profile, 'profiles', '', say),
  ]);
}

export function shapesCalibArguments(profile: Profile, say: Say): string[] {
  return boundArguments(profile, 'shapesCalib', 'Calib', say);
}

/**
 * A bound that no input gives is left out, as trtexec then takes it from the others. One that some give is written for all,
 * with what trtexec would take: its own rule goes by flag, not by input.
 */
function boundArguments({ inputs }: Profile, key: ConfigKey, suffix: string, say: Say): string[] {
  return (['min', 'opt', 'max'] as const).flatMap((bound) => {
    if (!inputs.some((input) => input[bound])) return [];
    const shapes = inputs.flatMap((input) => {
      const { min, opt, max } = input;
      const filled = { min: min ?? opt ?? max, opt: opt ?? max ?? min, max: max ?? opt ?? min }[bound];
      const text = filled && joinNameAndValue(input.name.value, dimsText(filled.value));
      if (text === undefined) cannotSay(key, input.name.value, say);
      return text ?? [];
    });
    return shapes.length === 0 ? [] : [`--${bound}Shapes${suffix}=${shapes.join(',')}`];
  });
}

export function referencePairArguments(pairs: readonly ReferencePair[], say: Say): string[] {
  return pairs.flatMap(({ loadInputs, loadRefOutputs }, index) => [
    `--refPair=${index}`,
    ...(
      [
        ['loadInputs', loadInputs],
        ['loadRefOutputs', loadRefOutputs],
      ] as const
    ).flatMap(([flag, files]) => {
      const texts = files.flatMap(({ name, value }) => {
        const text = joinNameAndValue(name.value, say.pathText(value.value));
        if (text === undefined) cannotSay('refPairs', name.value, say);
        return text ?? [];
      });
      return texts.length === 0 ? [] : [`--${flag}=${texts.join(',')}`];
    }),
  ]);
}
