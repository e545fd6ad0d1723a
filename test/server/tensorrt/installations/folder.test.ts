import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { installationsUnder } from '../../../../server/src/tensorrt/installations/folder.ts';
import { returnConstant, returnConstantArm64, sharedObject } from '../support/elf.ts';
import { inferLibrary, plainLibrary, temporaryFolder, writeFiles } from '../support/folders.ts';

describe('a folder with TensorRT libraries', () => {
  test('an unpacked tar file: links, versions and plugins', async (context) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, {
      'lib/libnvinfer.so': '-> libnvinfer.so.10',
      'lib/libnvinfer.so.10': '-> libnvinfer.so.10.15.1',
      'lib/libnvinfer.so.10.15.1': inferLibrary(101501),
      'lib/libnvonnxparser.so.10': '-> libnvonnxparser.so.10.15.1',
      'lib/libnvonnxparser.so.10.15.1': plainLibrary,
      'lib/libnvinfer_plugin.so.10': plainLibrary,
      'lib/libnvinfer_vc_plugin.so.10': plainLibrary,
      'lib/libnvinfer_lean.so.10': inferLibrary(101501),
      'lib/libnvinfer_builder_resource_sm90.so.10.15.1': plainLibrary,
    });
    const [found, lean, ...others] = await installationsUnder(folder, 'tar', 'linux');
    assert.deepEqual(others, []);
    const lib = path.join(folder, 'lib');
    assert.deepEqual([lean?.kind, lean?.version, lean?.libraries], ['lean', '10.15.1', undefined]);
    assert.deepEqual(lean?.engineLibraries, { infer: path.join(lib, 'libnvinfer_lean.so.10') });
    assert.equal(found?.version, '10.15.1');
    assert.equal(found.product, 'TensorRT');
    assert.equal(found.unusable, undefined);
    assert.deepEqual(found.libraries, {
      infer: path.join(lib, 'libnvinfer.so.10.15.1'),
      onnxParser: path.join(lib, 'libnvonnxparser.so.10.15.1'),
      plugin: path.join(lib, 'libnvinfer_plugin.so.10'),
      vcPlugin: path.join(lib, 'libnvinfer_vc_plugin.so.10'),
    });
  });

  test('the version comes from the library itself when no file name has it', async (context) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, { 'libnvinfer.so.10': inferLibrary(100600), 'libnvonnxparser.so.10': plainLibrary });
    const [found] = await installationsUnder(folder, 'tar', 'linux');
    assert.equal(found?.version, '10.6.0');
  });

  test('else from the builder resource beside it', async (context) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, {
      'libnvinfer.so.11': plainLibrary,
      'libnvonnxparser.so.11': plainLibrary,
      'libnvinfer_builder_resource_ptx.so.11.2.1': plainLibrary,
    });
    const [found] = await installationsUnder(folder, 'tar', 'linux');
    assert.equal(found?.version, '11.2.1');
  });

  test('TensorRT for RTX as its wheel packs it', async (context) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, {
      'onnxruntime_ep_nv_tensorrt_rtx/libtensorrt_rtx.so.1.7.1': inferLibrary(10701),
      'onnxruntime_ep_nv_tensorrt_rtx/libtensorrt_onnxparser_rtx.so.1.7.1': plainLibrary,
      'onnxruntime_ep_nv_tensorrt_rtx/libtensorrt_plugins.so': plainLibrary,
    });
    const [found, ...others] = await installationsUnder(folder, 'pip', 'linux');
    assert.deepEqual(others, []);
    assert.equal(found?.product, 'TensorRT-RTX');
    assert.equal(found.version, '1.7.1');
    assert.equal(found.libraries?.plugin, undefined);
  });

  test("Windows' names", async (context) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, {
      'bin/nvinfer_10.dll': inferLibrary(101501),
      'bin/nvonnxparser_10.dll': plainLibrary,
      'bin/nvinfer_plugin_10.dll': plainLibrary,
      'bin/tensorrt_rtx_1_7.dll': inferLibrary(10701),
      'bin/tensorrt_onnxparser_rtx_1_7.dll': plainLibrary,
    });
    const found = await installationsUnder(folder, 'PATH', 'win32');
    assert.deepEqual(
      found.map(({ product, version, unusable }) => ({ product, version, unusable })),
      [
        { product: 'TensorRT', version: '10.15.1', unusable: undefined },
        { product: 'TensorRT-RTX', version: '1.7.1', unusable: undefined },
      ],
    );
  });

  test('two versions side by side, each with its own parser', async (context) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, {
      'libnvinfer.so.10.3.0': inferLibrary(100300),
      'libnvonnxparser.so.10.3.0': plainLibrary,
      'libnvinfer.so.11': inferLibrary(110201),
      'libnvonnxparser.so.11': plainLibrary,
      'libnvinfer_builder_resource_ptx.so.11.2.1': plainLibrary,
    });
    const found = await installationsUnder(folder, 'tar', 'linux');
    assert.deepEqual(
      found.map(({ version, libraries }) => [version, path.basename(libraries?.onnxParser ?? '')]).sort(),
      [
        ['10.3.0', 'libnvonnxparser.so.10.3.0'],
        ['11.2.1', 'libnvonnxparser.so.11'],
      ],
    );
  });

  test('nothing in a folder without TensorRT, in a missing folder and in a file', async (context) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, { 'libnvidia-ml.so.1': plainLibrary, 'nvinfer.h': '' });
    assert.deepEqual(await installationsUnder(folder, 'tar', 'linux'), []);
    assert.deepEqual(await installationsUnder(path.join(folder, 'missing'), 'tar', 'linux'), []);
    assert.deepEqual(await installationsUnder(path.join(folder, 'nvinfer.h'), 'tar', 'linux'), []);
  });
});

