import { cppProgram } from './cpp/program.ts';
import type { RunnerFacts, RunnerLanguage, RunnerOptions } from './facts.ts';
import { planRunner } from './plan.ts';
import { pythonProgram } from './python/program.ts';

/** A complete program that runs the engine, to be looked into and made one's own. Throws an error for people. */
export function runnerOf(facts: RunnerFacts, language: RunnerLanguage, options: RunnerOptions): string {
  const plan = planRunner(facts, options);
  return language === 'cpp' ? cppProgram(plan) : pythonProgram(plan);
}
