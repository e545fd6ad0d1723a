/** Prints the bytes in use before and after a rest, as JSON. A process of its own, as the collector is one for all of a process. */
import { setTimeout } from 'node:timers/promises';
import { noteMessage } from '../../../server/src/lsp/background.ts';
import { giveMemoryBackAtRest } from '../../../server/src/lsp/memory.ts';

giveMemoryBackAtRest();
const inUse = () => process.memoryUsage().heapUsed;

/** Lets go of hundreds of megabytes that have grown too old for the collector's quick round. */
function waste(): void {
  const kept: unknown[] = [];
  for (let index = 0; index < 4e6; index++) kept.push({ index, other: [index] });
}

waste();
noteMessage();
const asked = inUse();
// Longer than the rest after which memory is given back.
await setTimeout(13_000);
const rested = inUse();
process.stdout.write(JSON.stringify({ asked, rested }));
