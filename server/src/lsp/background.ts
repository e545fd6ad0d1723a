/** Work that takes long, in slices: messages that arrive meanwhile are answered between two of them. */
import type { Stepwise } from '../onnx/analysis/steps.ts';

/** Milliseconds. A message waits for two slices at most: the one that runs when it arrives, and one before its turn comes. */
const slice = 2;

/** Milliseconds without a message before work goes on: who has asked once mostly asks again, and is answered at once then. */
const quiet = 20;

/** Milliseconds after which work goes on for a slice all the same. */
const patience = 200;

let lastMessage = Number.NEGATIVE_INFINITY;

/** To be called when a message of the editor arrives, and when it is answered. */
export function noteMessage(): void {
  lastMessage = performance.now();
}

/** Work that is not done yet. */
let begun = 0;

/** Milliseconds since the last message, 0 while there is work. */
export function restedFor(): number {
  return begun > 0 ? 0 : performance.now() - lastMessage;
}

/**
 * Resolves when the work is done: true; or false when the signal stops it. Work that somebody waits for is `urgent`: its first slice
 * is done at once, and messages do not keep it from going on.
 */
export async function inBackground<Value, SoFar>(
  work: Pick<Stepwise<Value, SoFar>, 'work' | 'ready'>,
  signal: AbortSignal,
  { urgent = false }: { readonly urgent?: boolean } = {},
): Promise<boolean> {
  if (work.ready !== undefined) {
    return !signal.aborted;
  }
  begun++;
  try {
    return await inSlices(work, signal, urgent);
  } finally {
    begun--;
  }
}

function inSlices<Value, SoFar>(
  work: Pick<Stepwise<Value, SoFar>, 'work'>,
  signal: AbortSignal,
  urgent: boolean,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let lastSlice = performance.now();
    const next = () => {
      if (signal.aborted) {
        resolve(false);
        return;
      }
      const start = performance.now();
      const isQuiet = urgent || start - lastMessage >= quiet || start - lastSlice >= patience;
      if (!isQuiet) {
        setTimeout(next, lastMessage + quiet - start);
        return;
      }
      lastSlice = start;
      try {
        if (work.work(() => performance.now() - start >= slice)) {
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
