import { scalarText } from '../../emit.ts';
import type { Located } from '../../model.ts';
import { fitsName, fitsPattern, isPattern, nearestName } from '../names.ts';
import { preferred, type Report, type Rule, replacement, withFixes } from '../rule.ts';

/** Names and patterns of layers fit some node of the model. */
export const unknownLayer: Rule = ({ build, model }, report) => {
  if (!model) return;
  const named = [
    ...(build.get('layerPrecisions')?.value ?? []),
    ...(build.get('layerOutputTypes')?.value ?? []),
    ...(build.get('layerDeviceTypes')?.value ?? []),
  ].map(({ name }) => name);
  const attentions = build.get('decomposableAttentions')?.value ?? [];
  check([...named, ...attentions], model.layers, 'node', 'config.unknown-layer', report);
};

/** Debug tensors and further outputs are values of the model. */
export const unknownTensor: Rule = ({ build, model }, report) => {
  if (!model) return;
  const named = (build.get('saveDebugTensors')?.value ?? []).map(({ name }) => name);
  const marked = (['markDebug', 'markOutputs'] as const).flatMap((key) => build.get(key)?.value ?? []);
  check([...marked, ...named], model.values, 'tensor', 'config.unknown-tensor', report);
};

/** Weights are of the main graph, or may be what TensorRT's parser calls one further inside. */
export const unknownWeight: Rule = ({ build, model }, report) => {
  if (!model) return;
  const names = (build.get('refitIndividual')?.value ?? []).filter(
    ({ value }) => !model.innerWeights.has(value),
  );
  check(names, model.weights, 'weight', 'config.unknown-weight', report, fitsPattern);
};

/** A warning: TensorRT goes on without it. */
function check(
  names: readonly Located<string>[],
  known: ReadonlySet<string>,
  what: 'node' | 'tensor' | 'weight',
  code: 'config.unknown-layer' | 'config.unknown-tensor' | 'config.unknown-weight',
  report: Report,
  fits = fitsName,
): void {
  for (const { value, origin } of names) {
    if (known.has(value) || (isPattern(value) && fitsSome(value, known, fits))) continue;
    const near = nearestName(value, known);
    report({
      code,
      severity: 'warning',
      origin,
      message: `${isPattern(value) ? `No ${what} of the model fits ${value}` : `The model has no ${what} ${value}`}, so this has no effect.${near === undefined ? '' : ` Did you mean \`${near}\`?`}`,
      ...withFixes(near === undefined ? [] : preferred([replacement(origin, scalarText(near))])),
    });
  }
}

/** Of a model with many names, since every build of a matrix asks the same. */
const answers = new WeakMap<ReadonlySet<string>, Map<string, boolean>>();

function fitsSome(pattern: string, known: ReadonlySet<string>, fits: typeof fitsName): boolean {
  const before = answers.get(known) ?? new Map<string, boolean>();
  answers.set(known, before);
  const answer = before.get(pattern) ?? [...known].some((name) => fits(pattern, name));
  before.set(pattern, answer);
  return answer;
}
