/** What a check is: a function of one build and what is known for it. */
import type { BuildConfig, ConfigFix, ConfigProblem, Origin, Setting } from '../model.ts';
import type { BuildFacts, Exists } from './facts/facts.ts';

export interface CheckContext extends BuildFacts {
  readonly build: BuildConfig;
  readonly exists: Exists;
  /** Of a file of the config; empty for others. */
  readonly textOf: (file: string) => string;
}

export type Report = (problem: ConfigProblem) => void;

export type Rule = (context: CheckContext, report: Report) => void;

/** A setting of any key, where only its place and whether it is set matter. */
export type AnySetting = Setting<unknown>;

export function replacement(origin: Origin, newText: string, title = `Replace by ${newText}`): ConfigFix {
  return { title, edits: [{ origin, newText }] };
}

/** At most one fix is preferred: the first. */
export function preferred([first, ...others]: readonly ConfigFix[]): ConfigFix[] {
  return first ? [{ ...first, isPreferred: true }, ...others] : [];
}

/** A property to spread, absent where there is nothing in it. */
export function withFixes(fixes: readonly ConfigFix[]): { readonly fixes?: readonly ConfigFix[] } {
  return fixes.length === 0 ? {} : { fixes };
}

/** `a`, `a and b`, `a, b and c`. */
export function joinWords(words: readonly string[], last = 'and'): string {
  return words.length < 2
    ? words.join('')
    : `${words.slice(0, -1).join(', ')} ${last} ${words[words.length - 1]}`;
}
