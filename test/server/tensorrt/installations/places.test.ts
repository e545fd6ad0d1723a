import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { libraryName } from '../../../../server/src/tensorrt/installations/library-names.ts';
import { loaderPathPlaces } from '../../../../server/src/tensorrt/installations/places.ts';

describe('the loader’s path', () => {
  const folders = (environment: NodeJS.ProcessEnv, platform: NodeJS.Platform) =>
    loaderPathPlaces(environment, platform).map(({ directory, origin }) => `${directory} ${origin}`);

  test('is LD_LIBRARY_PATH, without its empty and relative entries', () => {
    assert.deepEqual(folders({ LD_LIBRARY_PATH: '/a::b:/c:' }, 'linux'), [
      '/a LD_LIBRARY_PATH',
      '/c LD_LIBRARY_PATH',
    ]);
    assert.deepEqual(folders({}, 'linux'), []);
  });

  test('is Path on Windows, whatever its spelling', () => {
    assert.deepEqual(folders({ Path: '/x;/y' }, 'win32'), ['/x PATH', '/y PATH']);
  });
});

describe('the name of a library', () => {
  const describeName = (fileName: string, platform: NodeJS.Platform) => {
    const name = libraryName(fileName, platform);
    return name && `${name.product} ${name.role} ${name.version.join('.')}`.trim();
  };
  const cases: readonly (readonly [string, NodeJS.Platform, string | undefined])[] = [
    ['libnvinfer.so.10.15.1', 'linux', 'TensorRT infer 10.15.1'],
    ['libnvinfer.so', 'linux', 'TensorRT infer'],
    ['libnvonnxparser.so.11', 'linux', 'TensorRT parser 11'],
    ['libnvinfer_plugin.so.10', 'linux', 'TensorRT plugin 10'],
    ['libnvinfer_vc_plugin.so.10', 'linux', 'TensorRT vc-plugin 10'],
    ['libnvinfer_lean.so.10', 'linux', 'TensorRT lean 10'],
    ['libnvinfer_builder_resource_sm90.so.10.15.1', 'linux', 'TensorRT builder-resource 10.15.1'],
    ['libtensorrt_rtx.so.1.7.1', 'linux', 'TensorRT-RTX infer 1.7.1'],
    ['libtensorrt_onnxparser_rtx.so.1', 'linux', 'TensorRT-RTX parser 1'],
    ['libtensorrt_plugins.so', 'linux', undefined],
    ['libnvinfer_static.a', 'linux', undefined],
    ['nvinfer_10.dll', 'win32', 'TensorRT infer 10'],
    ['nvonnxparser_10.dll', 'win32', 'TensorRT parser 10'],
    ['tensorrt_rtx_1_7.dll', 'win32', 'TensorRT-RTX infer 1.7'],
    ['tensorrt_onnxparser_rtx_1_7.dll', 'win32', 'TensorRT-RTX parser 1.7'],
    ['libnvinfer.so.10', 'win32', undefined],
  ];
  for (const [fileName, platform, expected] of cases) {
    test(`${fileName} on ${platform}`, () => assert.equal(describeName(fileName, platform), expected));
  }
});
