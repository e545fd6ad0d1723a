/** All checks of builds that need more than the file itself. */
import type { Position } from 'vscode-languageserver-types';
import type { BuildConfig, ConfigProblem, Origin, ResolvedConfig } from '../model.ts';
import type { BuildFacts, Exists } from './facts/facts.ts';
import { isSamePlace } from './profiles/entries.ts';
import type { CheckContext } from './rule.ts';
import { rules } from './rules.ts';

export interface CheckFacts {
  readonly of: (build: BuildConfig) => BuildFacts;
  readonly exists: Exists;
}

/** In the order of the text. What several builds inherit is told once, with the builds where it is not all of them. */
export function checkBuilds({ files, builds }: ResolvedConfig, facts: CheckFacts): ConfigProblem[] {
  const texts = new Map(files.map(({ file, text }) => [file, text]));
  const textOf = (file: string) => texts.get(file) ?? '';
  const found = new Map<string, { problem: ConfigProblem; builds: BuildConfig[] }>();
  for (const build of builds) {
    const context: CheckContext = { ...facts.of(build), build, exists: facts.exists, textOf };
    for (const problem of problemsOf(context)) {
      const { code, message, origin } = problem;
      const key = JSON.stringify([code, message, origin]);
      const known = found.get(key);
      if (known) known.builds.push(build);
      else found.set(key, { problem, builds: [build] });
    }
  }
  const told = [...found.values()].map(({ problem, builds: concerned }) =>
    concerned.length === builds.length ? problem : withBuilds(problem, concerned),
  );
  return told.sort(byPlace);
}

function problemsOf(context: CheckContext): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  for (const rule of rules) rule(context, (problem) => problems.push(withPossibleFixes(problem)));
  return withoutMoot(problems, context.build);
}

/** Codes of keys that the TensorRT that builds does not have. */
const missing: ReadonlySet<string> = new Set(['config.version', 'config.not-for-rtx', 'config.only-for-rtx']);

/** Of a key that there is not, what its value should be is no question. */
function withoutMoot(problems: readonly ConfigProblem[], build: BuildConfig): ConfigProblem[] {
  const gone = build.keys.flatMap((key) => {
    const setting = build.get(key);
    const isGone = ({ code, origin }: ConfigProblem) =>
      missing.has(code) && setting !== undefined && isSamePlace(origin, setting.keyOrigin);
    return setting && problems.some(isGone) ? [setting] : [];
  });
  return problems.filter(
    ({ code, origin }) =>
      missing.has(code) ||
      !gone.some((setting) => isSamePlace(origin, setting.keyOrigin) || isInside(origin, setting.origin)),
  );
}

function isInside(inner: Origin, outer: Origin): boolean {
  const isAfter = (first: Position, second: Position) =>
    first.line > second.line || (first.line === second.line && first.character >= second.character);
  return (
    inner.file === outer.file &&
    isAfter(inner.range.start, outer.range.start) &&
    isAfter(outer.range.end, inner.range.end)
  );
}

/** What is written in a way that cannot be edited has fixes without edits. */
function withPossibleFixes(problem: ConfigProblem): ConfigProblem {
  const fixes = problem.fixes?.filter(({ edits }) => edits.length > 0);
  return fixes?.length === problem.fixes?.length ? problem : { ...problem, fixes: fixes ?? [] };
}

/** Builds whose own lines the problem is on need no mention. */
function withBuilds(problem: ConfigProblem, builds: readonly BuildConfig[]): ConfigProblem {
  const others = builds.filter(({ origin }) => origin.range.start.line > problem.origin.range.end.line);
  if (others.length === 0) return problem;
  const related = others
    .slice(0, 5)
    .map(({ name, origin }) => ({ origin, message: `In the build ${name}.` }));
  return { ...problem, related: [...(problem.related ?? []), ...related] };
}

function byPlace(first: ConfigProblem, second: ConfigProblem): number {
  const [a, b] = [first.origin.range.start, second.origin.range.start];
  return a.line - b.line || a.character - b.character;
}
