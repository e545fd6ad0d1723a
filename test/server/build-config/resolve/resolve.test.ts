import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { enginePath, modelPath } from '../../../../server/src/build-config/paths.ts';
import { completeProfiles } from '../../../../server/src/build-config/profiles.ts';
import { onlyBuild, plain, problemsOf, resolve } from '../configs.ts';

describe('extends', () => {
  test('takes what the config does not say from its base', () => {
    const build = onlyBuild('extends: base.trt.yaml\nfp16: false\n', {
      'base.trt.yaml': 'fp16: true\nrefit: true\n',
    });
    assert.deepEqual(build.keys, ['fp16', 'refit']);
    assert.equal(build.get('fp16')?.value, false);
    assert.equal(build.get('refit')?.origin.file, '/models/base.trt.yaml');
  });

  test('merges maps and replaces lists', () => {
    const build = onlyBuild('extends: base.yaml\nmemPoolSize: { workspace: 1GiB }\nmarkDebug: [b]\n', {
      'base.yaml': 'memPoolSize: { workspace: 4GiB, tacticSharedMem: 1KiB }\nmarkDebug: [a]\n',
    });
    assert.deepEqual(
      build.get('memPoolSize')?.value.map(({ name, value }) => [name.value, value.value.bytes]),
      [
        ['workspace', 2 ** 30],
        ['tacticSharedMem', 1024],
      ],
    );
    assert.deepEqual(plain(build.get('markDebug')?.value), ['b']);
  });

  test('takes a setting away by null', () => {
    const build = onlyBuild('extends: base.yaml\ncalib: null\n', {
      'base.yaml': 'calib: a.cache\nint8: true\n',
    });
    assert.deepEqual(build.keys, ['int8']);
  });

  test('may name several bases, of which later ones win, and bases of bases', () => {
    const build = onlyBuild('extends: [a.yaml, b.yaml]\n', {
      'a.yaml': 'extends: c.yaml\navgTiming: 1\n',
      'b.yaml': 'avgTiming: 2\n',
      'c.yaml': 'avgTiming: 3\nmaxAuxStreams: 0\n',
    });
    assert.equal(build.get('avgTiming')?.value, 2);
    assert.equal(build.get('maxAuxStreams')?.value, 0);
  });

  test('keeps paths relative to the file that they are written in', () => {
    const build = onlyBuild('extends: shared/base.yaml\nengine: out/a.engine\n', {
      'shared/base.yaml': 'timingCacheFile: t.cache\n',
    });
    assert.equal(build.get('timingCacheFile')?.value.path, '/models/shared/t.cache');
    assert.equal(build.get('engine')?.value.path, '/models/out/a.engine');
  });

  test('in a circle is a problem, and the rest counts', () => {
    const others = { 'a.yaml': 'extends: detector.trt.yaml\nfp16: true\n' };
    assert.deepEqual(resolve('extends: a.yaml\nrefit: true\n', others).builds[0]?.keys, ['fp16', 'refit']);
    const [problem] = resolve('extends: a.yaml\n', others).problems;
    assert.equal(problem?.code, 'config.extends-cycle');
    assert.equal(problem.origin.file, '/models/a.yaml');
    assert.match(problem.message, /detector\.trt\.yaml → a\.yaml → detector\.trt\.yaml/);
    assert.deepEqual(problemsOf('extends: detector.trt.yaml'), [
      'config.extends-cycle "detector.trt.yaml": The configs extend each other in a circle: detector.trt.yaml → detector.trt.yaml. Remove one of the `extends`.',
    ]);
  });

  test('of a file that is not there is a problem', () => {
    assert.deepEqual(problemsOf('extends: [gone.yaml]'), [
      'config.extends-unreadable "gone.yaml": gone.yaml cannot be extended: /models/gone.yaml does not exist.',
    ]);
  });

  test('tells of problems in the base, where they are', () => {
    const { problems } = resolve('extends: base.yaml', { 'base.yaml': 'fp61: true' });
    assert.deepEqual(
      problems.map(({ code, origin }) => [code, origin.file]),
      [['config.unknown-key', '/models/base.yaml']],
    );
  });

  test('the same base twice, by two ways, is fine', () => {
    const build = onlyBuild('extends: [a.yaml, b.yaml]\n', {
      'a.yaml': 'extends: c.yaml\n',
      'b.yaml': 'extends: c.yaml\n',
      'c.yaml': 'refit: true\n',
    });
    assert.deepEqual(build.keys, ['refit']);
  });
});

