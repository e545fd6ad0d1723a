/** Bundles the GPU program into one file for a machine without this repository: `node test/gpu/bundle.mjs OUT.mjs`. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const here = path.dirname(fileURLToPath(import.meta.url));
const [outfile] = process.argv.slice(2);
if (!outfile) throw new Error('Usage: node test/gpu/bundle.mjs OUT.mjs');
await esbuild.build({
  entryPoints: [path.join(here, 'engines.mts')],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
