/** What a build with marks came to. */
import type { BuildEnd } from '../../build/queue.ts';

export function isBuilt(end: BuildEnd): boolean {
  return end.kind === 'built' || end.kind === 'up-to-date';
}

/** TensorRT 10.6 refuses marks in words, or its process ends over them. */
export function mayFailAtMarks(end: BuildEnd): boolean {
  if (end.kind !== 'failed' || isKilled(end)) return false;
  const [problem] = end.problems;
  return problem?.code === 'build.debug-tensors' || problem?.death !== undefined;
}

/** From outside, mostly for want of memory: the same again would be no better for the machine. */
export function isKilled(end: BuildEnd): boolean {
  return end.kind === 'failed' && end.problems[0]?.death?.signal === 'SIGKILL';
}

/** In one line; a crash without the command lines that show it again. */
export function reasonOf(end: BuildEnd): string {
  const [problem] = end.kind === 'failed' ? end.problems : [];
  const words = (problem?.death?.sentence ?? problem?.message ?? 'TensorRT gave no engine.')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return words.length > longestReason ? `${words.slice(0, longestReason)}…` : words;
}

/** Characters. */
const longestReason = 600;
