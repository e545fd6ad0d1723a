/** Work that takes long, in slices: messages that arrive meanwhile are answered between two of them. */
import type { Stepwise } from '../onnx/analysis/steps.ts';

/** Milliseconds. A message waits for two slices at most: the one that runs when it arrives, and one before its turn comes. */
const slice = 2;

/** Resolves when the work is done: true; or false when the signal stops it. The first slice is done at once. */
export function inBackground<Value, SoFar>(
  work: Pick<Stepwise<Value, SoFar>, 'work'>,
  signal: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const next = () => {
      if (signal.aborted) {
        resolve(false);
        return;
      }
      const end = performance.now() + slice;
      try {
        if (work.work(() => performance.now() >= end)) {
          resolve(true);
        } else {
          setImmediate(next);
        }
      } catch (error) {
        reject(error);
      }
    };
    next();
  });
}

/** Resolves once the messages that have arrived by now are handled; they are handled one per turn of the event loop. */
export function afterMessages(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}
