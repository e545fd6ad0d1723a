/** What can be said of a refit before the engine is loaded. */
import type { Answer } from '../../../engine/compatibility.ts';
import { type RefitRule, refitRules } from '../../../engine/refit/refit-rules.ts';
import type { LoadedModel } from '../../../node/load-model.ts';
import { identify, type Provenance } from '../../build/provenance.ts';
import { differentTensors, tensorHashes, weightsRecord } from '../../weights.ts';

export interface RulesOptions {
  /** The user says that the model's weights are those that the engine was built from. */
  readonly assumesSame: boolean;
  /** Names of single weights; all of the model where absent. */
  readonly weights?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Reads the model's weights where they, or some of them, have to be the ones that the engine was built from. */
export async function rulesBefore(
  provenance: Provenance | undefined,
  model: LoadedModel,
  { assumesSame, weights: single, signal }: RulesOptions,
): Promise<readonly RefitRule[]> {
  const flags = provenance?.request.settings.flags ?? [];
  const has = (flag: string) => flags.includes(flag);
  const facts = {
    flags: provenance && flags,
    assumesSame,
    refit: provenance?.refit,
    individual: provenance?.individual,
    single,
  };
  const { others, marked = [] } = provenance?.individual ?? {};
  if (others && !single) {
    const different = differentTensors(others, await tensorHashes(model, new Set(marked), signal));
    return refitRules({ ...facts, sameWeights: different.length === 0 ? 'yes' : 'no', different });
  }
  const needsSame =
    !has('kREFIT') && (has('kREFIT_IDENTICAL') || (has('kSTRIP_PLAN') && !has('kREFIT_INDIVIDUAL')));
  const sameWeights = provenance && needsSame ? await hasSameWeights(provenance, model, signal) : 'unknown';
  return refitRules({ ...facts, sameWeights });
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
