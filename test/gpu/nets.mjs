/** What the programs here share on the models of make-models.py. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Profiles of their build configs. */
export const profiles = {
  convolutions: '',
  layers: 'profiles:\n  - x: { min: [1, 256], opt: [8, 256], max: [64, 256] }\n',
  transformer: 'profiles:\n  - x: { min: [1, 1, 256], opt: [2, 64, 256], max: [4, 128, 256] }\n',
  blocks: 'profiles:\n  - x: { min: [1, 2048], opt: [16, 2048], max: [64, 2048] }\n',
};

const pluginSource = fileURLToPath(new URL('../support/plugins/scale-plugin.cpp', import.meta.url));

/** Compiles the plugin of test/support/plugins for a TensorRT, with g++. `options`: more of the compiler's. Returns the library's path. */
export function compilePlugin(folder, infer, options = []) {
  const output = path.join(folder, `libscale-plugin${options.join('')}.so`);
  const { error, status, stderr } = spawnSync(
    'g++',
    [
      ...['-shared', '-fPIC', '-std=c++17', '-Wall', '-Wextra', ...options, pluginSource, infer, '-ldl'],
      ...['-Wl,--unresolved-symbols=ignore-in-shared-libs', '-o', output],
    ],
    { encoding: 'utf8' },
  );
  if (error) throw error;
  if (status !== 0) throw new Error(`The plugin does not compile:\n${stderr}`);
  return output;
}

export function floatsOf(file) {
  const bytes = readFileSync(file);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

/** Largest difference, relative to the largest value. */
export function difference(actual, expected) {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let [largest, most] = [0, 1e-9];
  for (const [index, value] of expected.entries()) {
    largest = Math.max(largest, Math.abs(actual[index] - value));
    most = Math.max(most, Math.abs(value));
  }
  return Number.isNaN(largest) ? Number.POSITIVE_INFINITY : largest / most;
}
