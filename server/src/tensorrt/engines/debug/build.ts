/** Builds whose engines let tensors be read: a config's own, or one made from it. */
import path from 'node:path';
import type { ConfigKey } from '../../../build-config/flags/index.ts';
import type { BuildConfig, Located, Origin } from '../../../build-config/model.ts';
import { enginePath } from '../../../build-config/paths.ts';
import type { BuildEnd } from '../../build/queue.ts';
import { withEngine } from '../../build/without-config.ts';

export interface MarkedTensors {
  /** Names to mark; undefined to take what the config says. */
  readonly names: readonly string[] | undefined;
  readonly unfused: boolean;
  /** Outputs of the engine in the place of debug tensors. */
  readonly asOutputs?: boolean;
}

/**
 * The build as it is, where it marks tensors itself and nothing else is asked for; else one that marks these, with an engine of its own in
 * `folder` (the engine of the config stays as it is). An engine that is to run has its weights, also where the config leaves them out. `label` tells it from others of the same build: `detector.part2.engine`.
 */
export function debugBuild(
  build: BuildConfig,
  { names, unfused, asOutputs = false }: MarkedTensors,
  folder: string,
  label?: string,
): { readonly build: BuildConfig; readonly unfused: boolean } {
  const own = build.get('markDebug')?.value.length ?? 0;
  const ownUnfused = build.get('markUnfusedTensorsAsDebugTensors')?.value === true;
  const whole = withWeights(build);
  if (names === undefined && !unfused && !asOutputs && (own > 0 || ownUnfused) && whole === build) {
    return { build, unfused: ownUnfused };
  }
  const { name, ext } = path.parse(enginePath(build));
  const engine = path.join(folder, `${name}${label === undefined ? '' : `.${label}`}${ext}`);
  const marked = names === undefined ? whole : withMarks(whole, names, asOutputs);
  const all = unfused ? withSetting(marked, 'markUnfusedTensorsAsDebugTensors', true) : marked;
  return { build: withEngine(all, engine), unfused: unfused || ownUnfused };
}

/** Outputs that the config adds itself stay. */
function withMarks(build: BuildConfig, names: readonly string[], asOutputs: boolean): BuildConfig {
  const marks = names.map((name) => located(build, name));
  if (!asOutputs) return withSetting(build, 'markDebug', marks);
  const own = build.get('markOutputs')?.value ?? [];
  return withSetting(withSetting(build, 'markDebug', []), 'markOutputs', [...own, ...marks]);
}

/** What a stripped engine computes is nothing, until a refit. */
function withWeights(build: BuildConfig): BuildConfig {
  const isSet = (key: 'stripWeights' | 'stripAllWeights') => build.get(key)?.value === true;
  const refit = isSet('stripAllWeights') ? withSetting(build, 'refit', true) : build;
  const left = (['stripWeights', 'stripAllWeights'] as const).filter(isSet);
  return left.reduce((without, key) => withSetting(without, key, false), refit);
}

function withSetting(build: BuildConfig, key: ConfigKey, value: unknown): BuildConfig {
  const origin = startOf(build);
  const setting = { value, origin, keyOrigin: origin };
  const get = (asked: ConfigKey) => (asked === key ? setting : build.get(asked));
  return {
    ...build,
    keys: build.keys.includes(key) ? build.keys : [...build.keys, key],
    // What is stored under each key is what the key's type says.
    get: get as BuildConfig['get'],
  };
}

function located(build: BuildConfig, value: string): Located<string> {
  return { value, origin: startOf(build) };
}

function startOf({ file }: BuildConfig): Origin {
  const start = { line: 0, character: 0 };
  return { file, range: { start, end: start } };
}

/** Why there is no engine to debug, and what to do about the marks; an Error for people. `failsAsOutputs`: outputs were tried in vain. */
export function debugBuildError(end: BuildEnd, marked: MarkedTensors, failsAsOutputs = false): Error {
  if (end.kind === 'impossible') {
    return end.error instanceof Error ? end.error : new Error(String(end.error));
  }
  if (end.kind !== 'failed' && end.kind !== 'refused') return new Error('The build was cancelled.');
  const [problem] = end.problems;
  const words = [problem?.message ?? 'The build gave no engine.'];
  if (end.kind === 'failed') {
    const [first] = end.problems;
    if (first?.advice !== undefined) words.push(first.advice);
    if (failsAsOutputs) words.push('With outputs of the engine in the place of debug tensors it fails, too.');
    const marksAny = marked.unfused || marked.names === undefined || marked.names.length > 0;
    if (first && marksAny && /^build\.(debug-tensors|crashed|internal-error)$/.test(first.code))
      words.push(adviceOnMarks(first.message, marked, failsAsOutputs));
  }
  return new Error(words.join('\n'));
}

/** A fused tensor that would come out twice is named in the message. */
function adviceOnMarks(
  message: string,
  { names, unfused, asOutputs }: MarkedTensors,
  failsAsOutputs: boolean,
): string {
  if (unfused)
    return 'Marking unfused tensors may be what it fails at: name a few tensors with --tensors instead.';
  const named =
    names?.filter((name) => new RegExp(`(^|[^\\w.])${escaped(name)}([^\\w.]|$)`).test(message)) ?? [];
  const leaving =
    named.length > 0 && names && named.length < names.length
      ? `leave out ${named.join(', ')} (--tensors ${names
          .filter((name) => !named.includes(name))
          .slice(0, 8)
          .join(',')}${names.length - named.length > 8 ? ',…' : ''})`
      : 'name fewer tensors (--tensors)';
  if (asOutputs) return `To get around the marks: ${leaving}.`;
  const unfusedAdvice = 'mark only what fusions leave (--unfused, from TensorRT 10.12 on)';
  return failsAsOutputs
    ? `To get around the marks: ${leaving}, or ${unfusedAdvice}.`
    : `To get around the marks: ${leaving}, make them outputs of the engine (--mark outputs), or ${unfusedAdvice}.`;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
