/** Everything the tests need beyond `npm install`, fetched once into the cache: libraries, models, Python packages, editors. */
import { pathToFileURL } from 'node:url';
import { fetchTestEditor } from './fetch-test-editor.mjs';
import { fetchTestLibraries } from './fetch-test-libraries.mjs';
import { fetchTestModels } from './fetch-test-models.mjs';
import { usePythonPackages } from './python-packages.mjs';
import { installDebianPackages, isInstalled } from './run.mjs';

/** Fetches what `suite` needs; the environment of this process then serves the tests it starts. */
export async function setUpTests(suite) {
  await usePythonPackages();
  await fetchTestLibraries();
  await fetchTestModels();
  // A plugin of TensorRT is compiled in the tests.
  if (!isInstalled('g++')) installDebianPackages(['g++', 'libc6-dev']);
  if (!isInstalled('nvim')) installDebianPackages(['neovim']);
  if (suite === 'e2e' || suite === 'all') await fetchTestEditor();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await setUpTests('all');
