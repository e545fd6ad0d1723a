/** Has the lock of the device `gpu` in the folder that it is given, until it is ended. */
import { withDeviceLock } from '../../../../server/src/tensorrt/build/device-lock.ts';

const [, , folder = ''] = process.argv;
await withDeviceLock(
  'gpu',
  {
    folder,
    holder: 'theirs.trt.yaml · fp16',
    signal: new AbortController().signal,
    onWait: () => undefined,
  },
  async () => {
    console.log('held');
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  },
);
