/** For tests, and for programs that Node runs without TypeScript. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Compiles a shared library from C++: the text of its source, which is written beside it.
 *
 * @param {string} output
 * @param {string} text
 */
export function compileText(output, text) {
  const source = `${output}.cpp`;
  writeFileSync(source, text);
  return compileLibrary(output, [source]);
}

/**
 * Compiles a shared library with g++. `output` is its path; `options`: sources, libraries and more of the compiler's. Answers `output`. Throws a
 * sentence where there is no g++, and the words of g++ where it fails.
 *
 * @param {string} output
 * @param {readonly string[]} options
 */
export function compileLibrary(output, options) {
  const { error, status, stderr } = spawnSync(
    'g++',
    [
      ...['-shared', '-fPIC', '-std=c++17', '-Wall', '-Wextra', ...options],
      ...['-Wl,--unresolved-symbols=ignore-in-shared-libs', '-o', output],
    ],
    { encoding: 'utf8' },
  );
  if (error) {
    throw new Error(
      `g++ cannot be run (${error.message}), and ${path.basename(output)} is compiled with it. Install it: apt-get install g++ libc6-dev.`,
    );
  }
  if (status !== 0) throw new Error(`${path.basename(output)} does not compile:\n${stderr}`);
  return output;
}
