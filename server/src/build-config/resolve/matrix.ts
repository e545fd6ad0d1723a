/** The combinations of `builds` and `matrix`. */
import { isConfigKey, keyDefinitions } from '../flags/index.ts';
import type { ConfigNode, ConfigProblem, MapEntry, MapNode, Origin } from '../model.ts';
import { entryOf } from '../tree.ts';
import { merged } from './merge.ts';

export interface Combination {
  readonly name: string;
  readonly origin: Origin;
  /** Choice by axis; the axis of `builds` is called `build`. */
  readonly axes: Readonly<Record<string, string>>;
  /** What it sets beyond the settings of the file. */
  readonly settings: MapNode;
}

interface AxisChoice {
  readonly name: string;
  readonly origin: Origin;
  readonly settings: MapNode;
}

interface Axis {
  readonly name: string;
  readonly choices: readonly AxisChoice[];
}

/** A matrix of more builds than this is a mistake. */
const mostBuilds = 1024;

type Report = (problem: ConfigProblem) => void;

/** One without a name where the file has neither `builds` nor `matrix`. */
export function combinations(root: MapNode, report: Report): Combination[] {
  const empty: MapNode = { ...root, entries: [] };
  const builds = entryOf(root, 'builds')?.value;
  const matrix = entryOf(root, 'matrix')?.value;
  const axes = [
    ...(builds?.kind === 'map' && builds.entries.length > 0
      ? [{ name: 'build', choices: builds.entries.map((entry) => namedChoice(entry, empty)) }]
      : []),
    ...(matrix?.kind === 'map' ? axesOf(matrix, empty, report) : []),
  ];
  const start: Combination = { name: '', origin: startOf(root.origin), axes: {}, settings: empty };
  const count = axes.reduce((product, { choices }) => product * choices.length, 1);
  if (count > mostBuilds) {
    report({
      code: 'config.matrix',
      severity: 'error',
      origin: (matrix ?? root).origin,
      message: `This makes ${count} builds; ${mostBuilds} are the most.`,
    });
    return [];
  }
  const all = axes.reduce<Combination[]>(
    (before, axis) =>
      before.flatMap((combination) => axis.choices.map((choice) => joined(combination, axis, choice))),
    [start],
  );
  const chosen = matrix?.kind === 'map' ? adjusted(all, matrix, axes, report) : all;
  return distinct(chosen, report);
}

function axesOf(matrix: MapNode, empty: MapNode, report: Report): Axis[] {
  return matrix.entries.flatMap(({ key, value }): Axis[] => {
    const name = key.text;
    if (name === 'include' || name === 'exclude') return [];
    const choices =
      value.kind === 'map'
        ? value.entries.map((entry) => namedChoice(entry, empty))
        : value.kind === 'list' && isConfigKey(name)
          ? value.items.map((item) => valueChoice(key, item, empty))
          : undefined;
    if (choices === undefined) return [];
    if (choices.length === 0) {
      report({
        code: 'config.matrix',
        severity: 'warning',
        origin: key.origin,
        message: `The axis ${name} has no choices, so there are no builds.`,
      });
    }
    return [{ name, choices }];
  });
}

function namedChoice({ key, value }: MapEntry, empty: MapNode): AxisChoice {
  return { name: key.text, origin: key.origin, settings: value.kind === 'map' ? value : empty };
}

/** A value of a list: it is its own name, a file without its folder and ending. */
function valueChoice(key: MapEntry['key'], value: ConfigNode, empty: MapNode): AxisChoice {
  const text = value.kind === 'scalar' ? value.text : '';
  const isPath = isConfigKey(key.text) && keyDefinitions[key.text].value.kind === 'path';
  const name = isPath ? text.replace(/^.*[\\/]/, '').replace(/\.[^.]*$/, '') : text;
  const entry: MapEntry = { key, value, origin: value.origin };
  return {
    name: name.replace(/[\\/\s]+/g, '_'),
    origin: value.origin,
    settings: { ...empty, entries: [entry] },
  };
}

