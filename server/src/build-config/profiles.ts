/** The optimization profiles of a build, complete: as trtexec fills in what is left out. */
import type { BuildConfig, Dims, Located, Origin, ProfileInput } from './model.ts';

export interface CompleteInput {
  /** May contain one `*`. */
  readonly name: Located<string>;
  readonly min: Located<Dims>;
  readonly opt: Located<Dims>;
  readonly max: Located<Dims>;
  readonly origin: Origin;
}

export interface CompleteProfile {
  readonly inputs: readonly CompleteInput[];
  readonly origin: Origin;
}

/**
 * A missing min or max is the opt (or the other end), a missing opt the max (or the min). Inputs that only `shapes` mentions
 * are in the profile of `useProfile` with exactly that shape. Empty where the config says nothing of shapes.
 */
export function completeProfiles(build: BuildConfig): CompleteProfile[] {
  const given = build.get('profiles');
  const profiles = (given?.value ?? []).map(
    ({ inputs, origin }): CompleteProfile => ({ inputs: inputs.flatMap(complete), origin }),
  );
  const shapes = build.get('shapes');
  if (!shapes) return profiles;
  const index = build.get('useProfile')?.value ?? 0;
  const profile =
    profiles[index] ??
    (profiles.length === 0 && index === 0 ? { inputs: [], origin: shapes.origin } : undefined);
  if (!profile) return profiles;
  const fixed = shapes.value
    .filter(({ name }) => !profile.inputs.some((input) => input.name.value === name.value))
    .map(
      ({ name, value }): CompleteInput => ({
        name,
        min: value,
        opt: value,
        max: value,
        origin: value.origin,
      }),
    );
  return withAt(profiles, index, { ...profile, inputs: [...profile.inputs, ...fixed] });
}

function complete({ name, min, opt, max, origin }: ProfileInput): CompleteInput[] {
  const least = min ?? opt ?? max;
  const usual = opt ?? max ?? min;
  const greatest = max ?? opt ?? min;
  return least && usual && greatest ? [{ name, min: least, opt: usual, max: greatest, origin }] : [];
}

/** Array.with, which throws where the item would be new. */
function withAt(
  profiles: readonly CompleteProfile[],
  index: number,
  profile: CompleteProfile,
): CompleteProfile[] {
  const all = [...profiles];
  all[index] = profile;
  return all;
}
