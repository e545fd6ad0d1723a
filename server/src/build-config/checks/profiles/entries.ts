/** What profiles say of inputs, brought together with the inputs that they mean. */
import type { BuildConfig, Dims, Located, Origin } from '../../model.ts';
import { type CompleteInput, type CompleteProfile, completeProfiles } from '../../profiles.ts';
import type { InputFacts } from '../facts/facts.ts';
import { fitsName, isPattern } from '../names.ts';
import type { CheckContext } from '../rule.ts';

/** One input in one profile. */
export interface ProfileEntry {
  readonly input: InputFacts;
  readonly given: CompleteInput;
  /** The profile's place among `profiles`; undefined for that of calibration. */
  readonly index: number | undefined;
}

/** A shape as written: the same one is min, opt and max where it is given once. */
export interface GivenShape {
  readonly bounds: readonly ('min' | 'opt' | 'max')[];
  readonly shape: Located<Dims>;
}

/** The profile's own entry for an input; one with its very name wins over one with a `*`. */
export function entryFor({ inputs }: CompleteProfile, name: string): CompleteInput | undefined {
  return (
    inputs.find((given) => given.name.value === name) ??
    inputs.find((given) => isPattern(given.name.value) && fitsName(given.name.value, name))
  );
}

export function profileEntries({ build, model }: CheckContext): ProfileEntry[] {
  if (!model) return [];
  const calibration = calibrationProfile(build);
  const profiles: readonly (readonly [CompleteProfile, number | undefined])[] = [
    ...completeProfiles(build).map((profile, index) => [profile, index] as const),
    ...(calibration ? [[calibration, undefined] as const] : []),
  ];
  return profiles.flatMap(([profile, index]) =>
    model.inputs.flatMap((input) => {
      const given = entryFor(profile, input.name);
      return given ? [{ input, given, index }] : [];
    }),
  );
}

function calibrationProfile(build: BuildConfig): CompleteProfile | undefined {
  const given = build.get('shapesCalib')?.value;
  return (
    given && {
      origin: given.origin,
      inputs: given.inputs.flatMap(({ name, min, opt, max, origin }) => {
        const usual = opt ?? max ?? min;
        return usual ? [{ name, min: min ?? usual, opt: usual, max: max ?? usual, origin }] : [];
      }),
    }
  );
}

export function givenShapes({ min, opt, max }: CompleteInput): GivenShape[] {
  const shapes: { bounds: ('min' | 'opt' | 'max')[]; shape: Located<Dims> }[] = [];
  for (const [bound, shape] of [
    ['min', min],
    ['opt', opt],
    ['max', max],
  ] as const) {
    const known = shapes.find((other) => isSamePlace(other.shape.origin, shape.origin));
    if (known) known.bounds.push(bound);
    else shapes.push({ bounds: [bound], shape });
  }
  return shapes;
}

export function isSamePlace(first: Origin, second: Origin): boolean {
  return first.file === second.file && JSON.stringify(first.range) === JSON.stringify(second.range);
}

/** `[1, 3, 224]`, as a config writes it. */
export function shapeText(dims: Dims): string {
  return `[${dims.join(', ')}]`;
}
