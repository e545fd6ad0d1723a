import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

/** Compiles a shared library from C++ with g++. Throws with the compiler's words. `options`: more arguments, sources and libraries too. */
export function compileLibrary(file: string, source: string, options: readonly string[] = []): string {
  const text = `${file}.cpp`;
  writeFileSync(text, source);
  const { error, status, stderr } = spawnSync(
    'g++',
    [
      ...['-shared', '-fPIC', '-std=c++17', text, ...options, '-o', file],
      '-Wl,--unresolved-symbols=ignore-in-shared-libs',
    ],
    { encoding: 'utf8' },
  );
  if (error) throw new Error(`${path.basename(file)} takes g++ to compile: ${error.message}`);
  if (status !== 0) throw new Error(`${path.basename(file)} does not compile:\n${stderr}`);
  return file;
}
