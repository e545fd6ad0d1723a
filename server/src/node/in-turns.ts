import { setImmediate } from 'node:timers/promises';
import type { Stepwise } from '../onnx/analysis/steps.ts';

/** Milliseconds of work between two turns of the event loop, in which a cancellation can be heard. */
const slice = 20;

/** Works to the end, and lets others have their turn in between. Rejects with the signal's reason. */
export async function inTurns<Value, SoFar>(
  { work }: Pick<Stepwise<Value, SoFar>, 'work'>,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const start = performance.now();
    if (work(() => performance.now() - start >= slice)) return;
    await setImmediate();
  }
}
