import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { configKeyNames, flagsOf, keyDefinitions } from '../../../../server/src/build-config/flags/index.ts';
import type { BuildConfig } from '../../../../server/src/build-config/model.ts';
import { configText, fromTrtexec } from '../../../../server/src/build-config/trtexec/from-trtexec.ts';
import { findTrtexecLines } from '../../../../server/src/build-config/trtexec/lines.ts';
import { toTrtexec, trtexecLine } from '../../../../server/src/build-config/trtexec/to-trtexec.ts';
import { isAvailable } from '../../../../server/src/build-config/versions.ts';
import { onlyBuild, plain } from '../configs.ts';
import { meaningOf } from './meaning.ts';
import { flagsOfVersion, samplesOf } from './samples.ts';

const versions = ['10.0', '10.6', '10.15', '11.1'];

/** Kept as they are, for the language has no keys for them. */
const withoutKey = new Set(['--help', '-h', '--tuningResultFile']);

/** Through the text of a config, and through a shell's line. */
function thereAndBack(args: readonly string[], version: string) {
  const read = fromTrtexec(
    args.map((text) => ({ text })),
    { keepSecrets: true },
  );
  const build = onlyBuild(configText(read));
  const written = toTrtexec(build, { version, keepSecrets: true });
  const [line] = findTrtexecLines(trtexecLine(written));
  assert.deepEqual(
    line?.words.map(({ text }) => text),
    written.args,
    'the line, read by a shell',
  );
  return { read, build, written };
}

/** A group that needs company: profiles and reference pairs. */
function argumentsFor(flag: string, value: string | undefined): string[] {
  const arg =
    value === undefined || (flag === '--helpBuildRoute' && value === '') ? flag : `${flag}=${value}`;
  if (flag === '--profile') {
    return [
      '--onnx=m.onnx',
      '--profile=1',
      '--optShapes=a:2',
      '--profile=0',
      '--maxShapes=a:4',
      '--minShapes=a:1',
    ];
  }
  if (flag === '--refPair')
    return [
      '--onnx=m.onnx',
      '--refPair=0',
      '--loadInputs=x:a',
      '--loadRefOutputs=y:b',
      '--refPair=1',
      '--loadInputs=x:c',
      '--loadRefOutputs=y:d',
    ];
  return flag === '--onnx' ? [arg] : ['--onnx=model.onnx', arg];
}

for (const version of versions) {
  describe(`line → config → line, ${version}`, () => {
    for (const fact of flagsOfVersion(version)) {
      const { flag } = fact;
      test(flag, () => {
        for (const value of samplesOf(fact, version) ?? [undefined]) {
          const args = argumentsFor(flag, value);
          const { read, written } = thereAndBack(args, version);
          assert.deepEqual(meaningOf(written.args), meaningOf(args), `${flag}=${value}`);
          assert.deepEqual(read.unknownFlags.length > 0, withoutKey.has(flag), `${flag}=${value}`);
          assert.deepEqual(
            written.problems.filter(({ severity }) => severity !== 'information'),
            [],
          );
          // Written once, the line stays as it is.
          assert.deepEqual(thereAndBack(written.args, version).written.args, written.args);
        }
      });
    }

    test('many flags at once, in any order', () => {
      const random = randomNumbers(Number(version) * 1000);
      const facts = flagsOfVersion(version).filter(
        ({ flag }) =>
          !/^--(profile|(min|opt|max)Shapes(Calib)?|refPair|load\w+|onnx)$/.test(flag) &&
          !withoutKey.has(flag),
      );
      const canonical = (flag: string) =>
        ({
          '--vc': '--versionCompatible',
          '--pi': '--pluginInstanceNorm',
          '--streams': '--infStreams',
          '--weightless': '--stripWeights',
          '--plugins': '--staticPlugins',
        })[flag] ?? flag;
      for (let round = 0; round < 60; round++) {
        const used = new Set<string>();
        const args = facts
          .filter(() => random() < 0.3)
          .filter(({ flag }) => !used.has(canonical(flag)) && used.add(canonical(flag)))
          .flatMap((fact) => {
            const values = samplesOf(fact, version);
            const value = values?.[Math.floor(random() * values.length)];
            const isRepeated = /Plugins$|setPluginsToSerialize/.test(fact.flag) && values;
            return [
              value ? `${fact.flag}=${value}` : fact.flag,
              ...(isRepeated ? [`${fact.flag}=second.so`] : []),
            ];
          });
        const profiles =
          [
            [],
            ['--optShapes=a:4', '--minShapes=a:1'],
            [
              '--profile=0',
              '--minShapes=a:1,b:2x2',
              '--optShapes=a:2,b:2x2',
              '--maxShapes=a:3,b:2x2',
              '--profile=1',
              '--optShapes=a:9,b:scalar',
            ],
            ['--profile=1', '--maxShapes=a:3', '--profile=0', '--minShapes=a:1', '--maxShapes=a:2'],
          ][round % 4] ?? [];
        const at = Math.floor(random() * args.length);
        const calibration = version.startsWith('10')
          ? ['--maxShapesCalib=a:3,b:1', '--optShapesCalib=a:2,b:1']
          : [];
        const line = [
          '--onnx=a.onnx',
          ...calibration,
          ...shuffled(args.slice(0, at), random),
          ...profiles,
          ...args.slice(at),
          '--somethingNew=3',
          '--other',
        ];
        const { read, written } = thereAndBack(line, version);
        assert.deepEqual(meaningOf(written.args), meaningOf(line));
        assert.deepEqual(read.unknownFlags, ['--somethingNew=3', '--other']);
      }
    });
  });
}

