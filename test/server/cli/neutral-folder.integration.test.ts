/** What lies in the folder that a command is typed in, a repository from anywhere, takes no part in what runs. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { neutralFolder } from '../../../server/src/tensorrt/neutral-folder.ts';
import { temporaryFolder } from '../../native-bridge/support/models.ts';
import { compileText } from '../../support/compile-library.mjs';
import { testLibraries } from '../tensorrt/support/test-libraries.ts';

const commandLine = fileURLToPath(new URL('../../../server/src/cli/main.ts', import.meta.url));
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

test('a CUDA driver that lies there is not loaded, also where LD_LIBRARY_PATH has an empty entry', {
  skip: process.platform === 'win32',
}, () => {
  const folder = temporaryFolder();
  const mark = path.join(folder, 'loaded');
  compileText(
    path.join(folder, 'libcuda.so.1'),
    `#include <fstream>\n__attribute__((constructor)) static void mark() { std::ofstream("${mark}") << "loaded"; }\n`,
  );
  writeFileSync(
    path.join(folder, 'net.onnxtxt'),
    '<ir_version: 8, opset_import: ["" : 17]> g (float[4] x) => (float[4] y) { y = Sqrt (x) }',
  );
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', tsx, commandLine, 'check', 'net.onnxtxt'],
    {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, LD_LIBRARY_PATH: `:${testLibraries('tensorrt-rtx-1.7.1')}` },
    },
  );
  assert.equal(status, 0, `${stdout}${stderr}`);
  assert.equal(existsSync(mark), false, 'the library in the working folder was loaded');
});

test('Windows looks for programs and libraries in the current folder, which is its own', () => {
  assert.equal(neutralFolder('win32', { SystemRoot: 'D:\\Windows' }), 'D:\\Windows');
});
