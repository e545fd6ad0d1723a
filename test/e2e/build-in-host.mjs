/** Bundles the in-host suite into out/e2e, where VS Code can load it: CommonJS, one file per test file. */
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';

const source = path.join(import.meta.dirname, 'in-host');
const outdir = path.resolve(import.meta.dirname, '..', '..', 'out', 'e2e');

/** Path of the module whose `run` runs the suite. */
export const suiteModule = path.join(outdir, 'index.js');

export async function buildInHostSuite() {
  const tests = readdirSync(source).filter((name) => name.endsWith('.test.ts'));
  rmSync(outdir, { recursive: true, force: true });
  await esbuild.build({
    entryPoints: ['index.ts', ...tests].map((name) => path.join(source, name)),
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    define: { testFiles: JSON.stringify(tests.map((name) => name.replace(/\.ts$/, '.js'))) },
    logLevel: 'warning',
  });
}
