import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RuntimeFacts } from '../../../../server/src/build-config/checks/facts/facts.ts';
import { runtimeFromWords } from '../../../../server/src/build-config/checks/facts/runtime-facts.ts';
import {
  type ConfigKey,
  configKeyNames,
  keyDefinitions,
} from '../../../../server/src/build-config/flags/index.ts';
import { isAvailable } from '../../../../server/src/build-config/versions.ts';
import { applied, check, problemsIn } from './fixture.ts';

const tensorrt = (version: string): RuntimeFacts => ({ product: 'TensorRT', version });
const rtx: RuntimeFacts = { product: 'TensorRT-RTX', version: '1.7.1' };
const net = 'g (float[2,4] x) => (float[2,4] y) { [act] h = Neg (x) [last] y = Relu (h) }';

const withWeights = `g (float[2,4] x, bool c) => (float[2,4] y)
<float[4] "conv1.weight" = {1, 2, 3, 4}, float[4] "a.lora_A.weight" = {1, 2, 3, 4}, int64[1] shape = {8}> {
  k = Constant <value_float = 2.0> ()
  h = Add (x, "conv1.weight")
  i = Mul (h, k)
  j = my.scaled (i)
  y = If (c) <
    then_branch = t () => (float[2,4] p) <float[4] inner = {1, 2, 3, 4}> { p = Add (j, inner) },
    else_branch = e () => (float[2,4] q) { q = Add (j, "a.lora_A.weight") }
  >
}
<domain: "my", opset_import: ["" : 17]>
scaled (v) => (w) { scale = Constant <value_float = 2.0> () w = Mul (v, scale) }`;

/** `CODE KEY`, of all problems. */
function told(text: string, runtime?: RuntimeFacts, model?: string): string[] {
  const lines = text.split('\n');
  return problemsIn(text, { ...(runtime && { runtime }), ...(model !== undefined && { model }) }).map(
    ({ code, origin: { range } }) =>
      `${code} ${(lines[range.start.line] ?? '').slice(range.start.character, range.end.character)}`,
  );
}

describe('keys and words that a TensorRT does not have', () => {
  test('what 11.0 removed, with what replaces it', () => {
    const { fixed } = check(
      `
engine: a.engine
fp16: true
#^^^ config.version: TensorRT 11.1 has no \`fp16\` (removed in 11.0). The types of the model count
int8: false
`,
      { runtime: tensorrt('11.1') },
    );
    assert.equal(fixed(), 'engine: a.engine\nint8: false\n');
    assert.match(fixed('Use stronglyTyped'), /^stronglyTyped: true$/m);
  });

  test('what is newer than the version, and words that are', () => {
    const { fixed } = check(
      `
tilingOptimizationLevel: 2
#^^^^^^^^^^^^^^^^^^^^^^ config.version: TensorRT 10.6 has no \`tilingOptimizationLevel\` (since 10.8). Remove it
preview: { runtimeActivationResize: true, aliasedPluginIO1003: true }
#          ^^^^^^^^^^^^^^^^^^^^^^^ config.version: no runtimeActivationResize in \`preview\` (since 10.10)
`,
      { runtime: tensorrt('10.6') },
    );
    assert.match(fixed('Remove runtimeActivationResize'), /preview: { aliasedPluginIO1003: true }/);
  });

  test('every key is told of exactly where it is missing', () => {
    for (const version of ['10.0', '10.6', '10.15', '11.0', '11.1']) {
      for (const key of configKeyNames) {
        const definition = keyDefinitions[key];
        if (
          definition.value.kind !== 'boolean' ||
          ['noCudaGraph', 'noSpinWait', 'includeDataTransfers'].includes(key)
        )
          continue;
        const problems = told(`${key}: true\nmodel: m.onnx\n`, tensorrt(version));
        assert.equal(
          problems.includes(`config.version ${key}`),
          !isAvailable(definition, version),
          `${key} in ${version}`,
        );
      }
    }
  });

  test('every key is told of that TensorRT for RTX lacks, and of those without effect', () => {
    for (const key of configKeyNames) {
      const { value, rtx: has } = keyDefinitions[key];
      if (value.kind !== 'boolean') continue;
      const problems = told(`${key}: true\n`, rtx);
      assert.equal(problems.includes(`config.not-for-rtx ${key}`), has === 'no', key);
      if (has === 'no effect') assert.ok(problems.includes(`config.no-effect ${key}`), key);
    }
  });

  test('what is always on is told of with its removal', () => {
    const { fixed } = check(
      `
stronglyTyped: true
#^^^^^^^^^^^^ config.no-effect: \`stronglyTyped\` has no effect since 11.0
noTF32: true
`,
      { runtime: tensorrt('11.0') },
    );
    assert.equal(fixed('Remove stronglyTyped: always on since 11.0'), 'noTF32: true\n');
  });

  test('nothing is said of versions where no TensorRT is known', () => {
    assert.deepEqual(told('fp16: true\nstronglyTyped: true\ncomputeCapabilities: [sm86]\n'), []);
  });

  test('`runtime` in words: ids, products, bounds', () => {
    for (const [words, expected] of [
      ['tensorrt-rtx-1.7.1', rtx],
      ['tensorrt-11.2.1-ab12', tensorrt('11.2.1')],
      ['tensorrt', tensorrt('11.1')],
      ['tensorrt-rtx', { product: 'TensorRT-RTX' }],
      ['>=10.6 <11', tensorrt('10.16')],
      ['10', tensorrt('10.16')],
      ['tensorrt <10.9', tensorrt('10.8')],
      ['=10.6.0', tensorrt('10.6.0')],
      ['/opt/tensorrt', undefined],
      ['somewhere else', undefined],
    ] as const) {
      assert.deepEqual(runtimeFromWords(words), expected, words);
    }
  });
});

