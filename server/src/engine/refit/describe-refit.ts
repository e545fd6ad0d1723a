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

export function weightsSection(weights: readonly MappedWeight[], title = 'Refittable weights'): TableSection {
  return {
    kind: 'table',
    title,
    columns: ['Weights', 'Type', 'Count', 'Missing', 'Initializer', 'Layers'],
    rows: weights.map((weight) => [
      weight.name,
      weight.type ?? '',
      weight.count === undefined ? '' : String(weight.count),
      weight.isMissing ? 'missing' : '',
      initializerText(weight),
      weight.roles.join(', '),
    ]),
  };
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
  return weightsSection(
    known.map((weight) => ({ ...weight, isMissing: true })),
    'Missing weights',
  );
}
