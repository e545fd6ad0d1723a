import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseBuildConfig } from '../../../server/src/build-config/parse.ts';
import { onlyBuild, plain, problemsOf, resolve } from './configs.ts';

describe('values of a config', () => {
  const valueIn = (text: string) => {
    const build = onlyBuild(text);
    const [key] = build.keys;
    assert.ok(key);
    return plain(build.get(key)?.value);
  };

  const cases: readonly (readonly [text: string, value: unknown])[] = [
    ['fp16: true', true],
    ['builderOptimizationLevel: 5', 5],
    ['duration: 0.5', 0.5],
    ['model: nets/detector.onnx', { text: 'nets/detector.onnx', path: '/models/nets/detector.onnx' }],
    ['model: /nets/detector.onnx', { text: '/nets/detector.onnx', path: '/nets/detector.onnx' }],
    ['hardwareCompatibilityLevel: ampere+', 'ampere+'],
    ['hardwareCompatibilityLevel: Ampere+', 'ampere+'],
    ['profilingVerbosity: verbose', 'detailed'],
    ['markDebug: [a, b]', ['a', 'b']],
    ['markDebug: a', ['a']],
    ['refitIndividual: [conv1.weight, "*.lora_*"]', ['conv1.weight', '*.lora_*']],
    ['refitIndividual: "true"', ['true']],
    ['percentile: [50, 99.9]', [50, 99.9]],
    [
      'tacticSources: { cudnn: false, JIT_CONVOLUTIONS: true }',
      [
        { name: 'CUDNN', value: false },
        { name: 'JIT_CONVOLUTIONS', value: true },
      ],
    ],
    ['layerPrecisions: { "conv*": fp16 }', [{ name: 'conv*', value: 'fp16' }]],
    [
      'layerOutputTypes: { split: fp16+fp32, add: [int8] }',
      [
        { name: 'split', value: ['fp16', 'fp32'] },
        { name: 'add', value: ['int8'] },
      ],
    ],
    [
      'inputIOFormats: { images: fp16:chw16+hwc8 }',
      { by: 'name', entries: [{ name: 'images', value: { type: 'fp16', formats: ['chw16', 'hwc8'] } }] },
    ],
    [
      'inputIOFormats: [fp16:chw, chw]',
      { by: 'position', items: [{ type: 'fp16', formats: ['chw'] }, { formats: ['chw'] }] },
    ],
    ['weightStreamingBudget: 50%', { kind: 'percent', percent: 50 }],
    ['weightStreamingBudget: -1', { kind: 'automatic' }],
    ['weightStreamingBudget: off', { kind: 'off' }],
    ['weightStreamingBudget: 2GiB', { kind: 'size', size: { amount: '2', unit: 'GiB', bytes: 2 ** 31 } }],
    ['l2LimitForTiling: 8MiB', 2 ** 23],
    ['l2LimitForTiling: -1', -1],
    [
      'shapes: { images: 1x3x224x224, scale: [] }',
      [
        { name: 'images', value: [1, 3, 224, 224] },
        { name: 'scale', value: [] },
      ],
    ],
    ['saveDebugTensors: { t: t.raw }', [{ name: 't', value: { text: 't.raw', path: '/models/t.raw' } }]],
    [
      'safetyPlugins: ["p.so[ns::a,ns::b]"]',
      [{ library: { text: 'p.so', path: '/models/p.so' }, plugins: ['ns::a', 'ns::b'] }],
    ],
    ['helpBuildRoute: true', true],
    ['computeCapabilities: [sm89, current]', ['sm89', 'current']],
  ];
  for (const [text, value] of cases) {
    test(text, () => assert.deepEqual(valueIn(text), value));
  }

  test('sizes keep their amount and unit, and are rounded down to bytes', () => {
    assert.deepEqual(valueIn('memPoolSize: { workspace: 0.3G, tacticSharedMem: 100KiB, dlaSRAM: 2 }'), [
      { name: 'workspace', value: { amount: '0.3', unit: 'GiB', bytes: 322122547 } },
      { name: 'tacticSharedMem', value: { amount: '100', unit: 'KiB', bytes: 102400 } },
      { name: 'dlaSRAM', value: { amount: '2', unit: 'MiB', bytes: 2 ** 21 } },
    ]);
  });

  test('profiles give min, opt and max of each input, or one shape for all', () => {
    const text =
      'profiles:\n  - images: { min: [1, 3], opt: 8x3, max: [32, 3] }\n    tokens: [1, 128]\n    mask: { opt: [] }\n';
    assert.deepEqual(valueIn(text), [
      {
        inputs: [
          { name: 'images', min: [1, 3], opt: [8, 3], max: [32, 3] },
          { name: 'tokens', min: [1, 128], opt: [1, 128], max: [1, 128] },
          { name: 'mask', opt: [] },
        ],
      },
    ]);
  });

  test('remember where they are written', () => {
    const setting = onlyBuild('model: a.onnx\nbuilderOptimizationLevel:   4 # slow\n').get(
      'builderOptimizationLevel',
    );
    assert.deepEqual(setting?.origin.range, {
      start: { line: 1, character: 28 },
      end: { line: 1, character: 29 },
    });
    assert.deepEqual(setting?.keyOrigin.range, {
      start: { line: 1, character: 0 },
      end: { line: 1, character: 24 },
    });
    assert.equal(setting?.origin.file, '/models/detector.trt.yaml');
  });

  test('of your own begin with x-: anchors for builds, and notes', () => {
    const { builds, problems } = resolve(`x-base: &base { fp16: true, builderOptimizationLevel: 2 }
x-shapes: [&small [1, 3]]
shapes: { images: *small }
builds:
  a: { <<: *base, fp16: false, x-note: "${'${{ matrix.nothing }}'}" }
  b: { noTF32: true, x-3: null, <<: *base }
  c: { fp16: false, <<: [*base, { noTF32: false }] }
  x-d: *base
matrix: { x-axis: { on: { x-why: [1] } }, include: [{ x-axis: on, x-more: 2 }] }
`);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      builds.map((build) => [build.name, build.get('fp16')?.value, build.keys.length]),
      [
        ['a-on', false, 3],
        ['b-on', true, 4],
        ['c-on', false, 4],
        ['x-d-on', true, 3],
      ],
    );
  });

  test('a mistake behind an anchor is told once, where it is', () => {
    const { problems } = resolve(
      'x-base: &base\n  fp61: true\n  profiles: [{ a: b }]\nx-other: { fp61: 1 }\nbuilds: { a: *base, b: { <<: *base } }\n',
    );
    assert.deepEqual(
      problems.map(({ code, origin }) => [code, origin.range.start.line]),
      [
        ['config.unknown-key', 1],
        ['config.wrong-type', 2],
      ],
    );
  });

  test('may come from anchors and merge keys', () => {
    const build = onlyBuild(
      'builds:\n  small: &common { fp16: true, refit: true }\nbuilds2: 0\n'.replace('builds2: 0\n', ''),
    );
    assert.equal(build.get('fp16')?.value, true);
    const { builds } = resolve('builds:\n  a: &a { fp16: true }\n  b: { <<: *a, refit: true }\n');
    assert.deepEqual(
      builds.map(({ keys }) => keys),
      [['fp16'], ['fp16', 'refit']],
    );
  });

  test('may be JSON', () => {
    assert.equal(onlyBuild('{"fp16": true, "model": "a.onnx"}').get('fp16')?.value, true);
  });
});