describe('settings that exclude or need each other', () => {
  const both = (first: string, second: string) => `${first}\n${second}\n`;
  const conflicts: readonly (readonly [first: string, second: string, version?: string])[] = [
    ['loadEngine: a', 'engine: b'],
    ['buildDLAStandalone: true', 'allowGPUFallback: true'],
    ['fp16: true', 'stronglyTyped: true', '10.6'],
    ['best: true', 'stronglyTyped: true', '10.6'],
    ['layerPrecisions: { a: fp16 }', 'stronglyTyped: true', '10.6'],
    ['fp8: true', 'int8: true', '10.6'],
    ['pluginInstanceNorm: true', 'versionCompatible: true'],
    ['pluginInstanceNorm: true', 'hardwareCompatibilityLevel: ampere+'],
    ['refitIndividual: [w]', 'stripWeights: true', '10.6'],
    ['refitIndividual: [w]', 'stripAllWeights: true', '10.6'],
    ['refitIndividual: [w]', 'refit: true', '10.6'],
    ['tuneBuildRouteFile: f', 'tuneBuildRoutes: -a=1', '11.1'],
    ['dryRun: true', 'tuningSearch: mixed', '11.1'],
    ['continue: true', 'tuneBuildRoutes: -a=1', '11.1'],
    ['loadRefOutputs: { y: f }', 'skipInference: true', '11.1'],
    ['loadRefOutputs: { y: f }', 'runtimePlatform: WindowsAMD64', '11.1'],
    ['atol: 0.1', 'accuracyAlgorithm: cos', '11.1'],
    ['timeRefit: true', 'useRuntime: lean'],
    ['noCudaGraph: true', 'useCudaGraph: true', '11.1'],
  ];
  for (const [first, second, version] of conflicts) {
    test(`${first} and ${second}`, () => {
      const key = first.split(':')[0] ?? '';
      const runtime = version === undefined ? undefined : tensorrt(version);
      for (const text of [both(first, second), both(second, first)]) {
        const problems = problemsIn(text, { ...(runtime && { runtime }) });
        const found = problems.find(
          ({ code, message }) => code === 'config.conflict' && message.startsWith(`\`${key}\``),
        );
        assert.ok(found, problems.map(({ message }) => message).join('\n'));
        for (const fix of found.fixes ?? []) {
          const after = problemsIn(applied(text, fix), { ...(runtime && { runtime }) });
          assert.ok(!after.some(({ message }) => message === found.message), fix.title);
        }
      }
      for (const alone of [first, second]) {
        assert.ok(!told(alone, runtime).some((problem) => problem.startsWith('config.conflict')), alone);
      }
    });
  }

  test('what does not conflict', () => {
    for (const [text, runtime] of [
      ['fp16: true\nint8: true\ncalib: c\n', tensorrt('10.6')],
      ['fp16: false\nstronglyTyped: true\n', tensorrt('10.6')],
      ['useRuntime: full\ntimeRefit: true\n', tensorrt('10.6')],
      ['pluginInstanceNorm: true\nhardwareCompatibilityLevel: none\n', tensorrt('10.6')],
      ['tuningSearch: fast\ndryRun: true\n', tensorrt('11.1')],
      ['refitIndividual: []\nrefit: true\n', tensorrt('10.6')],
      ['refitIndividual: [w]\nstripWeights: false\n', tensorrt('10.6')],
    ] as const) {
      assert.deepEqual(
        told(text, runtime).filter((problem) => problem.startsWith('config.conflict')),
        [],
        text,
      );
    }
  });

  const needs: readonly (readonly [text: string, met: string, version?: string])[] = [
    ['allowWeightStreaming: true', 'stronglyTyped: true', '10.6'],
    ['weightStreamingBudget: 50%', 'allowWeightStreaming: true', '11.1'],
    ['dumpKernelText: true', 'safe: true', '10.13'],
    ['remoteAutoTuningConfig: "ssh://h"', 'safe: true', '10.13'],
    ['consistency: true', 'safe: true'],
    ['monitorMemory: true', 'safe: true\nremoteAutoTuningConfig: "ssh://h"', '11.1'],
    ['saveAllEngines: true', 'engine: a.engine', '11.1'],
    ['useRuntime: lean', 'loadEngine: a.engine'],
    ['refitFromOnnx: a.onnx', 'loadEngine: a.engine', '10.14'],
    ['excludeLeanRuntime: true', 'versionCompatible: true'],
    ['versionCompatible: true\nruntimePlatform: WindowsAMD64', 'excludeLeanRuntime: true'],
    ['setPluginsToSerialize: [a.so]', 'versionCompatible: true'],
    ['reportCapabilityDLA: true', 'useDLACore: 0', '10.16'],
    ['allowGPUFallback: true', 'useDLACore: 0'],
    ['layerDeviceTypes: { a: DLA }', 'useDLACore: 0'],
    ['useDLACore: 0', 'fp16: true', '10.6'],
    ['loadRefOutputs: { y: f }\naccuracyThreshold: 1', 'loadInputs: { x: f }', '11.1'],
    ['loadRefOutputs: { y: f }\nloadInputs: { x: f }', 'accuracyThreshold: 1', '11.1'],
    ['atol: 0.1', 'loadRefOutputs: { y: f }\nloadInputs: { x: f }\naccuracyThreshold: 1', '11.1'],
    ['continue: true', 'tuningCacheFile: t.json', '11.1'],
    ['tuningSearch: full', 'tuneBuildRoutes: -a=1', '11.1'],
    ['errorOnTimingCacheMiss: true', 'timingCacheFile: t'],
    ['directIO: true', 'inputIOFormats: chw\noutputIOFormats: chw'],
  ];
  for (const [text, met, version] of needs) {
    test(`${text.replaceAll('\n', ', ')} needs ${met.replaceAll('\n', ', ')}`, () => {
      const runtime = version === undefined ? undefined : tensorrt(version);
      const problems = problemsIn(`${text}\n`, { ...(runtime && { runtime }) });
      const found = problems.filter(({ code }) => code === 'config.needs');
      assert.equal(found.length, 1, problems.map(({ message }) => message).join('\n'));
      const isMet = (config: string) =>
        !problemsIn(config, { ...(runtime && { runtime }) }).some(
          ({ message }) => message === found[0]?.message,
        );
      assert.ok(isMet(`${text}\n${met}\n`));
      for (const fix of found[0]?.fixes ?? []) assert.ok(isMet(applied(`${text}\n`, fix)), fix.title);
      // Between braces as well.
      const flow = `builds: { a: { ${text.replaceAll('\n', ', ')} } }\n`;
      const [inFlow] = problemsIn(flow, { ...(runtime && { runtime }) }).filter(
        ({ code }) => code === 'config.needs',
      );
      for (const fix of inFlow?.fixes ?? []) assert.ok(isMet(applied(flow, fix)), applied(flow, fix));
    });
  }

  test('settings that change nothing', () => {
    const version = tensorrt('10.8');
    for (const [text, expected] of [
      ['layerPrecisions: { a: fp16 }', 'layerPrecisions'],
      ['layerPrecisions: { a: fp16 }\nprecisionConstraints: none', 'layerPrecisions'],
      ['precisionConstraints: obey', 'precisionConstraints'],
      ['best: true\nfp16: true', 'fp16'],
      ['calib: c', 'calib'],
      ['stripAllWeights: true\nstripWeights: true', 'stripWeights'],
      ['stripAllWeights: true\nrefit: true', 'refit'],
      ['l2LimitForTiling: 1MiB', 'l2LimitForTiling'],
      ['noBuilderCache: true\ntimingCacheFile: t', 'timingCacheFile'],
      ['runtimePlatform: WindowsAMD64\nskipInference: true', 'skipInference'],
      ['skipInference: true\niterations: 10', 'iterations'],
      ['runtimePlatform: WindowsAMD64\nwarmUp: 10', 'warmUp'],
    ] as const) {
      assert.ok(
        told(text, version).includes(`config.no-effect ${expected}`),
        `${text}: ${told(text, version)}`,
      );
    }
    assert.deepEqual(told('precisionConstraints: obey\nlayerPrecisions: { a: fp16 }', version), []);
    assert.deepEqual(told('tilingOptimizationLevel: 1\nl2LimitForTiling: 1MiB', version), []);
  });

  test('int8 wants ranges before TensorRT 11', () => {
    const quantized = `g (float[4] x) => (float[4] y) <float s = {1}, int8 z = {0}>
      { q = QuantizeLinear (x, s, z) y = DequantizeLinear (q, s, z) }`;
    assert.deepEqual(told('int8: true', tensorrt('10.6'), net), ['config.int8-ranges int8']);
    assert.deepEqual(told('int8: true', tensorrt('10.6'), quantized), []);
    assert.deepEqual(told('int8: true', tensorrt('10.6')), []);
    assert.ok(!told('int8: true\ncalib: c', tensorrt('10.6'), net).includes('config.int8-ranges int8'));
  });
});

