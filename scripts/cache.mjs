/** Where tests keep what is too big or too foreign for the repository: TensorRT libraries, models, Python packages, an editor. */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

export const cacheDirectory =
  process.env['ONNX_TRT_TEST_CACHE'] ??
  path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'onnx-tensorrt-tools-test');

/**
 * The folder `name` of the cache, made by `fill(folder)` unless an earlier run finished making it. An interrupted run leaves
 * nothing that a later one would take for whole.
 */
export async function cachedFolder(name, fill) {
  const folder = path.join(cacheDirectory, name);
  if (existsSync(path.join(folder, '.complete'))) return folder;
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  await fill(unfinished);
  writeFileSync(path.join(unfinished, '.complete'), '');
  rmSync(folder, { recursive: true, force: true });
  renameSync(unfinished, folder);
  return folder;
}
