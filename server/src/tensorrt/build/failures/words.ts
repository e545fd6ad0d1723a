/** TensorRT's errors about a build, and what they say without what is for its own developers. */
import type { BuildFailure, BuildResult } from '../../../../../native-bridge/src/build-protocol.ts';

/** `IBuilder::buildSerializedNetwork: Error Code 4: Internal Error (`, `[builder.cpp::build::75] Error Code 2: …`, `Error Code: 3: …` */
const headline = /(?:\[[^\]\s]+\]|[A-Za-z_][\w:~]*):? Error Code \d+: [A-Z][\w ]*\(|Error Code: \d+: /;
const nextHeadline = new RegExp(`; (?=${headline.source})`);

/**
 * All errors that TensorRT gave for a failed build, in its order; the failed CUDA call that each error drags along without a GPU
 * is left out where there are others. `failure` first: the bridge's own words may precede them.
 */
export function errorsOf({
  failure,
  log,
}: Pick<BuildResult, 'log'> & { readonly failure: BuildFailure }): readonly string[] {
  const logged = log.filter(({ severity }) => severity === 'error' || severity === 'internal-error');
  return causesOf([...errorsIn(failure.message), ...logged.map(({ message }) => message)]);
}

/** The errors that a message of the bridge's quotes. */
export function errorsIn(message: string): readonly string[] {
  return causesOf(message.split(nextHeadline));
}

function causesOf(all: readonly string[]): readonly string[] {
  const errors = [...new Set(all.map((error) => error.trim()))].filter((error) => error !== '');
  const causes = errors.filter((error) => !/^\[?checkMacros\.cpp::catchCudaError/.test(error));
  return causes.length > 0 ? causes : errors;
}

/** One error without its headline, its source file and its line. */
export function plainWords(error: string): string {
  const start = headline.exec(error);
  const own = error.slice(0, start?.index ?? 0).replace(/TensorRT says: $/, '');
  const inner = start ? error.slice(start.index + start[0].length) : error;
  return (own + (start?.[0].endsWith('(') ? inner.replace(/\)\.?\s*$/, '') : inner))
    .replaceAll(/\s*\bIn [\w:~<>()]+(?: \[\w+\])? at \/\S+?:\d+/g, '')
    .replaceAll(/\[[\w.]+:\d+: \w+\] /g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
