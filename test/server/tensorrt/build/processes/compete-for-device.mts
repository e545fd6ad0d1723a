/** Takes the lock of the device `gpu` so many times, and notes in a file when it has it and when it has given it back. */
import { appendFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { withDeviceLock } from '../../../../../server/src/tensorrt/build/device-lock.ts';

const [, , folder = '', file = '', times] = process.argv;
for (let turn = 0; turn < Number(times); turn++) {
  await withDeviceLock(
    'gpu',
    {
      folder,
      holder: `process ${process.pid}`,
      workers: { processId: undefined, endingProcessIds: [] },
      signal: new AbortController().signal,
      onWait: () => undefined,
    },
    async () => {
      appendFileSync(file, `${process.pid} begins\n`);
      await setTimeout(5);
      appendFileSync(file, `${process.pid} ends\n`);
    },
  );
}
