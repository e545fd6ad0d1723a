/**
 * Fetches the real TensorRT libraries that the tests run against, with the ordinary package clients, into the cache:
 * TensorRT for RTX and the lean and dispatch runtimes from Python wheels, TensorRT from Maven redistributables.
 */
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { cachedFolder } from './cache.mjs';
import { installDebianPackages, isInstalled, run } from './run.mjs';

const rtxWheel = 'onnxruntime-ep-nv-tensorrt-rtx-cu13==0.5.0';

/** Runtimes without builder and parser: 46 MB and 0.3 MB of wheel. */
const runtimeWheels = {
  'tensorrt-lean-10.15': 'tensorrt-lean-cu12-libs==10.15.1.29',
  'tensorrt-dispatch-10.15': 'tensorrt-dispatch-cu12-libs==10.15.1.29',
};

/** Folder in the cache and version of `org.bytedeco:tensorrt`. 10.6 stands for those that cannot do without a GPU. */
const mavenVersions = {
  'tensorrt-10.6': '10.6-1.5.11',
  'tensorrt-10.15': '10.15-1.5.13',
  'tensorrt-11.2': '11.2-1.5.14',
};

export async function fetchTestLibraries() {
  for (const [name, wheel] of Object.entries({ 'tensorrt-rtx-1.7.1': rtxWheel, ...runtimeWheels })) {
    await cachedFolder(name, (folder) => downloadWheel(wheel, folder));
  }
  for (const [name, version] of Object.entries(mavenVersions)) {
    await cachedFolder(name, (folder) => {
      if (!isInstalled('mvn')) installDebianPackages(['maven']);
      const repository = path.join(folder, 'repository');
      const artifact = `org.bytedeco:tensorrt:${version}:jar:linux-x86_64-redist`;
      run('mvn', [
        '--quiet',
        '--batch-mode',
        'dependency:get',
        '-Dtransitive=false',
        `-Dartifact=${artifact}`,
        `-Dmaven.repo.local=${repository}`,
      ]);
      const jar = `org/bytedeco/tensorrt/${version}/tensorrt-${version}-linux-x86_64-redist.jar`;
      extractLibraries(path.join(repository, jar), folder);
      rmSync(repository, { recursive: true });
    });
  }
}

function downloadWheel(requirement, folder) {
  const wheels = path.join(folder, 'wheel');
  run('python3', ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', wheels, requirement]);
  for (const wheel of readdirSync(wheels)) extractLibraries(path.join(wheels, wheel), folder);
  rmSync(wheels, { recursive: true });
}

/** Wheels and jars are zip files. 10.6's builder resource (1.4 GB) is of no use without a GPU and stays packed. */
function extractLibraries(archive, folder) {
  run('python3', [
    '-c',
    `import os, shutil, sys, zipfile
archive, folder = sys.argv[1:]
with zipfile.ZipFile(archive) as files:
    for entry in files.infolist():
        name = os.path.basename(entry.filename)
        if ".so" in name and not name.startswith("libnvinfer_builder_resource.so.10.6"):
            with files.open(entry) as source, open(os.path.join(folder, name), "wb") as target:
                shutil.copyfileobj(source, target, 1 << 24)`,
    archive,
    folder,
  ]);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await fetchTestLibraries();
