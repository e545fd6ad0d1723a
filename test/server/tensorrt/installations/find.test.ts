import assert from 'node:assert/strict';
import { chmodSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { addFolder, readAddedFolders } from '../../../../server/src/tensorrt/installations/added-folders.ts';
import { inOrderOfPreference } from '../../../../server/src/tensorrt/installations/choose.ts';
import { findInstallations, installationsOf } from '../../../../server/src/tensorrt/installations/find.ts';
import { hasId, type Installation } from '../../../../server/src/tensorrt/installations/installation.ts';
import { inferLibrary, plainLibrary, temporaryFolder, writeFiles } from '../support/folders.ts';

const tensorrt = (version: number) => ({
  [`libnvinfer.so.${Math.floor(version / 10000)}`]: inferLibrary(version),
  [`libnvonnxparser.so.${Math.floor(version / 10000)}`]: plainLibrary,
});

describe('finding installations', () => {
  test('settings come before ONNX_TRT_LIBRARY_FOLDERS, added folders, the loader path and our own install', async (context) => {
    const root = temporaryFolder(context);
    const folder = (name: string) => path.join(root, name);
    writeFiles(folder('a'), tensorrt(110201));
    writeFiles(folder('b'), tensorrt(101501));
    writeFiles(folder('c'), tensorrt(100600));
    writeFiles(folder('e'), tensorrt(100900));
    writeFiles(folder('data/runtimes/d'), tensorrt(110000));
    writeFiles(folder('data/runtimes/.unfinished'), tensorrt(110100));
    await addFolder(folder('data'), folder('b'));
    const { installations, problems } = await findInstallations({
      folders: [folder('a')],
      environment: {
        LD_LIBRARY_PATH: `${folder('c')}:relative:`,
        ONNX_TRT_LIBRARY_FOLDERS: `:${folder('e')}`,
        PATH: '',
      },
      userData: folder('data'),
    });
    const ours = installations.filter((found) => found.directory.startsWith(root));
    assert.deepEqual(
      ours.map(({ id, origin }) => `${id} ${origin}`),
      [
        'tensorrt-11.2.1 setting',
        'tensorrt-10.9.0 ONNX_TRT_LIBRARY_FOLDERS',
        'tensorrt-10.15.1 added',
        'tensorrt-10.6.0 LD_LIBRARY_PATH',
        'tensorrt-11.0.0 installed',
      ],
    );
    assert.deepEqual(problems, []);
  });

  test('Python packages are found by the python on PATH, without importing them', async (context) => {
    const root = temporaryFolder(context);
    const packages = path.join(root, 'lib', 'site-packages');
    writeFiles(path.join(packages, 'tensorrt_libs'), {
      ...tensorrt(101501),
      '__init__.py': 'raise SystemExit("imported")',
    });
    writeFiles(root, { 'bin/python3': `#!/bin/sh\nprintf '%s\\n' '' '${packages}' /usr/lib/python3\n` });
    chmodSync(path.join(root, 'bin/python3'), 0o755);
    const { installations } = await findInstallations({
      environment: { PATH: path.join(root, 'bin') },
      userData: path.join(root, 'data'),
    });
    const [found] = installations.filter(({ directory }) => directory.startsWith(root));
    assert.equal(found?.origin, 'pip');
    assert.equal(found.directory, path.join(packages, 'tensorrt_libs'));
  });

  test('an installation that two ways lead to is listed once', async (context) => {
    const root = temporaryFolder(context);
    writeFiles(root, tensorrt(110201));
    const link = `${root}-link`;
    writeFiles(path.dirname(link), { [path.basename(link)]: `-> ${root}` });
    const { installations } = await findInstallations({
      folders: [root, link],
      machine: 'none',
      userData: `${root}/data`,
    });
    assert.equal(installations.length, 1);
  });

  test('equal versions get ids that tell them apart and stay the same', async (context) => {
    const root = temporaryFolder(context);
    for (const name of ['a', 'b', 'c']) writeFiles(path.join(root, name), tensorrt(110201));
    const search = async (names: string[]) => {
      const folders = names.map((name) => path.join(root, name));
      return (await findInstallations({ folders, machine: 'none', userData: `${root}/data` })).installations;
    };
    const [a, b, c] = await search(['a', 'b', 'c']);
    assert.equal(a?.id, 'tensorrt-11.2.1');
    assert.match(b?.id ?? '', /^tensorrt-11\.2\.1-[0-9a-f]{4}$/);
    assert.notEqual(b?.id, c?.id);
    const [alone] = await search(['b']);
    assert.equal(alone?.id, 'tensorrt-11.2.1');
    assert.ok(alone && hasId(alone, b?.id ?? ''), 'the longer id still means it');
  });

  test('a folder from the settings without TensorRT is a problem, a missing own folder is none', async (context) => {
    const root = temporaryFolder(context);
    const { installations, problems } = await findInstallations({
      folders: [root],
      machine: 'none',
      userData: path.join(root, 'data'),
    });
    assert.deepEqual(installations, []);
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? '', /holds no TensorRT/);
  });

  test('added folders are kept once, in order', async (context) => {
    const data = path.join(temporaryFolder(context), 'data');
    for (const folder of ['/x', '/y', '/x']) await addFolder(data, folder);
    assert.deepEqual(await readAddedFolders(data), ['/x', '/y']);
  });

  test('a list of added folders that someone broke is reported', async (context) => {
    const data = temporaryFolder(context);
    writeFiles(data, { 'runtimes.json': '[' });
    await assert.rejects(readAddedFolders(data), /runtimes\.json is not valid JSON/);
  });
});

