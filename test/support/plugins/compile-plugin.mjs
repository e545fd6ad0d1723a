import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileLibrary } from '../compile-library.mjs';

const source = fileURLToPath(new URL('scale-plugin.cpp', import.meta.url));

/**
 * Compiles the plugin `Scaled` of scale-plugin.cpp. `infer` is the path of the libnvinfer that it is for; `options`: more of the compiler's, such
 * as `-DREGISTERS_ITSELF`. Answers the path of the library, in `folder`. Throws as compileLibrary does.
 *
 * @param {string} folder
 * @param {string} infer
 * @param {readonly string[]} options
 */
export function compilePlugin(folder, infer, options = []) {
  const output = path.join(folder, `libscale-plugin${options.join('')}.so`);
  return compileLibrary(output, [...options, source, infer, '-ldl']);
}
