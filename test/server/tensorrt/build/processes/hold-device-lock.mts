/**
 * Has the lock of the device `gpu` in the folder that it is given, until it is ended; with `worker`, for a helper process of its own,
 * which stays when this one is killed, and whose id it prints.
 */
import { spawn } from 'node:child_process';
import { withDeviceLock } from '../../../../../server/src/tensorrt/build/device-lock.ts';

const [, , folder = '', worker] = process.argv;
const processId =
  worker === undefined
    ? undefined
    : spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'], { detached: true, stdio: 'ignore' })
        .pid;
await withDeviceLock(
  'gpu',
  {
    folder,
    holder: 'theirs.trt.yaml · fp16',
    workers: { processId, endingProcessIds: [] },
    signal: new AbortController().signal,
    onWait: () => undefined,
  },
  async () => {
    console.log(processId ?? 'held');
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  },
);
