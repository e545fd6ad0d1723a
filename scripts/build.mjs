/**
 * Bundles the four programs into dist/: `node scripts/build.mjs [--watch]`.
 *
 * The sources are ES modules in TypeScript; tsx runs them unbundled, in tests. The bundles are CommonJS, which every
 * VS Code loads, and package.json has no "type", so that Node takes `dist/*.js` for what it is. Sources may use
 * `import.meta.url` in both worlds: in a bundle it is the URL of the bundle itself.
 *
 * koffi stays outside, as it loads a native addon from its own folder; `vscode` is given by the editor.
 */
import { chmodSync, existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Bundle in dist/ to its entry point. */
const entryPoints = {
  'extension.js': 'client/src/extension.ts',
  'server.js': 'server/src/lsp/entry.ts',
  'native-bridge.js': 'native-bridge/src/main.ts',
  'onnx-trt.js': 'server/src/cli/main.ts',
};

const programs = new Set(['onnx-trt.js']);

function options(bundle, source) {
  const moduleUrl = "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;";
  return {
    absWorkingDir: root,
    entryPoints: [source],
    outfile: path.join('dist', bundle),
    bundle: true,
    platform: 'node',
    // The oldest supported VS Code (package.json, engines) runs extensions on Node 20.
    target: 'node20',
    format: 'cjs',
    external: ['koffi', 'vscode'],
    // Node keeps the source of a program in memory, at two bytes a character if a single one of them is not Latin.
    minifyWhitespace: true,
    charset: 'ascii',
    sourcemap: true,
    sourcesContent: false,
    define: { 'import.meta.url': 'importMetaUrl' },
    banner: { js: programs.has(bundle) ? `#!/usr/bin/env node\n${moduleUrl}` : moduleUrl },
    logLevel: 'warning',
    // The packages' CommonJS forms hide their parts behind run-time requires that a bundler cannot follow.
    mainFields: ['module', 'main'],
  };
}

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
      const context = await esbuild.context(options(bundle, source));
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
