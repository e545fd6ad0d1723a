/** For tests, and for programs that Node runs without TypeScript. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('scale-plugin.cpp', import.meta.url));

/**
 * Compiles the plugin `Scaled` of scale-plugin.cpp with g++. `infer` is the path of the libnvinfer that it is for; `options`: more of the
 * compiler's, such as `-DREGISTERS_ITSELF`. Answers the path of the library, in `folder`. Throws a sentence where there is no g++, and the
 * words of g++ where it fails.
 *
 * @param {string} folder
 * @param {string} infer
 * @param {readonly string[]} options
 */
export function compilePlugin(folder, infer, options = []) {
  const output = path.join(folder, `libscale-plugin${options.join('')}.so`);
  const { error, status, stderr } = spawnSync(
    'g++',
    [
      ...['-shared', '-fPIC', '-std=c++17', '-Wall', '-Wextra', ...options, source, infer, '-ldl'],
      ...['-Wl,--unresolved-symbols=ignore-in-shared-libs', '-o', output],
    ],
    { encoding: 'utf8' },
  );
  if (error) {
    throw new Error(
      `g++ cannot be run (${error.message}), and a plugin is compiled with it here. Install it: apt-get install g++ libc6-dev.`,
    );
  }
  if (status !== 0) throw new Error(`The plugin does not compile:\n${stderr}`);
  return output;
}
