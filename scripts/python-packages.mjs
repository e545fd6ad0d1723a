import path from 'node:path';
import { cachedFolder } from './cache.mjs';
import { run } from './run.mjs';

/** The oracles that tests compare with. */
const pythonPackages = ['onnx==1.23.2', 'onnxruntime==1.32.0'];

/**
 * Installs the oracles beside whatever Python has, for this process and its children only. A virtual environment would need
 * Debian's python3-venv; pip alone does for this.
 */
export async function usePythonPackages() {
  const folder = await cachedFolder(`python-${pythonPackages.join('-').replaceAll('==', '-')}`, (target) =>
    run('python3', ['-m', 'pip', 'install', '--quiet', '--target', target, ...pythonPackages]),
  );
  process.env['PYTHONPATH'] = [folder, process.env['PYTHONPATH']].filter(Boolean).join(path.delimiter);
}