describe('an installation that cannot be used says why', () => {
  const cases: Record<string, { files: Record<string, string | Uint8Array>; reason: RegExp }> = {
    'no parser': {
      files: { 'libnvinfer.so.10': inferLibrary(101501) },
      reason: /ONNX parser is missing: there is no libnvonnxparser\.so\.10 beside libnvinfer\.so\.10/,
    },
    'a parser of another major version': {
      files: { 'libnvinfer.so.10': inferLibrary(101501), 'libnvonnxparser.so.11': plainLibrary },
      reason: /mixes versions: libnvinfer\.so\.10 is 10\.15\.1, but the ONNX parser beside it is 11/,
    },
    'a parser of another minor version': {
      files: { 'libnvinfer.so.10.15.1': inferLibrary(101501), 'libnvonnxparser.so.10.6.0': plainLibrary },
      reason:
        /mixes versions: libnvinfer\.so\.10\.15\.1 is 10\.15\.1, but the ONNX parser beside it is 10\.6\.0/,
    },
    'a builder resource of another version': {
      files: {
        'libnvinfer.so.10': inferLibrary(100600),
        'libnvonnxparser.so.10': plainLibrary,
        'libnvinfer_builder_resource_ptx.so.10.15.1': plainLibrary,
      },
      reason:
        /mixes versions: libnvinfer\.so\.10 is 10\.6\.0, but libnvinfer_builder_resource_ptx\.so\.10\.15\.1/,
    },
    'only the lean runtime': {
      files: { 'libnvinfer_lean.so.10': plainLibrary },
      reason: /the lean runtime, .* cannot read ONNX models/,
    },
    'a version before 10': {
      files: { 'libnvinfer.so.8': inferLibrary(8601), 'libnvonnxparser.so.8': plainLibrary },
      reason: /TensorRT 8\.6\.1 is not supported: these tools work with TensorRT 10\.x and 11\.x/,
    },
    'a major version to come': {
      files: { 'libnvinfer.so.12': inferLibrary(120000), 'libnvonnxparser.so.12': plainLibrary },
      reason: /TensorRT 12\.0\.0 is not supported/,
    },
    'another processor': {
      files: {
        'libnvinfer.so.10': sharedObject({
          machine: process.arch === 'arm64' ? 62 : 183,
          exports: {
            getInferLibVersion:
              process.arch === 'arm64' ? returnConstant(101501) : returnConstantArm64(101501),
          },
        }),
        'libnvonnxparser.so.10': plainLibrary,
      },
      reason: /built for (arm64|x64), but this machine is/,
    },
    'a file of another kind': {
      files: {
        'libnvinfer.so.10': 'version https://git-lfs.github.com/spec/v1\n',
        'libnvonnxparser.so.10': plainLibrary,
      },
      reason: /libnvinfer\.so\.10 is not a shared library/,
    },
    'an interrupted download': {
      files: {
        'libnvinfer.so.10': inferLibrary(101501).subarray(0, 300),
        'libnvonnxparser.so.10': plainLibrary,
      },
      reason: /libnvinfer\.so\.10 is cut short/,
    },
    'a parser that is cut short': {
      files: {
        'libnvinfer.so.10': inferLibrary(101501),
        'libnvonnxparser.so.10': plainLibrary.subarray(0, 300),
      },
      reason: /libnvonnxparser\.so\.10 is cut short/,
    },
  };
  for (const [name, { files, reason }] of Object.entries(cases)) {
    test(name, async (context) => {
      const folder = temporaryFolder(context);
      writeFiles(folder, files);
      const [found, ...others] = await installationsUnder(folder, 'tar', 'linux');
      assert.deepEqual(others, []);
      assert.match(found?.unusable ?? 'usable', reason);
      assert.equal(found?.libraries, undefined);
    });
  }
});
