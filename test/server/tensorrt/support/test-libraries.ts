import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/** Folder of real TensorRT libraries in the tests' cache; `node scripts/fetch-test-libraries.mjs` fills it. */
export function testLibraries(name: string): string {
  const { ONNX_TRT_TEST_CACHE: given, XDG_CACHE_HOME: cacheHome } = process.env;
  const cache = given ?? path.join(cacheHome ?? path.join(homedir(), '.cache'), 'onnx-tensorrt-tools-test');
  const folder = path.join(cache, name);
  if (!existsSync(folder))
    throw new Error(`${folder} is missing. Run \`node scripts/fetch-test-libraries.mjs\` first.`);
  return folder;
}