describe('a runtime given as a path', () => {
  test('its folder, its parent with lib/, or one of its libraries', async (context) => {
    const root = temporaryFolder(context);
    writeFiles(path.join(root, 'targets/x86_64-linux-gnu/lib'), tensorrt(110201));
    const library = path.join(root, 'targets/x86_64-linux-gnu/lib/libnvinfer.so.11');
    for (const given of [root, path.dirname(library), library]) {
      const [found] = await installationsOf(given);
      assert.equal(found?.version, '11.2.1');
    }
  });

  test('a folder without TensorRT, and one that is not there', async (context) => {
    const root = temporaryFolder(context);
    mkdirSync(path.join(root, 'empty'));
    await assert.rejects(installationsOf(path.join(root, 'empty')), /holds no TensorRT/);
    await assert.rejects(installationsOf(path.join(root, 'missing')), /There is no folder/);
  });
});

describe('the runtime that is used without being asked for', () => {
  const installation = (id: string, directory = `/opt/${id}`): Installation => {
    const [, product, version = ''] = /^(tensorrt-rtx|tensorrt)-(.*)$/.exec(id) ?? [];
    return {
      id,
      product: product === 'tensorrt' ? 'TensorRT' : 'TensorRT-RTX',
      version,
      directory,
      origin: 'tar',
      libraries: { infer: 'a', onnxParser: 'b' },
    };
  };
  const all = ['tensorrt-rtx-1.7.1', 'tensorrt-10.6.0', 'tensorrt-10.15.1', 'tensorrt-11.2.1'].map((id) =>
    installation(id),
  );
  const order = (preferred: string[], gpu: boolean) =>
    inOrderOfPreference(all, { preferred, gpu }).map(({ id }) => id);

  test('without a GPU: the newest TensorRT that parses without one, then RTX', () => {
    assert.deepEqual(order([], false), [
      'tensorrt-11.2.1',
      'tensorrt-10.15.1',
      'tensorrt-rtx-1.7.1',
      'tensorrt-10.6.0',
    ]);
  });

  test('with a GPU: the newest TensorRT', () => {
    assert.deepEqual(order([], true), [
      'tensorrt-11.2.1',
      'tensorrt-10.15.1',
      'tensorrt-10.6.0',
      'tensorrt-rtx-1.7.1',
    ]);
  });

  test('settings win, by id or by folder, in their order', () => {
    assert.deepEqual(order(['/opt/tensorrt-10.6.0', 'tensorrt-rtx-1.7.1'], false).slice(0, 2), [
      'tensorrt-10.6.0',
      'tensorrt-rtx-1.7.1',
    ]);
  });

  test('what cannot be used is never chosen', () => {
    const broken: Installation = {
      ...installation('tensorrt-11.9.9'),
      unusable: 'The ONNX parser is missing.',
    };
    assert.deepEqual(inOrderOfPreference([broken], { preferred: ['tensorrt-11.9.9'], gpu: true }), []);
  });
});
