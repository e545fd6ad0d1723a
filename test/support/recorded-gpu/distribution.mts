import { cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { bundleOptions, entryPoints, root } from '../../../scripts/bundles.mjs';
import { cacheDirectory } from '../../../scripts/cache.mjs';

export interface RecordedDistribution {
  /** Run them with `node`, in `environment`. */
  readonly commandLine: string;
  readonly server: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** Simulation: bundles the server and the command line into a folder, with the recorded GPU beside them. */
export async function recordedDistribution(folder: string): Promise<RecordedDistribution> {
  const here = path.dirname(fileURLToPath(import.meta.url));
  const sources = {
    'server.js': entryPoints['server.js'],
    'onnx-trt.js': entryPoints['onnx-trt.js'],
    'native-bridge.js': path.relative(root, path.join(here, 'bridge.mts')),
  };
  const dist = path.join(folder, 'dist');
  mkdirSync(dist, { recursive: true });
  cpSync(path.join(root, 'package.json'), path.join(folder, 'package.json'));
  for (const [bundle, source] of Object.entries(sources)) {
    await esbuild.build(bundleOptions(bundle, source, dist));
  }
  return {
    commandLine: path.join(dist, 'onnx-trt.js'),
    server: path.join(dist, 'server.js'),
    environment: {
      ...process.env,
      NODE_OPTIONS: `--require ${path.join(here, 'a-gpu-seems-to-be-there.cjs')}`,
      LD_LIBRARY_PATH: path.join(cacheDirectory, 'tensorrt-10.6'),
      RECORDED_GPU_CAPTURES: path.join(root, 'test', 'fixtures', 'engines'),
    },
  };
}
