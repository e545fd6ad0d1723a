import { scalarText } from '../../emit.ts';
import type { Located } from '../../model.ts';
import { outputsOf } from '../model/outputs.ts';
import { fitsName, nameAdvice, nearestName } from '../names.ts';
import { preferred, type Report, type Rule, replacement, withFixes } from '../rule.ts';

/** Names of inputs and outputs are those of the model, wherever a config names them. */
export const unknownInput: Rule = ({ build, model }, report) => {
  if (!model) return;
  const inputs = model.inputs.map(({ name }) => name);
  const outputs = outputsOf(build, model).map(({ name }) => name);
  const shapes = [
    ...(build.get('profiles')?.value ?? []),
    ...[build.get('shapesCalib')?.value].filter((profile) => profile !== undefined),
  ].flatMap((profile) => profile.inputs.map(({ name }) => name));
  const namesIn = (named: readonly { readonly name: Located<string> }[] | undefined) =>
    (named ?? []).map(({ name }) => name);
  const pairs = build.get('refPairs')?.value ?? [];
  check(
    [
      ...shapes,
      ...namesIn(build.get('shapes')?.value),
      ...namesIn(build.get('loadInputs')?.value),
      ...pairs.flatMap(({ loadInputs }) => namesIn(loadInputs)),
      ...formatNames(build.get('inputIOFormats')?.value),
    ],
    inputs,
    'input',
    report,
  );
  check(
    [
      ...namesIn(build.get('loadRefOutputs')?.value),
      ...pairs.flatMap(({ loadRefOutputs }) => namesIn(loadRefOutputs)),
      ...formatNames(build.get('outputIOFormats')?.value),
    ],
    outputs,
    'output',
    report,
  );
};

function formatNames(
  formats:
    | { readonly by: 'name'; readonly entries: readonly { readonly name: Located<string> }[] }
    | { readonly by: 'position' }
    | undefined,
): Located<string>[] {
  return formats?.by === 'name' ? formats.entries.map(({ name }) => name) : [];
}

function check(
  names: readonly Located<string>[],
  known: readonly string[],
  what: 'input' | 'output',
  report: Report,
): void {
  for (const { value, origin } of names) {
    if (known.some((name) => fitsName(value, name))) continue;
    const bound = /^(?:min|opt|max)$/.test(value) && what === 'input';
    const near = bound ? undefined : nearestName(value, known);
    report({
      code: 'config.unknown-input',
      severity: 'error',
      origin,
      message: `The model has no ${what} ${value.includes('*') ? `that fits ${value}` : value}.${bound ? ` \`${value}\` belongs to an input: indent it below the input’s name.` : nameAdvice(near, known, what)}`,
      ...withFixes(near === undefined ? [] : preferred([replacement(origin, scalarText(near))])),
    });
  }
}
