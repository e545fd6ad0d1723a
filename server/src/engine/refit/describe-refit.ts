/** Refits and what they need, as sections that a terminal and a web page show alike. */
import type { Section, TableSection } from '../describe-engine.ts';
import { hasOtherType, type MappedWeight, tensorText } from './map-weights.ts';
import type { RefitRule } from './refit-rules.ts';

export function rulesSection(rules: readonly RefitRule[]): Section {
  return {
    kind: 'rows',
    title: 'Rules',
    rows: rules.map(({ rule, sentence }) => [titles[rule] ?? rule, sentence]),
  };
}

const titles: Partial<Record<RefitRule['rule'], string>> = {
  'not-refittable': 'Not refittable',
  unknown: 'Not known',
};

export function weightsSection(weights: readonly MappedWeight[]): TableSection {
  return {
    kind: 'table',
    title: 'Refittable weights',
    columns: ['Weights', 'Type', 'Count', 'Missing', 'Initializer', 'Layers'],
    rows: weights.map((weight) => [
      ...weightCells(weight),
      weight.isMissing ? 'missing' : '',
      ...sourceCells(weight),
    ]),
  };
}

function weightCells({ name, type, count }: MappedWeight): readonly string[] {
  return [name, type ?? '', count === undefined ? '' : String(count)];
}

function sourceCells(weight: MappedWeight): readonly string[] {
  return [initializerText(weight), weight.roles.join(', ')];
}

function initializerText(weight: MappedWeight): string {
  const { tensor, name, mismatch } = weight;
  if (!tensor) return '– none in the model';
  const own = tensor.name === '' || tensor.name === name ? '' : `${tensor.name} `;
  const why = mismatch ?? (hasOtherType(weight) ? 'another type than in the engine' : undefined);
  return `${own}${tensorText(tensor)}${why === undefined ? '' : ` – ${why}`}`;
}

/** Those that a refit lacked; names that the engine's list does not have are told, too. */
export function missingSection(names: readonly string[], weights: readonly MappedWeight[]): TableSection {
  const known = names.map(
    (name): MappedWeight =>
      weights.find((weight) => weight.name === name) ?? { name, isMissing: true, roles: [] },
  );
  return {
    kind: 'table',
    title: 'Missing weights',
    columns: ['Weights', 'Type', 'Count', 'Initializer', 'Layers'],
    rows: known.map((weight) => [...weightCells(weight), ...sourceCells(weight)]),
  };
}