/** Values of keys in the config's own notation, where they differ from trtexec's. */
const configs: readonly string[] = [
  'profiles: [{ a: { min: [1], opt: [2], max: [3] }, "b:0": [] }]',
  'profiles: [{ a: { opt: [2] } }]',
  'profiles: [{ a: { min: [1], max: [3] } }, { a: [7] }, { a: { max: [1, 2] } }]',
  'profiles: [{ 12: [1], 3: [2] }]',
  'shapes: { a: [1, 2], s: [] }',
  'shapesCalib: { a: { min: [1], opt: [2], max: [3] } }',
  'memPoolSize: { workspace: 4GiB, tacticSharedMem: 100KiB, dlaSRAM: 0.1MiB }',
  'tacticSources: { EDGE_MASK_CONVOLUTIONS: false, JIT_CONVOLUTIONS: true }',
  'weightStreamingBudget: automatic',
  'weightStreamingBudget: "33.3%"',
  'weightStreamingBudget: 100B',
  'l2LimitForTiling: 4KiB',
  'layerOutputTypes: { "a*": [fp16, fp32], b: int8 }',
  'layerPrecisions: { "conv*": fp16 }',
  'refPairs: [{ loadInputs: { a: x.bin }, loadRefOutputs: { b: y.bin } }, { loadInputs: { a: x.bin }, loadRefOutputs: { b: y.bin } }]',
  'safetyPlugins: [a.so, { library: b.so, plugins: [n::p, n::q] }]',
  'markDebug: [a, "b c"]',
  'staticPlugins: [a.so, "b c.so"]',
  'helpBuildRoute: true',
  'saveDebugTensors: { t: "C:\\\\x\\\\t.raw" }',
  'percentile: [50, 99.9]',
  'unknownFlags: ["--new=1", "--x"]',
  'engine: a.engine',
  'timingCacheFile: ../t.cache',
  'fp16: true',
  'duration: 1e-3',
];

describe('config → line → config', () => {
  const values = (build: BuildConfig) => ({
    keys: Object.fromEntries(build.keys.map((key) => [key, plain(build.get(key)?.value)])),
    unknownFlags: plain(build.unknownFlags),
  });
  for (const version of versions) {
    for (const config of configs) {
      test(`${config}, ${version}`, () => {
        const text = `model: m.onnx\n${config}\n`;
        const build = onlyBuild(text);
        const cannot = build.keys.filter((key) => !isAvailable(keyDefinitions[key], version));
        const { args, problems } = toTrtexec(build, { version });
        if (cannot.length > 0) {
          assert.ok(
            problems.some(
              ({ severity, message }) => severity === 'warning' && message.includes('is left out'),
            ),
          );
          assert.deepEqual(args, ['--onnx=m.onnx']);
          return;
        }
        assert.deepEqual(
          problems.filter(({ severity }) => severity !== 'information'),
          [],
        );
        const again = onlyBuild(configText(fromTrtexec(args.map((text) => ({ text })))));
        assert.deepEqual(values(again), values(build));
      });
    }
  }

  test('every key that trtexec has a flag for comes back', () => {
    const seen = new Set(versions.flatMap((version) => flagsOfVersion(version)).map(({ flag }) => flag));
    for (const key of configKeyNames) {
      const [flag] = flagsOf(key);
      assert.ok(flag === undefined || seen.has(flag), `${key} is in no version's round trip`);
    }
  });
});

function randomNumbers(seed: number): () => number {
  let state = seed % 2147483647 || 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  return items
    .map((item) => [random(), item] as const)
    .toSorted(([first], [second]) => first - second)
    .map(([, item]) => item);
}
