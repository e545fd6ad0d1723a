import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { bundleOptions, entryPoints, root } from '../../../scripts/bundles.mjs';
import { cacheDirectory } from '../../../scripts/cache.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));

export interface RecordedDistribution {
  /** Run them with `node`, in `environment`. */
  readonly commandLine: string;
  readonly server: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** Simulation: bundles the server and the command line into a folder, with the recorded GPU beside them. */
export async function recordedDistribution(folder: string): Promise<RecordedDistribution> {
  const dist = path.join(folder, 'dist');
  mkdirSync(dist, { recursive: true });
  cpSync(path.join(root, 'package.json'), path.join(folder, 'package.json'));
  // ONNX Runtime is outside of the bundles.
  const modules = path.join(folder, 'node_modules');
  if (!existsSync(modules)) symlinkSync(path.join(root, 'node_modules'), modules, 'junction');
  for (const bundle of ['server.js', 'onnx-trt.js', 'onnxruntime-host.js'] as const) {
    await esbuild.build(bundleOptions(bundle, entryPoints[bundle], dist));
  }
  await replaceBridge(dist);
  return {
    commandLine: path.join(dist, 'onnx-trt.js'),
    server: path.join(dist, 'server.js'),
    environment: { ...process.env, ...recordedEnvironment() },
  };
}

/** Simulation: puts the recorded GPU in the place of the native bridge of a `dist/`. */
export async function replaceBridge(dist: string): Promise<void> {
  await esbuild.build(
    bundleOptions('native-bridge.js', path.relative(root, path.join(here, 'bridge.mts')), dist),
  );
}

/**
 * Simulation: lets the server of a `dist/` see a GPU where `NODE_OPTIONS` do not reach it: VS Code takes them from the processes that
 * extensions run in.
 */
export function showGpuToServer(dist: string): void {
  const server = path.join(dist, 'server.js');
  const before = `require(${JSON.stringify(path.join(here, 'a-gpu-seems-to-be-there.cjs'))});\n`;
  writeFileSync(server, `${before}${readFileSync(server, 'utf8')}`);
}

/** What the recorded GPU needs of the environment. */
export function recordedEnvironment(): Record<string, string> {
  return {
    NODE_OPTIONS: `--require ${path.join(here, 'a-gpu-seems-to-be-there.cjs')}`,
    LD_LIBRARY_PATH: path.join(cacheDirectory, 'tensorrt-10.6'),
    RECORDED_GPU_CAPTURES: path.join(root, 'test', 'fixtures', 'engines'),
  };
}
