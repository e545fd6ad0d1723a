/** What TensorRT's build flags allow of a refit, told before anything is loaded. */
import type { Answer } from '../compatibility.ts';

export interface RefitRule {
  /** BuilderFlag name, or what else decides. */
  readonly rule:
    | 'kREFIT'
    | 'kREFIT_IDENTICAL'
    | 'kREFIT_INDIVIDUAL'
    | 'kSTRIP_PLAN'
    | 'not-refittable'
    | 'unknown';
  /** Whether a refit may go on, as far as this rule is concerned. */
  readonly answer: Answer;
  readonly sentence: string;
  /** It answers no only because nothing tells that the weights are the same: the user may know (`assumesSame`). */
  readonly mayAssume?: true;
}

export interface RefitFacts {
  /** BuilderFlag names of `ENGINE.json`; undefined where none describes the engine. */
  readonly flags: readonly string[] | undefined;
  /** Whether the model's weights are those that the engine was built from; `later`: that is looked at when a model is given. */
  readonly sameWeights: Answer | 'later';
  /** The user says that they are. */
  readonly assumesSame: boolean;
  /** The refit that wrote the engine, where one did: whether it left the weights out, and with which TensorRT. */
  readonly refit?: { readonly isStripped: boolean; readonly runtime: RefitRuntime } | undefined;
}

interface RefitRuntime {
  readonly product: string;
  readonly version: string;
}

export function refitRules({ flags, sameWeights, assumesSame, refit }: RefitFacts): readonly RefitRule[] {
  if (flags === undefined) {
    return [
      {
        rule: 'unknown',
        answer: 'unknown',
        sentence:
          'No ENGINE.json says how the engine was built. Loading it tells whether it can be refitted, but not whether with any weights (REFIT) or only with those it was built from (REFIT_IDENTICAL).',
      },
    ];
  }
  const has = (flag: string) => flags.includes(flag);
  const isFull = refit !== undefined && !refit.isStripped;
  if (isFull && has('kSTRIP_PLAN') && !has('kREFIT') && !includesRefit(refit.runtime)) {
    return [{ rule: 'kSTRIP_PLAN', answer: 'no', sentence: refittedOnce }];
  }
  const stripped: RefitRule[] =
    has('kSTRIP_PLAN') && !isFull
      ? [
          {
            rule: 'kSTRIP_PLAN',
            answer: 'yes',
            sentence:
              'It was built without its weights (kSTRIP_PLAN): a refit puts them in, and the written engine has them (on the command line, unless --keep-stripped says otherwise).',
          },
        ]
      : [];
  if (has('kREFIT')) {
    const sentence = 'It was built with kREFIT: all weights can be replaced, by any of the same count.';
    return [{ rule: 'kREFIT', answer: 'yes', sentence }, ...stripped];
  }
  // A stripped engine without kREFIT is one of kREFIT_IDENTICAL.
  if (has('kREFIT_IDENTICAL') || (has('kSTRIP_PLAN') && !has('kREFIT_INDIVIDUAL'))) {
    return [identicalRule(sameWeights, assumesSame), ...stripped];
  }
  if (has('kREFIT_INDIVIDUAL')) {
    const sentence =
      'It was built with kREFIT_INDIVIDUAL: only weights that were marked in the network (INetworkDefinition::markWeightsRefittable) can be replaced. --list tells which.';
    return [{ rule: 'kREFIT_INDIVIDUAL', answer: 'yes', sentence }, ...stripped];
  }
  return [{ rule: 'not-refittable', answer: 'no', sentence: notRefittable }];
}

/** What to do about an engine that TensorRT does not refit. */
export const notRefittable =
  'It was built without refitting. Build it again with `refit: true` (trtexec --refit) to replace weights, or `stripWeights: true` (trtexec --stripWeights) to ship it without them.';

/** Of an engine that was stripped, and has its weights from a refit: TensorRT 10.6 made no second one of it. */
export const refittedOnce =
  'It was built without its weights, and a refit has put them in: TensorRT does not refit it once more. Refit the engine without weights again (`--keep-stripped` writes such a one), or build with `refit: true` (trtexec --refit) to replace weights.';

function identicalRule(sameWeights: RefitFacts['sameWeights'], assumesSame: boolean): RefitRule {
  const rule = 'kREFIT_IDENTICAL';
  const only = 'It was built for the same weights only (kREFIT_IDENTICAL)';
  if (sameWeights === 'yes') {
    return { rule, answer: 'yes', sentence: `${only}, and the model has them.` };
  }
  if (sameWeights === 'later') {
    return { rule, answer: 'yes', sentence: `${only}; a refit looks first whether its model has them.` };
  }
  if (sameWeights === 'no') {
    return {
      rule,
      answer: 'no',
      sentence: `${only}, and the model has others: the engine would compute wrong results. Take the model it was built from, or build an engine with \`refit: true\` (trtexec --refit), which takes any weights.`,
    };
  }
  return assumesSame
    ? { rule, answer: 'yes', sentence: `${only}, and you say that the model has them.` }
    : {
        rule,
        answer: 'no',
        mayAssume: true,
        sentence: `${only}, and nothing here tells that the model has them: it is not the file that the engine was built from, and ENGINE.json has no hash of the weights. Take that file, or say that the weights are the same (--assume-identical on the command line); with others the engine computes wrong results.`,
      };
}

/** A stripped engine leaves its weights out again unless told otherwise; one that was refittable is to stay so. */
export function serializationOfRefit(
  runtime: RefitRuntime,
  { isStripped, keepStripped }: { readonly isStripped: boolean; readonly keepStripped: boolean },
): { readonly set: readonly string[]; readonly cleared: readonly string[] } | undefined {
  const set = includesRefit(runtime) ? ['kINCLUDE_REFIT'] : [];
  if (keepStripped) return { set: ['kEXCLUDE_WEIGHTS', ...set], cleared: [] };
  if (isStripped) return { set, cleared: ['kEXCLUDE_WEIGHTS'] };
  return set.length > 0 ? { set, cleared: [] } : undefined;
}

/** Whether a plan can be asked to stay refittable when it is written (kINCLUDE_REFIT). */
function includesRefit({ product, version }: RefitRuntime): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return product === 'TensorRT' && (major > 10 || (major === 10 && minor >= 14));
}
