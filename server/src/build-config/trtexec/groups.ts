/** Flags that mean something together: shapes behind `--profile`, files behind `--refPair`. */
import type { YamlMap, YamlValue } from '../emit.ts';
import type { ConfigKey } from '../flags/index.ts';
import { dimsFrom } from './from-values.ts';
import { splitEntries } from './spec.ts';

interface Flag {
  readonly name: string;
  readonly value: string | undefined;
}

/** What became of one argument. */
export type Taken =
  | {
      readonly kind: 'setting';
      readonly key: ConfigKey;
      readonly value: YamlValue;
      readonly notes: readonly string[];
    }
  /** Kept as it is, since the config cannot say it. */
  | { readonly kind: 'raw'; readonly reason: string; readonly notes: readonly string[] };

type Flags = readonly (Flag | undefined)[];

interface Group {
  /** Undefined for what comes before the first index. */
  readonly index: number | undefined;
  readonly members: number[];
}

const bounds = { '--minShapes': 'min', '--optShapes': 'opt', '--maxShapes': 'max' } as const;
const calibrationBounds = {
  '--minShapesCalib': 'min',
  '--optShapesCalib': 'opt',
  '--maxShapesCalib': 'max',
} as const;

/** `--profile`, `--minShapes` … and the same for calibration. */
export function readShapeFlags(flags: Flags): Map<number, Taken> {
  const taken = new Map<number, Taken>();
  takeProfiles(flags, taken);
  const calibration = indicesOf(flags, Object.keys(calibrationBounds));
  const profile = profileOf(flags, calibration, calibrationBounds);
  for (const index of calibration) {
    taken.set(index, typeof profile === 'string' ? raw(profile) : setting('shapesCalib', profile));
  }
  return taken;
}

function takeProfiles(flags: Flags, taken: Map<number, Taken>): void {
  const { groups, notes } = grouped(flags, '--profile', Object.keys(bounds));
  if (groups.length === 0) return;
  const problem = orderProblem(groups, 'profile');
  const ordered = groups.toSorted((first, second) => (first.index ?? 0) - (second.index ?? 0));
  const profiles = ordered.map(({ members }) =>
    profileOf(
      flags,
      members.filter((index) => flags[index]?.name !== '--profile'),
      bounds,
    ),
  );
  const wrong = problem ?? profiles.find((profile) => typeof profile === 'string');
  const value = profiles.filter((profile) => typeof profile !== 'string');
  for (const index of groups.flatMap(({ members }) => members)) {
    const note = notes.get(index);
    taken.set(
      index,
      typeof wrong === 'string' ? raw(wrong) : setting('profiles', value, note === undefined ? [] : [note]),
    );
  }
}

/** `--refPair` with `--loadInputs` and `--loadRefOutputs`; without it, these are flags like others. */
export function readReferencePairs(flags: Flags): Map<number, Taken> {
  const taken = new Map<number, Taken>();
  if (!flags.some((flag) => flag?.name === '--refPair')) return taken;
  const { groups, notes } = grouped(flags, '--refPair', ['--loadInputs', '--loadRefOutputs']);
  const problem = orderProblem(groups, 'pair');
  const ordered = groups.toSorted((first, second) => (first.index ?? 0) - (second.index ?? 0));
  const pairs = ordered.map(({ members }): YamlMap | string => {
    const entries: [string, YamlValue][] = [];
    for (const flag of members.map((index) => flags[index])) {
      if (!flag || flag.name === '--refPair') continue;
      const files = splitEntries(flag.value ?? '');
      const name = flag.name.slice(2);
      if (!files || entries.some(([known]) => known === name))
        return `${flag.name} of the pair cannot be read.`;
      entries.push([name, { entries: files }]);
    }
    return { entries };
  });
  const wrong = problem ?? pairs.find((pair) => typeof pair === 'string');
  for (const index of groups.flatMap(({ members }) => members)) {
    const note = notes.get(index);
    const value = pairs.filter((pair) => typeof pair !== 'string');
    taken.set(
      index,
      typeof wrong === 'string' ? raw(wrong) : setting('refPairs', value, note === undefined ? [] : [note]),
    );
  }
  return taken;
}

/** The members behind each head. trtexec wants them at once; we take them later, too, and say so. */
function grouped(flags: Flags, head: string, names: readonly string[]) {
  const groups: Group[] = [];
  const notes = new Map<number, string>();
  for (const [at, flag] of flags.entries()) {
    if (flag?.name === head) {
      groups.push({ index: Number(/^\d+$/.test(flag.value ?? '') ? flag.value : Number.NaN), members: [at] });
    } else if (flag && names.includes(flag.name)) {
      const group = groups.at(-1);
      if (!group) {
        groups.push({ index: undefined, members: [at] });
        continue;
      }
      if (group.index !== undefined && group.members.at(-1) !== at - 1) {
        notes.set(at, `${flag.name} has to stand right behind its ${head}; trtexec refuses it here.`);
      }
      group.members.push(at);
    }
  }
  return { groups, notes };
}

function orderProblem(groups: readonly Group[], what: string): string | undefined {
  if (groups.length === 1 && groups[0]?.index === undefined) return undefined;
  if (groups.some(({ index }) => index === undefined)) {
    return `What stands before the first index belongs to no ${what}; trtexec refuses it.`;
  }
  const indices = groups.map(({ index }) => index ?? Number.NaN).toSorted((first, second) => first - second);
  return indices.every((index, place) => index === place)
    ? undefined
    : `Indices count from 0, each once; these are ${indices.join(', ')}.`;
}

/** By input, in the order in which inputs come; or why it cannot be. */
function profileOf(
  flags: Flags,
  members: readonly number[],
  names: Readonly<Record<string, 'min' | 'opt' | 'max'>>,
): YamlMap | string {
  const inputs = new Map<string, [string, YamlValue][]>();
  const seen = new Set<string>();
  for (const flag of members.map((index) => flags[index])) {
    const bound = flag && names[flag.name];
    if (!flag || !bound) continue;
    if (seen.has(bound))
      return `${flag.name} is given twice for one profile; several need --profile=N before each.`;
    seen.add(bound);
    for (const [name, value] of splitEntries(flag.value ?? '') ?? [['', '?'] as const]) {
      const dims = dimsFrom(value);
      if (name === '' || !dims)
        return `${flag.name} takes shapes such as images:1x3x224x224, not ${flag.value ?? 'nothing'}.`;
      inputs.set(name, [...(inputs.get(name) ?? []), [bound, dims]]);
    }
  }
  const order = ['min', 'opt', 'max'];
  return {
    entries: [...inputs].map(([name, shapes]) => [
      name,
      { entries: shapes.toSorted(([first], [second]) => order.indexOf(first) - order.indexOf(second)) },
    ]),
  };
}

function indicesOf(flags: Flags, names: readonly string[]): number[] {
  return flags.flatMap((flag, index) => (flag && names.includes(flag.name) ? [index] : []));
}

function raw(reason: string): Taken {
  return { kind: 'raw', reason, notes: [] };
}

function setting(key: ConfigKey, value: YamlValue, notes: readonly string[] = []): Taken {
  return { kind: 'setting', key, value, notes };
}