describe('builds and matrix', () => {
  const namesOf = (text: string) => resolve(text).builds.map(({ name }) => name);

  test('a file without either is one build without a name', () => {
    assert.deepEqual(namesOf('fp16: true'), ['']);
  });

  test('builds set more than the settings outside', () => {
    const { builds } = resolve(
      'refit: true\nbuilds:\n  fp16: { fp16: true }\n  int8: { int8: true, refit: false }\n',
    );
    assert.deepEqual(
      builds.map((build) => [
        build.name,
        build.get('fp16')?.value,
        build.get('int8')?.value,
        build.get('refit')?.value,
      ]),
      [
        ['fp16', true, undefined, true],
        ['int8', undefined, true, false],
      ],
    );
  });

  const matrix =
    'matrix:\n  precision:\n    fp16: { fp16: true }\n    int8: { int8: true }\n  model: [nets/a.onnx, nets/b.onnx]\n';

  test('a matrix is the product of its axes', () => {
    const { builds, problems } = resolve(matrix);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      builds.map((build) => [build.name, build.axes, modelPath(build), enginePath(build)]),
      [
        ['fp16-a', { precision: 'fp16', model: 'a' }, '/models/nets/a.onnx', '/models/a.fp16-a.engine'],
        ['fp16-b', { precision: 'fp16', model: 'b' }, '/models/nets/b.onnx', '/models/b.fp16-b.engine'],
        ['int8-a', { precision: 'int8', model: 'a' }, '/models/nets/a.onnx', '/models/a.int8-a.engine'],
        ['int8-b', { precision: 'int8', model: 'b' }, '/models/nets/b.onnx', '/models/b.int8-b.engine'],
      ],
    );
  });

  test('exclude takes combinations away', () => {
    assert.deepEqual(namesOf(`${matrix}  exclude:\n    - { precision: int8, model: b }\n`), [
      'fp16-a',
      'fp16-b',
      'int8-a',
    ]);
    assert.deepEqual(namesOf(`${matrix}  exclude:\n    - { precision: int8 }\n`), ['fp16-a', 'fp16-b']);
    assert.deepEqual(namesOf(`${matrix}  exclude:\n    - { model: nets/b.onnx }\n`), ['fp16-a', 'int8-a']);
  });

  test('include adds settings to combinations, or new ones', () => {
    const text = `${matrix}  include:\n    - { precision: int8, calib: c.cache }\n    - { precision: fp32, model: a, noTF32: true }\n`;
    const { builds } = resolve(text);
    assert.deepEqual(
      builds.map((build) => [build.name, build.get('calib')?.value.text, build.get('noTF32')?.value]),
      [
        ['fp16-a', undefined, undefined],
        ['fp16-b', undefined, undefined],
        ['int8-a', 'c.cache', undefined],
        ['int8-b', 'c.cache', undefined],
        ['fp32-a', undefined, true],
      ],
    );
    const added = builds.at(-1);
    assert.ok(added);
    assert.equal(modelPath(added), '/models/nets/a.onnx');
  });

  test('builds and matrix multiply', () => {
    assert.deepEqual(namesOf('builds: { x: {}, y: {} }\nmatrix: { avgTiming: [1, 2] }\n'), [
      'x-1',
      'x-2',
      'y-1',
      'y-2',
    ]);
  });

  test('placeholders name axes and the build', () => {
    const text =
      'engine: "out/${{ matrix.level }}/${{build}}.engine"\nbuilderOptimizationLevel: ${{ matrix.level }}\nmatrix:\n  level: { "3": {}, "5": {} }\n';
    const { builds, problems } = resolve(text);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      builds.map((build) => [build.get('builderOptimizationLevel')?.value, enginePath(build)]),
      [
        [3, '/models/out/3/3.engine'],
        [5, '/models/out/5/5.engine'],
      ],
    );
  });

  test('problems of builds and matrix are told where they are', () => {
    assert.deepEqual(problemsOf('engine: "${{ matrix.gpu }}.engine"\n'), [
      'config.placeholder ""${{ matrix.gpu }}.engine"": There is no matrix.gpu in this build; there is build.',
    ]);
    assert.deepEqual(problemsOf('engine: a.engine\nbuilds: { x: {}, y: {} }\n'), [
      'config.same-engine "a.engine": The builds x and y write the same engine. Set `engine` in each, or write ${{ build }} into its name.',
    ]);
    assert.deepEqual(problemsOf('matrix: { model: [x/a.onnx, y/a.onnx] }\n'), [
      'config.duplicate-build "y/a.onnx": Two builds are called a. Name their choices apart.',
    ]);
    assert.deepEqual(problemsOf('builds: { a/b: {} }\n'), [
      'config.build-name "a/b": The name of a build is part of file names, so a/b must do without \\ / : * ? " < > |.',
    ]);
    assert.deepEqual(problemsOf('builds: { x: { fp61: true } }\n'), [
      'config.unknown-key "fp61": There is no key fp61. Did you mean fp16?',
    ]);
    assert.deepEqual(problemsOf('matrix: { gpu: [a, b] }\n'), [
      'config.matrix "gpu": gpu is no key, so its values need names and settings: `gpu: { NAME: { KEY: VALUE } }`.',
    ]);
    assert.deepEqual(problemsOf(`${matrix}  exclude:\n    - { gpu: ada }\n`), [
      'config.matrix "gpu": There is no axis gpu; there are precision, model.',
      'config.matrix "{ gpu: ada }": This excludes no combination.',
    ]);
  });

  test('an enormous matrix is refused in time', () => {
    const axis = (name: string) =>
      `  ${name}: { ${Array.from({ length: 50 }, (_, index) => `${name}${index}: {}`).join(', ')} }\n`;
    const { builds, problems } = resolve(`matrix:\n${['a', 'b', 'c', 'd'].map(axis).join('')}`);
    assert.deepEqual(builds, []);
    assert.equal(problems[0]?.code, 'config.matrix');
  });
});

