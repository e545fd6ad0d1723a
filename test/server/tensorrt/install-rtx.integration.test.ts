import assert from 'node:assert/strict';
import { chmodSync, existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { type InstallProgress, installRtx } from '../../../server/src/tensorrt/install-rtx.ts';
import { installationsOf } from '../../../server/src/tensorrt/installations/find.ts';
import { rtxPackage, rtxWheel } from '../../../server/src/tensorrt/rtx-package.ts';
import { temporaryFolder, writeFiles } from './support/folders.ts';

const wheelName = `${rtxPackage.name.replaceAll('-', '_')}-${rtxPackage.version}-py3-none-manylinux_2_28_x86_64.whl`;

describe('installing TensorRT for RTX', () => {
  test('puts a whole installation into the user’s data folder, once', async (context) => {
    const userData = temporaryFolder(context);
    const progress: InstallProgress[] = [];
    const directory = await installRtx({ userData, onProgress: (step) => progress.push(step) });
    assert.equal(directory, path.join(userData, 'runtimes', 'tensorrt-rtx-1.7.1'));
    const [installation] = await installationsOf(directory);
    assert.equal(installation?.version, rtxPackage.tensorrtVersion);
    assert.equal(installation.unusable, undefined);
    assert.deepEqual(readdirSync(path.dirname(directory)), ['tensorrt-rtx-1.7.1'], 'nothing else is left');
    const totalBytes = progress[0]?.totalBytes ?? 0;
    assert.equal(totalBytes, rtxPackage.wheels.linux.downloadBytes);
    assert.ok(
      progress.every(({ bytes }, index) => bytes <= totalBytes && bytes >= (progress[index - 1]?.bytes ?? 0)),
    );
    // The second call finds it: no Python is asked.
    assert.equal(await installRtx({ userData, environment: { PATH: '' } }), directory);
  });

  const failing = async (context: Parameters<typeof temporaryFolder>[0], environment: NodeJS.ProcessEnv) => {
    const userData = temporaryFolder(context);
    const error = await installRtx({ userData, environment }).then(
      () => assert.fail('it was installed'),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof Error);
    const runtimes = path.join(userData, 'runtimes');
    assert.deepEqual(existsSync(runtimes) ? readdirSync(runtimes) : [], [], 'nothing is left');
    return error.message;
  };

  test('without a way to the package index', async (context) => {
    const proxy = 'http://127.0.0.1:9';
    const message = await failing(context, {
      ...process.env,
      PIP_RETRIES: '0',
      PIP_NO_CACHE_DIR: '1',
      HTTPS_PROXY: proxy,
      https_proxy: proxy,
      HTTP_PROXY: proxy,
      http_proxy: proxy,
      NO_PROXY: '',
      no_proxy: '',
    });
    assert.match(message, /^pip found no package .* cannot be reached .*check the network and the proxy/);
  });

  test('when the index delivers something else under the package’s name', async (context) => {
    const wheels = temporaryFolder(context);
    writeFiles(wheels, { [wheelName]: 'PK not what NVIDIA published' });
    const message = await failing(context, { ...process.env, PIP_NO_INDEX: '1', PIP_FIND_LINKS: wheels });
    assert.match(
      message,
      /not the package that NVIDIA published: its checksum differs\. Nothing was installed\./,
    );
  });

  test('without Python', async (context) => {
    const message = await failing(context, { PATH: temporaryFolder(context) });
    assert.match(message, /there is no Python on PATH\. Please install Python 3\.8 or newer with pip/);
  });

  test('with a Python that has no pip', async (context) => {
    const bin = temporaryFolder(context);
    writeFiles(bin, { python3: '#!/bin/sh\n[ "$1" = --version ] && echo Python 3.99.0 || exit 1\n' });
    chmodSync(path.join(bin, 'python3'), 0o755);
    const message = await failing(context, { PATH: bin });
    assert.match(message, /Python 3\.99\.0 has no pip\. Please install it/);
  });

  test('exists for Linux and Windows on x64 only', () => {
    assert.equal(rtxWheel('linux', 'x64'), rtxPackage.wheels.linux);
    assert.equal(rtxWheel('win32', 'x64'), rtxPackage.wheels.win32);
    for (const [platform, architecture] of [
      ['darwin', 'arm64'],
      ['linux', 'arm64'],
    ] as const) {
      assert.match(String(rtxWheel(platform, architecture)), /exists for Linux and Windows on x64 only/);
    }
  });

  test('can be called off', async (context) => {
    const userData = temporaryFolder(context);
    const abort = new AbortController();
    const installing = installRtx({ userData, signal: abort.signal, onOutput: () => abort.abort() });
    await assert.rejects(installing, { name: 'AbortError' });
    assert.deepEqual(readdirSync(path.join(userData, 'runtimes')), []);
  });

  test('that is called off has ended, with all that it still writes, before its folder is removed', async (context) => {
    const userData = temporaryFolder(context);
    const programs = temporaryFolder(context);
    const ended = path.join(programs, 'ended');
    // Takes half a second to end, and writes meanwhile.
    writeFiles(programs, {
      python3: `#!/bin/sh
case "$*" in
--version) echo Python 3.12.0 ;;
'-m pip --version') echo pip 24.0 ;;
*)
  finish() {
    for count in 1 2 3 4 5; do mkdir -p "$TMPDIR"; echo > "$TMPDIR/$count"; sleep 0.1; done
    echo > '${ended}'
    exit 143
  }
  trap finish TERM
  echo Collecting
  while :; do sleep 0.05; done ;;
esac
`,
    });
    const python = path.join(programs, 'python3');
    chmodSync(python, 0o755);
    const abort = new AbortController();
    const installing = installRtx({
      userData,
      python,
      signal: abort.signal,
      onOutput: () => abort.abort(),
    });
    await assert.rejects(installing, { name: 'AbortError' });
    assert.ok(existsSync(ended));
    assert.deepEqual(readdirSync(path.join(userData, 'runtimes')), []);
  });
});