describe('problems of a config', () => {
  const cases: readonly (readonly [text: string, ...problems: string[]])[] = [
    ['fp61: true', 'config.unknown-key "fp61": There is no key fp61. Did you mean fp16?'],
    ['onnx: a.onnx', 'config.unknown-key "onnx": The key for onnx is model.'],
    ['vc: true', 'config.unknown-key "vc": The key for vc is versionCompatible.'],
    ['--fp16: true', 'config.unknown-key "--fp16": The key for --fp16 is fp16.'],
    [
      'workspace: 1024',
      'config.unknown-key "workspace": There is no workspace. Removed in 10.0. Use memPoolSize.',
    ],
    ['fp16: yes', 'config.wrong-type "yes": `fp16` takes true or false, not "yes".'],
    [
      'refitIndividual: true',
      'config.wrong-type "true": `refitIndividual` takes a list of names of weights (`[conv1.weight, "*.lora_*"]`), not true: name those that are to be replaced, or write `refit: true` for all.',
    ],
    [
      'refitIndividual: false',
      'config.wrong-type "false": `refitIndividual` takes a list of names of weights (`[conv1.weight, "*.lora_*"]`), not false: leave it out where none are to be replaced.',
    ],
    [
      'refitIndividual: [{ a: b }]',
      'config.wrong-type "{ a: b }": `refitIndividual` takes a list of names of weights (`[conv1.weight, "*.lora_*"]`), not a map.',
    ],
    ['fp16: [true]', 'config.wrong-type "[true]": `fp16` takes true or false, not a list.'],
    ['avgTiming: 1.5', 'config.wrong-type "1.5": `avgTiming` takes a whole number of at least 1, not 1.5.'],
    ['avgTiming: "8"', 'config.wrong-type ""8"": `avgTiming` takes a whole number of at least 1, not "8".'],
    [
      'builderOptimizationLevel: 9',
      'config.bad-value "9": `builderOptimizationLevel` takes a whole number from -1 to 5, not 9.',
    ],
    [
      'sparsity: enabled',
      'config.bad-value "enabled": `sparsity` takes disable, enable or force, not "enabled".',
    ],
    [
      'memPoolSize: { workspace: 4GB }',
      'config.bad-unit "4GB": `workspace` has the unit "GB"; there are B, KiB, MiB and GiB (powers of 2, as TensorRT counts).',
    ],
    [
      'memPoolSize: { workspce: 4GiB }',
      'config.unknown-name "workspce": `memPoolSize` has no workspce; it has workspace, dlaSRAM, dlaLocalDRAM, dlaGlobalDRAM or tacticSharedMem. Did you mean `workspace`?',
    ],
    [
      'memPoolSize: 4GiB',
      'config.wrong-type "4GiB": `memPoolSize` takes a map of memory pools and sizes: `{ workspace: 4GiB }`, not "4GiB".',
    ],
    [
      'profiles:\n  images: [1]',
      'config.wrong-type "images: [1]": `profiles` takes a list of profiles, each a map of inputs: `- images: { min: [1, 3], opt: [8, 3], max: [32, 3] }`, not a map.',
    ],
    [
      'profiles:\n  - x: { mim: [1] }',
      'config.unknown-name "mim": The shapes of an input are min, opt and max, not mim. Did you mean `min`?',
    ],
    ['profiles:\n  - x: [1, N]', 'config.wrong-type "N": `x` takes whole numbers as dims, not "N".'],
    [
      'inputIOFormats: fp16:chw5',
      'config.bad-value "fp16:chw5": There is no format "chw5"; there are chw, chw2, hwc8, chw4, chw16, chw32, dhwc8, cdhw32, hwc, dla_linear, dla_hwc4, hwc16 or dhwc.',
    ],
    [
      'builds: [a]',
      'config.wrong-type "[a]": `builds` takes a map of names and settings (`fp16: { fp16: true }`), not a list.',
    ],
    [
      'builds: { a: { builds: {} } }',
      'config.unknown-key "builds": `builds` belongs to the file, not to a build. Move it to the outermost level.',
    ],
    [
      'unknownFlags: [--fp16, "--new=ssh://u:p@h", --help]',
      'config.unknown-flag "--fp16": --fp16 has a key, fp16. Here it counts in trtexec lines only, not in builds.',
      'config.unknown-flag ""--new=ssh://u:p@h"": --new counts in trtexec lines only, not in builds. It is no flag that this extension knows.',
      'config.unknown-flag "--help": --help counts in trtexec lines only, not in builds. It prints trtexec’s help and is no setting of a build.',
    ],
    [
      'builds: { a: {} }\nmatrix: { build: { b: {} } }',
      'config.matrix "build": The axis of `builds` is called build. Name this one otherwise.',
    ],
    [
      'just words',
      'config.wrong-type "just words": A build config is a map of keys and values (`model: detector.onnx`), not "just words".',
    ],
    [
      'fp16: true\n---\nfp16: false',
      'config.syntax "---": A build config is one YAML document; what stands below `---` is not read. Put several builds of one file under `builds`.',
    ],
    ['fp16: true\nfp16: false', 'config.duplicate-key "f": This key stands here twice. Remove one of them.'],
  ];
  for (const [text, ...problems] of cases) {
    test(text, () => assert.deepEqual(problemsOf(text), problems));
  }

  test('come with the edit that mends them', () => {
    const { problems } = parseBuildConfig(
      'fp61: true\nmemPoolSize: { workspace: 1.5TB }\nrefit: off\n',
      '/c.trt.yaml',
    );
    assert.deepEqual(
      problems.map(({ fixes }) => fixes?.map(({ edits }) => edits.map(({ newText }) => newText))),
      [[['fp16']], [['1536GiB']], [['false']]],
    );
  });

  test('do not keep the rest from being read', () => {
    const { builds } = resolve(
      'fp61: true\nrefit: true\nmemPoolSize: { workspace: 4GB, dlaSRAM: 1MiB }\nmodel: [',
    );
    assert.deepEqual(builds[0]?.keys, ['refit', 'memPoolSize']);
  });

  test('an empty file has none', () => {
    assert.deepEqual(problemsOf(''), []);
    assert.deepEqual(problemsOf('# nothing yet\n'), []);
  });
});

