import { installRtx } from '../tensorrt/install-rtx.ts';
import { megabytes, rtxPackage, rtxWheel } from '../tensorrt/rtx-package.ts';
import { userDataDirectory } from '../tensorrt/user-data.ts';
import type { Terminal } from './terminal.ts';

/** Installs TensorRT for RTX and tells of it on standard error. Answers the folder; throws an error for people. */
export async function installWithProgress(terminal: Terminal): Promise<string> {
  const wheel = rtxWheel();
  if (typeof wheel === 'string') throw new Error(wheel);
  terminal.note(
    `Installing TensorRT for RTX ${rtxPackage.tensorrtVersion} with pip into ${userDataDirectory()} (${megabytes(wheel.downloadBytes)} to download, ${megabytes(wheel.installedBytes)} on disk) …`,
  );
  const start = performance.now();
  const directory = await installRtx({
    onProgress: ({ phase, bytes, totalBytes }) => {
      const share = Math.round((100 * bytes) / totalBytes);
      terminal.progress(
        phase === 'downloading'
          ? `  downloading ${megabytes(bytes)} of ${megabytes(totalBytes)} (${share} %)`
          : '  unpacking',
      );
    },
  });
  terminal.progress('');
  terminal.note(`TensorRT for RTX is installed (${((performance.now() - start) / 1000).toFixed(1)} s).`);
  return directory;
}
