import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { LibraryPaths } from '../../../native-bridge/src/protocol.ts';
import { cacheDirectory } from '../../../scripts/cache.mjs';

/** The installations whose parser works on a machine without a GPU. */
export const installations = ['tensorrt-rtx-1.7.1', 'tensorrt-10.15', 'tensorrt-11.2'] as const;

/** Those, and one that needs a GPU. */
export type Installation = (typeof installations)[number] | 'tensorrt-10.6';

/** The real libraries of an installation; `node scripts/fetch-test-libraries.mjs` fetches them. */
export function librariesOf(installation: Installation): LibraryPaths {
  const folder = path.join(cacheDirectory, installation);
  const files = readdirSync(folder);
  const find = (name: RegExp): string | undefined => {
    const file = files.find((entry) => name.test(entry));
    return file === undefined ? undefined : path.join(folder, file);
  };
  const infer = find(/^lib(nvinfer|tensorrt_rtx)\.so/);
  const onnxParser = find(/^lib(nvonnxparser|tensorrt_onnxparser_rtx)\.so/);
  const plugin = find(/^libnvinfer_plugin\.so/);
  const vcPlugin = find(/^libnvinfer_vc_plugin\.so/);
  if (infer === undefined || onnxParser === undefined) {
    throw new Error(`${folder} is incomplete; run node scripts/fetch-test-libraries.mjs.`);
  }
  return { infer, onnxParser, ...(plugin && { plugin }), ...(vcPlugin && { vcPlugin }) };
}
