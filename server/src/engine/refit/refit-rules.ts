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
  /** Single weights that may be replaced all the same. */
  readonly mayReplace?: readonly string[];
}

export interface RefitFacts {
  /** BuilderFlag names of `ENGINE.json`; undefined where none describes the engine. */
  readonly flags: readonly string[] | undefined;
  /**
   * Whether the model's weights are those that the engine was built from, of kREFIT_INDIVIDUAL those that stay; `later`: that is looked at
   * when a model is given.
   */
  readonly sameWeights: Answer | 'later';
  /** Of kREFIT_INDIVIDUAL: the weights that were marked, as far as `ENGINE.json` says. */
  readonly individual?: { readonly marked: readonly string[] } | undefined;
  /** The weights that `sameWeights: no` is about, where they are known one by one. */
  readonly different?: readonly string[];
  /** Single weights that are to be replaced; a whole model where absent. */
  readonly single?: readonly string[] | undefined;
  /** The user says that they are. */
  readonly assumesSame: boolean;
  /** The refit that wrote the engine, where one did: whether it left the weights out, and with which TensorRT. */
  readonly refit?: { readonly isStripped: boolean; readonly runtime: RefitRuntime } | undefined;
}

interface RefitRuntime {
  readonly product: string;
  readonly version: string;
}

export function refitRules(facts: RefitFacts): readonly RefitRule[] {
  const { flags, sameWeights, assumesSame, refit } = facts;
  if (flags === undefined) {
    return [
      {
        rule: 'unknown',
        answer: 'unknown',
        sentence:
          'No ENGINE.json says how the engine was built. Loading it tells whether it can be refitted, but not whether with any weights (REFIT), with some of them (REFIT_INDIVIDUAL) or only with those it was built from (REFIT_IDENTICAL).',
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
  if (has('kREFIT_INDIVIDUAL')) return [individualRule(facts), ...stripped];
  return [{ rule: 'not-refittable', answer: 'no', sentence: notRefittable }];
}

/** What to do about an engine that TensorRT does not refit. */
export const notRefittable =
  'It was built without refitting. Build it again with `refit: true` (trtexec --refit) to replace weights, or `stripWeights: true` (trtexec --stripWeights) to ship it without them.';

/** Of an engine that was stripped, and has its weights from a refit: TensorRT 10.6 made no second one of it. */
export const refittedOnce =
  'It was built without its weights, and a refit has put them in: TensorRT does not refit it once more. Refit the engine without weights again (`--keep-stripped` writes such a one), or build with `refit: true` (trtexec --refit) to replace weights.';

/** A refit leaves what is not marked as it is, without a word of TensorRT's. */
function individualRule({ individual, sameWeights, different = [], single }: RefitFacts): RefitRule {
  const rule = 'kREFIT_INDIVIDUAL';
  const { marked } = individual ?? {};
  const only = marked
    ? `It was built with kREFIT_INDIVIDUAL: only ${namesText(marked)} can be replaced (\`refitIndividual\`)`
    : 'It was built with kREFIT_INDIVIDUAL: only weights that were marked in the network (INetworkDefinition::markWeightsRefittable) can be replaced, and --list tells which';
  if (single) {
    const others = marked ? single.filter((name) => !marked.includes(name)) : [];
    return others.length > 0
      ? {
          rule,
          answer: 'no',
          sentence: `${only}, not ${namesText(others)}. Build it again with more in \`refitIndividual\`.`,
        }
      : { rule, answer: 'yes', sentence: `${only}.` };
  }
  if (sameWeights === 'later') {
    return {
      rule,
      answer: 'yes',
      sentence: `${only}. A refit with a whole model looks first whether its other weights are those of the build.`,
    };
  }
  if (sameWeights === 'yes') {
    return { rule, answer: 'yes', sentence: `${only}; the model’s other weights are those of the build.` };
  }
  if (sameWeights === 'no') {
    const [isAre, itThey] = different.length === 1 ? ['is', 'it'] : ['are', 'they'];
    return {
      rule,
      answer: 'no',
      sentence: `${only}, and ${namesText(different)} of the model ${isAre} not as in the build: ${itThey} would stay as ${itThey} ${isAre} in the engine, which would compute what no model does. Replace single weights (--weights on the command line), or build an engine of this model.`,
      ...(marked && { mayReplace: marked }),
    };
  }
  return {
    rule,
    answer: 'unknown',
    sentence: `${only}. All others stay as they are in the engine, and nothing tells whether those of the model are the same.`,
  };
}

function namesText(names: readonly string[]): string {
  const shown = names.length > 8 ? [...names.slice(0, 8), `${names.length - 8} more`] : names;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

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
