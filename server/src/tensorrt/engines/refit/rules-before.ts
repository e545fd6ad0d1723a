/** What can be said of a refit before the engine is loaded. */
import type { Answer } from '../../../engine/compatibility.ts';
import { type RefitRule, refitRules } from '../../../engine/refit/refit-rules.ts';
import type { LoadedModel } from '../../../node/load-model.ts';
import { identify, type Provenance } from '../../build/provenance.ts';
import { weightsRecord } from '../../weights.ts';

export interface RulesOptions {
  /** The user says that the model's weights are those that the engine was built from. */
  readonly assumesSame: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Reads the model's weights where they have to be the ones that the engine was built from. */
export async function rulesBefore(
  provenance: Provenance | undefined,
  model: LoadedModel,
  { assumesSame, signal }: RulesOptions,
): Promise<readonly RefitRule[]> {
  const flags = provenance?.request.settings.flags ?? [];
  const needsSame =
    !flags.includes('kREFIT') && (flags.includes('kREFIT_IDENTICAL') || flags.includes('kSTRIP_PLAN'));
  const sameWeights = provenance && needsSame ? await hasSameWeights(provenance, model, signal) : 'unknown';
  return refitRules({ flags: provenance && flags, sameWeights, assumesSame, refit: provenance?.refit });
}

async function hasSameWeights(
  provenance: Provenance,
  model: LoadedModel,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const { weights, refit } = provenance;
  if (weights) return (await weightsRecord(model, signal)).sha256 === weights.sha256 ? 'yes' : 'no';
  // A note of before hashes were kept: the same files have the same weights, others nobody knows.
  if (refit) return 'unknown';
  const files = [provenance.model, ...provenance.inputs];
  const options = { known: files, ...(signal && { signal }) };
  const [first, ...others] = await Promise.all(
    [{ ...provenance.model, path: model.path }, ...provenance.inputs].map(async ({ path, sha256 }) => {
      const found = await identify(path, options).catch(() => undefined);
      return found?.sha256 === sha256;
    }),
  );
  return first === true && others.every(Boolean) ? 'yes' : 'unknown';
}
