/** Why a build gave no engine: TensorRT's answer, or its end, as problems that people can act on. */
import { BridgeErrorCode } from '../../../../../native-bridge/src/protocol.ts';
import { redactSecrets } from '../../../build-config/trtexec/secrets.ts';
import { displayName } from '../../installations/installation.ts';
import { placeOfKey, placeOfProfile, placeOfSetting } from './config-places.ts';
import { explainEnd } from './crash.ts';
import { namedNodes, nodesOfOperator } from './layer-names.ts';
import { memoryRules } from './memory-rules.ts';
import { internalRules, modelRules } from './model-rules.ts';
import { explainParserErrors } from './parser-refusals.ts';
import { platformRules } from './platform-rules.ts';
import type { BuildProblem, FailedBuild } from './problem.ts';
import { profileRules } from './profile-rules.ts';
import type { BuildCode, FailureRule, RuleInput } from './rule.ts';
import { errorsIn, errorsOf, plainWords } from './words.ts';

export type { BuildProblem, FailedBuild } from './problem.ts';

/** From causes to consequences: a build that lacks memory also finds no implementation, and whatever fails is an internal error. */
const rules: readonly FailureRule[] = [
  ...memoryRules,
  ...profileRules,
  ...platformRules,
  ...modelRules,
  ...internalRules,
];

/** Codes of what no rule knows by its words. */
const otherCodes: readonly BuildCode[] = [
  'build.failed',
  'build.crashed',
  'build.not-written',
  'build.setting',
];

/** All codes of failed builds beside those of the parser; each has a page docs/diagnostics/CODE.md. */
export const buildCodes: readonly BuildCode[] = [
  ...new Set([...otherCodes, ...rules.map(({ code }) => code)]),
].sort();

/** At least one; the first is the cause, where the others follow from it. */
export function explainFailure(failed: FailedBuild): readonly [BuildProblem, ...BuildProblem[]] {
  const [first, ...rest] = problemsOf(failed).map((problem) => withoutPlaceholders(failed, problem));
  return [first ?? { code: 'build.failed', message: 'TensorRT gave no engine and no reason.' }, ...rest];
}

function problemsOf(failed: FailedBuild): readonly BuildProblem[] {
  const { cause, info } = failed;
  if (cause.kind === 'ended') return [ofEnd({ ...failed, cause })];
  const { result } = cause;
  const parserErrors = explainParserErrors(failed, result.parserErrors, displayName(info));
  return parserErrors.length > 0
    ? parserErrors
    : [ofErrors(failed, errorsOf(result), result.failure.setting)];
}

/** What the first rule says that fits any of the errors; all errors name nodes. */
function ofErrors(failed: FailedBuild, errors: readonly string[], setting: string | undefined): BuildProblem {
  const { build, model, info } = failed;
  const said = [...new Set(errors.map(plainWords))].filter((words) => words !== '').join(' ');
  const nodes = setting === undefined ? namedNodes(model.model).find(errors.join('\n')) : [];
  const place = setting === undefined ? undefined : placeOfSetting(build, setting);
  const found = ruleFor(errors, failed);
  if (!found) {
    const code = setting === undefined ? 'build.failed' : 'build.setting';
    const advice =
      setting === undefined
        ? 'TensorRT’s own words are all there is to go by; the log of the build has what it said before.'
        : 'Remove the setting, change it, or choose a TensorRT that takes it (`runtime`).';
    return problem({ code, explanation: '', said, advice, config: place, nodes, runtime: displayName(info) });
  }
  const { rule, input } = found;
  const named = input.match.groups?.['input'];
  const profile = /^profiles\.(\d+)/.exec(setting ?? '')?.[1];
  const precise = profile !== undefined && named ? placeOfProfile(build, Number(profile), named) : undefined;
  return problem({
    code: rule.code,
    explanation: rule.explanation(input),
    said,
    advice: rule.advice(input),
    config: precise ?? (rule.config?.(input) || place),
    nodes: markedNodes(rule, nodes, failed),
    runtime: displayName(info),
  });
}

function markedNodes(
  { marksNodes, operator }: FailureRule,
  named: readonly string[],
  { model }: FailedBuild,
): readonly string[] {
  if (marksNodes === false) return [];
  return named.length === 0 && operator !== undefined ? nodesOfOperator(model.model, operator) : named;
}

function ofEnd(failed: FailedBuild & { readonly cause: { readonly kind: 'ended' } }): BuildProblem {
  const { error } = failed.cause;
  if (error.kind === 'refused') {
    if (error.code === BridgeErrorCode.fileNotWritten) {
      return {
        code: 'build.not-written',
        message: redactSecrets(error.message),
        advice: 'See that the folder exists, that you may write there and that the disk has room.',
        ...config(placeOfKey(failed.build, 'engine') ?? placeOfKey(failed.build, 'timingCacheFile')),
      };
    }
    return ofErrors(failed, errorsIn(error.message), undefined);
  }
  const found = ruleFor(error.death ? [error.death.lastWords] : [], failed);
  const known = found && {
    code: found.rule.code,
    explanation: found.rule.explanation(found.input),
    advice: found.rule.advice(found.input),
    ...config(found.rule.config?.(found.input)),
  };
  return explainEnd(failed, known && internalRules.every((rule) => rule !== found.rule) ? known : undefined);
}

function ruleFor(
  errors: readonly string[],
  { build, info }: FailedBuild,
): { readonly rule: FailureRule; readonly input: RuleInput } | undefined {
  for (const rule of rules) {
    if (rule.applies && !rule.applies({ build, info })) continue;
    for (const error of errors) {
      const match = rule.words.exec(error);
      if (match) return { rule, input: { match, build, info, runtime: displayName(info) } };
    }
  }
  return undefined;
}

interface Parts {
  readonly code: BuildCode;
  readonly explanation: string;
  /** TensorRT's words. */
  readonly said: string;
  readonly advice: string;
  readonly config: BuildProblem['config'];
  readonly nodes: readonly string[];
  readonly runtime: string;
}

function problem({ code, explanation, said, advice, config: origin, nodes, runtime }: Parts): BuildProblem {
  return {
    code,
    message: redactSecrets(explanation === '' ? said : `${explanation}\nThe words of ${runtime}: ${said}`),
    advice,
    ...config(origin),
    ...(nodes.length > 0 && { nodes }),
  };
}

function config(origin: BuildProblem['config']): Pick<BuildProblem, 'config'> {
  return origin ? { config: origin } : {};
}

/** A build of a model alone has no config to point into. */
function withoutPlaceholders(
  { build }: FailedBuild,
  { config: origin, ...rest }: BuildProblem,
): BuildProblem {
  return origin && build.file !== '' ? { ...rest, config: origin } : rest;
}
