/** Everything the tests need beyond `npm install`, fetched once into the cache: libraries, models, Python packages, editors. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { cachedFolder } from './cache.mjs';
import { fetchTestEditor } from './fetch-test-editor.mjs';
import { fetchTestLibraries } from './fetch-test-libraries.mjs';
import { fetchTestModels } from './fetch-test-models.mjs';
import { installDebianPackages, isInstalled, run } from './run.mjs';

/** The oracles that tests compare with. */
const pythonPackages = ['onnx==1.23.2', 'onnxruntime==1.32.0'];

/**
 * Installs the oracles beside whatever Python has, for this process and its children only. A virtual environment would need
 * Debian's python3-venv; pip alone does for this.
 */
async function usePythonPackages() {
  const folder = await cachedFolder(`python-${pythonPackages.join('-').replaceAll('==', '-')}`, (target) =>
    run('python3', ['-m', 'pip', 'install', '--quiet', '--target', target, ...pythonPackages]),
  );
  process.env['PYTHONPATH'] = [folder, process.env['PYTHONPATH']].filter(Boolean).join(path.delimiter);
}

/** Fetches what `suite` needs; the environment of this process then serves the tests it starts. */
export async function setUpTests(suite) {
  await usePythonPackages();
  await fetchTestLibraries();
  await fetchTestModels();
  if (!isInstalled('nvim')) installDebianPackages(['neovim']);
  if (suite === 'e2e' || suite === 'all') await fetchTestEditor();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await setUpTests('all');
