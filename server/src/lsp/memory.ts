import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { restedFor } from './background.ts';

/**
 * Lets the heap grow by a third of what is in use before garbage is collected, where V8 would let it grow to a multiple: with a model
 * of 100,000 nodes open, an outline that was sent or some seconds of typing would otherwise leave hundreds of megabytes behind.
 * The collector works on other threads for most of the time. V8 ignores the flag should it not know it.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=25');
}

/** Milliseconds without a message or work after which garbage is collected. */
const rest = 8000;

/** Bytes in use below which it is not worth it. */
const small = 96 * 2 ** 20;

/** Bytes: what is less than this more than after the last collection is not worth the next. */
const little = 24 * 2 ** 20;

/**
 * Gives memory back when the editor has asked for nothing in a while. V8 collects only while a program allocates, so what an
 * outline or some seconds of typing have left would stay until the next ones. With 100,000 nodes open it takes 0.1 s, twice.
 */
export function giveMemoryBackAtRest(): void {
  let collect: (() => void) | undefined;
  let kept = 0;
  let isHalfDone = false;
  setInterval(() => {
    const used = getHeapStatistics().used_heap_size;
    isHalfDone &&= restedFor() >= rest;
    if (restedFor() < rest || used < small || (used < kept + little && !isHalfDone)) return;
    collect ??= collector();
    collect();
    kept = getHeapStatistics().used_heap_size;
    // The first time finds out what is garbage, the second which pages are worth emptying.
    isHalfDone = !isHalfDone;
  }, rest / 4).unref();
}

/** There is no other way to it in a program that was not started with the flag. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('This Node.js has no `gc`.');
  return () => collect();
}