describe('model, engine and profiles of a build', () => {
  test('a config without a model is about the one of its name', () => {
    const build = onlyBuild('fp16: true');
    assert.equal(modelPath(build), '/models/detector.onnx');
    assert.equal(enginePath(build), '/models/detector.engine');
  });

  test('profiles are filled in as trtexec does', () => {
    const [profile] = completeProfiles(
      onlyBuild('profiles:\n  - a: { opt: [4] }\n    b: { min: [1], max: [9] }\n    c: { max: [7] }\n'),
    );
    assert.deepEqual(
      profile?.inputs.map(({ name, min, opt, max }) => [name.value, min.value, opt.value, max.value]),
      [
        ['a', [4], [4], [4]],
        ['b', [1], [9], [9]],
        ['c', [7], [7], [7]],
      ],
    );
  });

  test('shapes of inference are built for where no profile mentions the input', () => {
    const shapesOf = (text: string) =>
      completeProfiles(onlyBuild(text)).map(({ inputs }) =>
        inputs.map(({ name, max }) => [name.value, max.value]),
      );
    assert.deepEqual(shapesOf('shapes: { a: [2] }'), [[['a', [2]]]]);
    assert.deepEqual(
      shapesOf('shapes: { a: [2], b: [3] }\nprofiles: [{ a: [1] }, { a: [4] }]\nuseProfile: 1'),
      [
        [['a', [1]]],
        [
          ['a', [4]],
          ['b', [3]],
        ],
      ],
    );
    assert.deepEqual(shapesOf('fp16: true'), []);
  });
});
