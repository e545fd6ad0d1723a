/** Bundles the four programs into dist/: `node scripts/build.mjs [--watch]`. */
import { chmodSync, existsSync } from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { bundleOptions, entryPoints, programs, root } from './bundles.mjs';

const watching = process.argv.includes('--watch');
let failed = false;
await Promise.all(
  Object.entries(entryPoints).map(async ([bundle, source]) => {
    if (!existsSync(path.join(root, source))) {
      console.error(`dist/${bundle} is not built: ${source} does not exist.`);
      failed = true;
      return;
    }
    try {
      const context = await esbuild.context(bundleOptions(bundle, source, 'dist'));
      if (watching) return await context.watch();
      await context.rebuild();
      await context.dispose();
      if (programs.has(bundle)) chmodSync(path.join(root, 'dist', bundle), 0o755);
    } catch {
      // esbuild has printed what is wrong.
      failed = true;
    }
  }),
);
if (failed && !watching) process.exit(1);
