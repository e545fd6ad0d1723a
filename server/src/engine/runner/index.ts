import { cppRunner } from './cpp.ts';
import type { RunnerFacts, RunnerLanguage, RunnerOptions } from './facts.ts';
import { pythonRunner } from './python.ts';

/** A complete program that runs the engine, to be looked into and made one's own. Throws an error for people. */
export function runnerOf(facts: RunnerFacts, language: RunnerLanguage, options: RunnerOptions): string {
  return language === 'cpp' ? cppRunner(facts, options) : pythonRunner(facts, options);
}