function joined(before: Combination, axis: Axis, { name, origin, settings }: AxisChoice): Combination {
  return {
    name: before.name === '' ? name : `${before.name}-${name}`,
    origin: before.name === '' ? origin : before.origin,
    axes: { ...before.axes, [axis.name]: name },
    settings: merged(before.settings, settings),
  };
}

/** After `exclude` and `include`, which mean what they mean in GitHub Actions. */
function adjusted(
  all: readonly Combination[],
  matrix: MapNode,
  axes: readonly Axis[],
  report: Report,
): Combination[] {
  const isAxis = ({ key }: MapEntry) => axes.some(({ name }) => name === key.text);
  const fits = (combination: Combination, conditions: readonly MapEntry[]) =>
    conditions.every(({ key, value }) => combination.axes[key.text] === choiceName(key.text, value));
  let chosen = [...all];
  for (const item of itemsIn(matrix, 'exclude')) {
    const left = chosen.filter((combination) => !fits(combination, item.entries));
    if (left.length === chosen.length) {
      report({
        code: 'config.matrix',
        severity: 'warning',
        origin: item.origin,
        message: 'This excludes no combination.',
        tag: 'unnecessary',
      });
    }
    chosen = left;
  }
  for (const item of itemsIn(matrix, 'include')) {
    const conditions = item.entries.filter(isAxis);
    const settings: MapNode = { ...item, entries: item.entries.filter((entry) => !isAxis(entry)) };
    if (chosen.some((combination) => fits(combination, conditions))) {
      chosen = chosen.map((combination) =>
        fits(combination, conditions)
          ? { ...combination, settings: merged(combination.settings, settings) }
          : combination,
      );
    } else {
      chosen.push(added(item, conditions, settings, axes));
    }
  }
  return chosen;
}

/** A combination that the product does not have; choices that an axis has bring their settings. */
function added(
  item: MapNode,
  conditions: readonly MapEntry[],
  own: MapNode,
  axes: readonly Axis[],
): Combination {
  const start: Combination = {
    name: '',
    origin: startOf(item.origin),
    axes: {},
    settings: { ...own, entries: [] },
  };
  const combination = axes.reduce((before, axis) => {
    const condition = conditions.find(({ key }) => key.text === axis.name);
    if (!condition) return before;
    const name = choiceName(axis.name, condition.value);
    const known = axis.choices.find((choice) => choice.name === name);
    return joined(before, axis, known ?? { name, origin: condition.value.origin, settings: start.settings });
  }, start);
  return { ...combination, settings: merged(combination.settings, own) };
}

function itemsIn(matrix: MapNode, key: string): MapNode[] {
  const node = entryOf(matrix, key)?.value;
  return node?.kind === 'list' ? node.items.filter((item) => item.kind === 'map') : [];
}

/** A choice as `exclude` and `include` name it: by its name, or by the value that has that name. */
export function choiceName(axis: string, value: ConfigNode): string {
  const text = value.kind === 'scalar' ? value.text : '';
  const isPath = isConfigKey(axis) && keyDefinitions[axis].value.kind === 'path';
  return (
    isPath ? text.replace(/^.*[\\/]/, '').replace(/\.(onnx|onnxtxt|onnxtext|[A-Za-z]+)$/, '') : text
  ).replace(/[\\/\s]+/g, '_');
}

/** Names are unique, and parts of file names. */
function distinct(all: readonly Combination[], report: Report): Combination[] {
  const known = new Map<string, Combination>();
  return all.filter((combination) => {
    const { name, origin } = combination;
    const before = known.get(name);
    if (before) {
      report({
        code: 'config.duplicate-build',
        severity: 'error',
        origin,
        message: `Two builds are called ${name === '' ? 'by no name' : name}. Name their choices apart.`,
        related: [{ origin: before.origin, message: 'The other one.' }],
      });
      return false;
    }
    if (/[\\/:*?"<>|]/.test(name)) {
      report({
        code: 'config.build-name',
        severity: 'error',
        origin,
        message: `The name of a build is part of file names, so ${name} must do without \\ / : * ? " < > |.`,
      });
    }
    known.set(name, combination);
    return true;
  });
}

function startOf({ file, range }: Origin): Origin {
  return { file, range: { start: range.start, end: range.start } };
}
