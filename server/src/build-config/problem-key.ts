import type { ConfigProblem } from './model.ts';

/** The same for problems that are told once: several builds read what they extend, or merge from an anchor. */
export function problemKey({ code, message, origin: { file, range } }: ConfigProblem): string {
  return JSON.stringify([code, message, file, range.start.line, range.start.character]);
}