describe('hostile configs', () => {
  const inTime = (text: string) => {
    const start = process.cpuUsage();
    const result = resolve(text);
    const { user } = process.cpuUsage(start);
    assert.ok(user < 3e6, `${user / 1e6} s`);
    return result;
  };
  test('aliases that multiply', () => {
    const lines = Array.from(
      { length: 30 },
      (_, index) => `a${index + 1}: &a${index + 1} [*a${index}, *a${index}]`,
    );
    const { problems } = inTime(`a0: &a0 [1]\n${lines.join('\n')}\n`);
    assert.ok(problems.some(({ message }) => message === 'Aliases make this too big for a build config.'));
  });
  test('aliases of themselves', () => {
    const { problems } = inTime('markDebug: &a [*a]\n');
    assert.ok(problems.length > 0);
  });
  for (const [what, text] of [
    ['brackets', '['.repeat(200_000)],
    ['braces', '{a: '.repeat(100_000)],
    ['dashes', '- '.repeat(100_000)],
    ['indentation', Array.from({ length: 1000 }, (_, index) => `${' '.repeat(index)}a:`).join('\n')],
    ['length', 'a'.repeat(2 ** 20 + 1)],
  ] as const) {
    test(`too much of ${what}`, () => {
      const { problems } = inTime(text);
      assert.equal(problems[0]?.code, 'config.syntax');
    });
  }
});