describe('formats, layers, tensors, memory', () => {
  test('formats of inputs and outputs', () => {
    check(
      `
inputIOFormats: [fp32:chw, fp32:chw]
#               ^^^^^^^^^^^^^^^^^^^^ config.io-format: There are 2 formats for 1 input: x.
outputIOFormats: { y: fp32:hwc8 }
#                     ^^^^^^^^^ config.io-format: hwc8 is for tensors of 3 dimensions or more; y has 2. Use chw.
`,
      { model: net, runtime: tensorrt('10.6') },
    );
    // Outputs that the build adds are behind those of the model.
    check(
      `
markOutputs: [h]
outputIOFormats: { h: fp32:chw, g: fp32:chw }
#                               ^ config.unknown-input: The model has no output g.
`,
      { model: net, runtime: tensorrt('10.6') },
    );
    check('\nmarkOutputs: [h, y]\noutputIOFormats: [fp32:chw, fp32:chw]\n', {
      model: net,
      runtime: tensorrt('10.6'),
    });
    const { fixed } = check(
      `
inputIOFormats: fp16:chw
#               ^^^^^^^^ config.io-format: From TensorRT 11.0 on, inputs and outputs have the types of the network: leave fp16 away.
`,
      { model: net, runtime: tensorrt('11.1') },
    );
    assert.equal(fixed(), 'inputIOFormats: chw\n');
    check(
      `
stronglyTyped: true
inputIOFormats: { x: fp16:chw }
#                    ^^^^^^^^ config.io-format: x is fp32 in the model, and in a strongly typed network it stays so
`,
      { model: net, runtime: tensorrt('10.6') },
    );
  });

  test('layers and tensors are those of the model', () => {
    const { fixed } = check(
      `
precisionConstraints: prefer
layerPrecisions: { lsat: fp16, "act*": fp16, "conv*": fp16, node_of_q: fp16 }
#                  ^^^^ config.unknown-layer: Did you mean \`last\`?
#                                            ^^^^^^^ config.unknown-layer: No node of the model fits conv*
#                                                           ^^^^^^^^^ config.unknown-layer: The model has no node node_of_q
markDebug: [h, k]
#              ^ config.unknown-tensor: The model has no tensor k
markOutputs: [h, l]
#                ^ config.unknown-tensor: The model has no tensor l
`,
      { model: net, runtime: tensorrt('10.6') },
    );
    assert.match(fixed(), /{ last: fp16,/);
  });

  test('weights are initializers and constants of the model, or of what is inside its nodes', () => {
    const { fixed } = check(
      `
refitIndividual: [conv1.wieght, k, h, "*.lora_*", "*.lora_*.bias", inner, scale, shape, x]
#                 ^^^^^^^^^^^^ config.unknown-weight: The model has no weight conv1.wieght, so this has no effect. Did you mean \`conv1.weight\`?
#                                  ^ config.unknown-weight: The model has no weight h
#                                                 ^^^^^^^^^^^^^^^ config.unknown-weight: No weight of the model fits *.lora_*.bias
#                                                                                       ^ config.unknown-weight: The model has no weight x
`,
      { model: withWeights, runtime: tensorrt('10.6') },
    );
    assert.match(fixed(), /\[conv1\.weight, k,/);
    // Patterns stand for the main graph's alone.
    check(
      `
refitIndividual: ["inn*", "*e*"]
#                 ^^^^^^ config.unknown-weight: No weight of the model fits inn*
`,
      { model: withWeights },
    );
    assert.deepEqual(told('refitIndividual: [conv1.weight]', tensorrt('10.1'), withWeights), [
      'config.version refitIndividual',
    ]);
    assert.deepEqual(told('refitIndividual: [conv1.weight]', rtx, withWeights), []);
  });

  test('memory pools', () => {
    const t4 = { name: 'Tesla T4', computeCapability: '7.5', totalMemory: 16 * 2 ** 30 };
    const { fixed } = check(
      `
memPoolSize: { workspace: 20GiB, tacticSharedMem: 100, dlaSRAM: 1MiB }
#                         ^^^^^ config.pool-size: 20GiB are more than Tesla T4 has, 16.0 GiB
#                                                 ^^^ config.pool-size: no 100MiB of shared memory
#                                                      ^^^^^^^ config.pool-size: there is no \`useDLACore\`
`,
      { runtime: { ...tensorrt('10.6'), device: t4 } },
    );
    assert.match(fixed('Replace by 100KiB'), /tacticSharedMem: 100KiB/);
    assert.match(fixed('Remove workspace'), /memPoolSize: { tacticSharedMem/);
    assert.match(fixed('Remove dlaSRAM'), /tacticSharedMem: 100 }/);
    check(`
memPoolSize: { workspace: 0 }
#                         ^ config.pool-size: leaves layers no scratch memory
`);
    check('memPoolSize: { workspace: 4GiB, tacticSharedMem: 100KiB }');
  });

  test('files that are not there', () => {
    check(
      `
model: gone.onnx
#      ^^^^^^^^^ config.missing-file: There is no file gone.onnx.
loadInputs: { x: x.bin, z: gone.bin }
#                          ^^^^^^^^ config.missing-file: There is no file gone.bin.
timingCacheFile: gone.cache
engine: out/a.engine
#       ^^^^^^^^^^^^ config.missing-file: There is no folder /models/out yet. A build here makes it
`,
      { missing: ['gone.onnx', 'gone.bin', 'gone.cache', 'out', 'out/a.engine'] },
    );
  });

  test('paths that are written as for a shell', () => {
    check(
      `
model: \${MODEL}
#      ^^^^^^^^ config.missing-file: There is no file \${MODEL}. Variables of a shell are not replaced: write the path out.
loadInputs: { x: "%IN%/x.bin" }
#                ^^^^^^^^^^^^ config.missing-file: Variables of a shell are not replaced
engine: ~/a.engine
#       ^^^^^^^^^^ config.missing-file: \`~\` stands for no home folder here: write the path out.
`,
      { missing: ['${MODEL}', '%IN%/x.bin', '~'] },
    );
  });

  test('an engine in the place of what its build needs', () => {
    check(`
model: a.onnx
engine: ./x/../a.onnx
#       ^^^^^^^^^^^^^ config.conflict: The engine would take the place of the model.
`);
    check(`
model: a.onnx
timingCacheFile: a.cache
engine: a.cache
#       ^^^^^^^ config.conflict: The engine would take the place of the file of \`timingCacheFile\`.
`);
    check(`
model: a.onnx
loadInputs: { x: a.json }
engine: a
#       ^ config.conflict: The engine’s note, a.json, would take the place of the file of \`loadInputs\`.
`);
    check('model: a.onnx\ntimingCacheFile: a.cache\nexportLayerInfo: a.json\nengine: a.engine');
  });

  test('without a GPU, TensorRT for RTX builds nothing to refit', () => {
    const weights = 'g (float[2] x) => (float[2] y) <float[2] w = {1, 2}> { y = Add (x, w) }';
    const cpu: RuntimeFacts = { ...rtx, mode: 'cpu-only' };
    assert.deepEqual(told('stripWeights: true', cpu, weights), ['config.needs-gpu stripWeights']);
    assert.deepEqual(told('refitIndividual: [w]', cpu, weights), ['config.needs-gpu refitIndividual']);
    assert.deepEqual(told('refitIndividual: []', cpu, weights), []);
    assert.deepEqual(told('stripWeights: true', cpu, net), []);
    assert.deepEqual(told('stripWeights: true', { ...rtx, mode: 'gpu' }, weights), []);
    assert.deepEqual(told('computeCapabilities: [sm86, current]', cpu, net), ['config.needs-gpu current']);
    assert.deepEqual(told('device: 1', cpu, net), ['config.needs-gpu 1']);
    assert.deepEqual(told('device: 1', { ...rtx, mode: 'gpu' }, net), []);
  });

  test('a fix leaves nothing behind, in whatever style', () => {
    const of = (text: string, key: ConfigKey) => {
      const [fix] = problemsIn(text, { runtime: tensorrt('11.1') })
        .filter(({ code, message }) => code === 'config.version' && message.includes(key))
        .flatMap(({ fixes = [] }) => fixes);
      assert.ok(fix);
      return applied(text, fix);
    };
    assert.equal(of('fp16: true # fast\nnoTF32: true\n', 'fp16'), 'noTF32: true\n');
    assert.equal(of('{ fp16: true, noTF32: true }\n', 'fp16'), '{ noTF32: true }\n');
    assert.equal(of('{ noTF32: true, "fp16": true }\n', 'fp16'), '{ noTF32: true }\n');
    assert.equal(
      of('layerPrecisions:\n  a: fp16\n  b: fp32\nnoTF32: true', 'layerPrecisions'),
      'noTF32: true',
    );
    assert.equal(
      of('builds:\n  a:\n    fp16: true\n    noTF32: true\n', 'fp16'),
      'builds:\n  a:\n    noTF32: true\n',
    );
  });

  test('what an axis of a matrix chooses is not edited as if it were a setting', () => {
    const text = 'stronglyTyped: true\nmatrix: { fp16: [true, false] }\n';
    const [problem] = problemsIn(text, { runtime: tensorrt('10.6') });
    assert.equal(problem?.code, 'config.conflict');
    assert.deepEqual(
      problem?.fixes?.map(({ title }) => title),
      ['Remove stronglyTyped'],
    );
    const needing = 'matrix:\n  allowWeightStreaming: [true, false]\n';
    const [other] = problemsIn(needing, { runtime: tensorrt('10.6') });
    assert.deepEqual([other?.code, other?.fixes], ['config.needs', []]);
  });
});
