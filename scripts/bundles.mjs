/**
 * The four bundles of dist/, and how each is made of its sources.
 *
 * The sources are ES modules in TypeScript; tsx runs them unbundled, in tests. The bundles are CommonJS, which every
 * VS Code loads, and package.json has no "type", so that Node takes `dist/*.js` for what it is. Sources may use
 * `import.meta.url` in both worlds: in a bundle it is the URL of the bundle itself.
 *
 * koffi stays outside, as it loads a native addon from its own folder; `vscode` is given by the editor.
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Bundle to its entry point. */
export const entryPoints = {
  'extension.js': 'client/src/extension.ts',
  'server.js': 'server/src/lsp/entry.ts',
  'native-bridge.js': 'native-bridge/src/main.ts',
  'onnx-trt.js': 'server/src/cli/main.ts',
};

/** Bundles that are run from a shell. */
export const programs = new Set(['onnx-trt.js']);

/**
 * esbuild's options for one bundle in a folder.
 *
 * @returns {import('esbuild').BuildOptions}
 */
export function bundleOptions(bundle, source, folder) {
  const moduleUrl = "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;";
  return {
    absWorkingDir: root,
    entryPoints: [source],
    outfile: path.join(folder, bundle),
    bundle: true,
    platform: 'node',
    // The oldest supported VS Code (package.json, engines) runs extensions on Node 20.
    target: 'node20',
    format: 'cjs',
    external: ['koffi', 'vscode'],
    sourcemap: true,
    sourcesContent: false,
    define: { 'import.meta.url': 'importMetaUrl' },
    banner: { js: programs.has(bundle) ? `#!/usr/bin/env node\n${moduleUrl}` : moduleUrl },
    logLevel: 'warning',
    // The packages' CommonJS forms hide their parts behind run-time requires that a bundler cannot follow.
    mainFields: ['module', 'main'],
  };
}
