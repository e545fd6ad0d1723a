/** The main job on a real example: builds, then checks a model whose refused nodes sit inside nested local functions. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { run } from './run.mjs';

const root = path.resolve(import.meta.dirname, '..');
run(process.execPath, [path.join(root, 'scripts', 'build.mjs')], { cwd: root });
const args = ['check', path.join('examples', 'detector.onnxtxt')];
console.error(`\n$ onnx-trt ${args.join(' ')}\n`);
const { status } = spawnSync(process.execPath, [path.join(root, 'dist', 'onnx-trt.js'), ...args], {
  cwd: root,
  stdio: 'inherit',
});
// Exit code 1 says that nodes are refused, which is what there is to see here.
process.exit(status === 1 ? 0 : (status ?? 1));
