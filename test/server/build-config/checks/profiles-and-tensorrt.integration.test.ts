/**
 * Profile rules and TensorRT itself, on the same configs: what is called an error fails to build, and what is not builds. The
 * configs are generated: right ones for small models, with up to two mistakes.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { checkBuilds } from '../../../../server/src/build-config/checks/check.ts';
import type { ModelFacts, RuntimeFacts } from '../../../../server/src/build-config/checks/facts/facts.ts';
import { modelFacts } from '../../../../server/src/build-config/checks/facts/model-facts.ts';
import type { ConfigProblem } from '../../../../server/src/build-config/model.ts';
import { loadModel } from '../../../../server/src/node/load-model.ts';
import { configureBuild } from '../../../../server/src/tensorrt/build/build-settings.ts';
import { type ReadyBridge, startReadyBridge } from '../../../native-bridge/support/bridge.ts';
import { temporaryFolder, writeModels } from '../../../native-bridge/support/models.ts';
import { resolve } from '../configs.ts';
import { wholeModel } from './fixture.ts';

const graphs = {
  one: 'g (float[batch,4] x) => (float[batch,4] y) { y = Relu (x) }',
  // One name in two inputs that meet nowhere.
  shared:
    'g (float[batch,4] x, float[batch,seq] z) => (float[a,4] y, float[b,c] q) { y = Relu (x) q = Neg (z) }',
  unnamed: 'g (float[?,4] x, float[?,?] z) => (float[a,4] y, float[b,c] q) { y = Relu (x) q = Neg (z) }',
  mixed: 'g (float[batch,4] x, float[4] b) => (float[batch,4] y) { y = Add (x, b) }',
  fixed: 'g (float[2,4] x) => (float[2,4] y) { y = Relu (x) }',
  shaped:
    'g (float[n,4] x, int64[2] shape) => (float[n,4] y, float[a,b] z) { y = Relu (x) z = ConstantOfShape (shape) }',
  length:
    'g (int64 count) => (int64[n] y) <int64 zero = {0}, int64 step = {1}> { y = Range (zero, count, step) }',
  computed: `g (float[1] x, int64 rows, int64[1] columns) => (float[a,b] y) <int64[1] axis = {0}>
    { r = Unsqueeze (rows, axis) s = Concat <axis: int = 0> (r, columns) y = Expand (x, s) }`,
  conditional: `g (float[n] x, bool c) => (float[n] y) {
    y = If (c) <then_branch: graph = t () => (float[n] a) { a = Relu (x) },
      else_branch: graph = e () => (float[n] b) { b = Neg (x) }> }`,
  gathered: 'g (float[n,4] x, int64[k] index) => (float[k,4] y) { y = Gather (x, index) }',
} as const;
type GraphName = keyof typeof graphs;

/** Right sizes, or values, as min, opt and max. */
const right: Readonly<Record<GraphName, Readonly<Record<string, readonly number[][]>>>> = {
  one: {
    x: [
      [1, 4],
      [4, 4],
      [8, 4],
    ],
  },
  shared: {
    x: [
      [2, 4],
      [4, 4],
      [8, 4],
    ],
    z: [
      [2, 1],
      [4, 16],
      [8, 32],
    ],
  },
  unnamed: {
    x: [
      [1, 4],
      [4, 4],
      [8, 4],
    ],
    z: [
      [3, 1],
      [5, 16],
      [9, 32],
    ],
  },
  mixed: {
    x: [
      [1, 4],
      [4, 4],
      [8, 4],
    ],
  },
  fixed: {},
  shaped: {
    x: [
      [1, 4],
      [2, 4],
      [3, 4],
    ],
    shape: [
      [1, 2],
      [4, 5],
      [8, 9],
    ],
  },
  length: { count: [[1], [4], [8]] },
  computed: { rows: [[1], [4], [8]], columns: [[1], [4], [8]] },
  conditional: { x: [[1], [4], [8]] },
  gathered: {
    x: [
      [4, 4],
      [5, 4],
      [6, 4],
    ],
    index: [[1], [2], [3]],
  },
};

/** Rules whose errors TensorRT shares. That a profile names no input is trtexec's error; here it is noted. */
const shared = new Set(
  ['missing-profile', 'rank', 'fixed-dim', 'shape-values', 'dim-range', 'profile-order', 'same-dim'].map(
    (name) => `config.${name}`,
  ),
);

/** Numbers from 0 to below `count`, the same in every run. */
function randomNumbers(seed: number): (count: number) => number {
  let state = seed;
  return (count) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * count);
  };
}

type Shapes = Record<string, number[][]>;

/** A mistake, or something odd that is none. */
const changes: readonly ((shapes: Shapes, random: (count: number) => number) => void)[] = [
  (shapes, random) => delete shapes[pick(Object.keys(shapes), random)],
  (shapes, random) => {
    for (const dims of any(shapes, random)) dims.push(1);
  },
  (shapes, random) => any(shapes, random)[random(3)]?.pop(),
  (shapes, random) => any(shapes, random).reverse(),
  (shapes, random) => {
    const dims = any(shapes, random)[random(3)];
    if (dims?.length) dims[random(dims.length)] = random(12);
  },
  (shapes, random) => {
    for (const dims of any(shapes, random)) if (dims.length > 1) dims[1] = 5;
  },
  (shapes, random) => {
    const dims = any(shapes, random)[0];
    if (dims?.length) dims[0] = -1;
  },
  (shapes, random) => {
    const dims = any(shapes, random)[2];
    if (dims?.length) dims[0] = 2 ** 31;
  },
  (shapes, random) => {
    const dims = any(shapes, random)[1];
    if (dims?.length) dims[0] = 3;
  },
  (shapes, random) => {
    for (const dims of any(shapes, random)) if (dims.length > 0) dims[0] = (dims[0] ?? 0) + 20;
  },
  (shapes) => {
    Object.assign(shapes, { b: [[4], [4], [4]] });
  },
  (shapes) => {
    Object.assign(shapes, { b: [[1], [4], [4]] });
  },
  (shapes) => {
    Object.assign(shapes, { nobody: [[1], [1], [1]] });
  },
];

function pick(names: readonly string[], random: (count: number) => number): string {
  return names[random(names.length)] ?? '';
}

function any(shapes: Shapes, random: (count: number) => number): number[][] {
  return shapes[pick(Object.keys(shapes), random)] ?? [];
}

function configText(profiles: readonly Shapes[]): string {
  const lines = profiles.flatMap((shapes) =>
    Object.entries(shapes).map(([name, [min = [], opt = [], max = []]], index) => {
      const text = [min, opt, max].map((dims) => `[${dims.join(', ')}]`);
      return `${index === 0 ? '  - ' : '    '}${name}: { min: ${text[0]}, opt: ${text[1]}, max: ${text[2]} }`;
    }),
  );
  return lines.length === 0 ? 'verbose: false\n' : `profiles:\n${lines.join('\n')}\n`;
}

function copyOf(name: GraphName): Shapes {
  return structuredClone(right[name]) as Shapes;
}

describe('profile rules agree with TensorRT for RTX', () => {
  const runtime: RuntimeFacts = { product: 'TensorRT-RTX', version: '1.7.1' };
  const folder = temporaryFolder();
  const paths = writeModels(
    Object.fromEntries(Object.entries(graphs).map(([name, graph]) => [name, wholeModel(graph)])) as Record<
      GraphName,
      string
    >,
  );
  const names = Object.keys(graphs) as GraphName[];
  let bridge: ReadyBridge;
  before(async () => {
    bridge = await startReadyBridge('tensorrt-rtx-1.7.1');
  });
  after(() => bridge.kill());

  /** What the checks say, and what TensorRT does. */
  async function judge(name: GraphName, text: string) {
    const { model } = loadModel(paths[name]);
    const facts: ModelFacts = modelFacts(model);
    const config = resolve(text);
    const problems = checkBuilds(config, { of: () => ({ model: facts, runtime }), exists: () => true });
    const [build] = config.builds;
    assert.ok(build);
    const { stronglyTyped, settings } = configureBuild(build, {
      product: 'TensorRT-RTX',
      version: '1.7.1',
      inputs: facts.inputs.map((input) => input.name),
      outputs: facts.outputs.map((output) => output.name),
      weights: [...facts.weights],
    });
    const enginePath = path.join(folder, 'engine');
    const { failure, notes } = await bridge.build(paths[name], { enginePath, stronglyTyped, settings });
    return { problems, failure, notes };
  }

  const words = (problems: readonly ConfigProblem[]) =>
    problems.map(({ severity, code, message }) => `${severity} ${code}: ${message}`).join('\n');

  async function compare(name: GraphName, text: string): Promise<'builds' | 'fails'> {
    const { problems, failure, notes } = await judge(name, text);
    const errors = problems.filter(({ code, severity }) => severity === 'error' && shared.has(code));
    assert.equal(
      failure === undefined,
      errors.length === 0,
      `${name}\n${text}TensorRT: ${failure?.message ?? 'builds'}\nchecks: ${words(problems) || 'nothing'}`,
    );
    if (!failure) {
      const unknown = problems.filter(({ code }) => code === 'config.unknown-input').length;
      assert.equal(notes.filter((note) => note.includes('has no input')).length, unknown, text);
    }
    return failure ? 'fails' : 'builds';
  }

  for (const name of names) {
    test(`${name}: right profiles build, and without any it is as the checks say`, async () => {
      assert.equal(await compare(name, configText([copyOf(name)])), 'builds');
      await compare(name, configText([]));
      await compare(name, configText([copyOf(name), copyOf(name)]));
      for (const input of Object.keys(right[name])) {
        const without = copyOf(name);
        delete without[input];
        await compare(
          name,
          configText([copyOf(name), without].filter((each) => Object.keys(each).length > 0)),
        );
      }
    });
  }

  test('profiles made from the model build', async () => {
    for (const name of names) {
      const { problems } = await judge(name, 'model: m.onnx\n');
      const fix = problems.flatMap(({ fixes = [] }) => fixes)[0];
      if (!fix) continue;
      assert.equal(await compare(name, `${fix.edits[0]?.newText}model: m.onnx\n`), 'builds', name);
    }
  });

  test('profiles with mistakes: no error too many, none too few', async () => {
    const random = randomNumbers(20);
    const seen = { builds: 0, fails: 0 };
    const found = new Set<string>();
    for (let round = 0; round < 120; round++) {
      const name = names[round % names.length] ?? 'one';
      const shapes = copyOf(name);
      for (let count = 1 + random(2); count > 0; count--) changes[random(changes.length)]?.(shapes, random);
      const text = configText([shapes]);
      seen[await compare(name, text)]++;
      for (const { code } of (await judge(name, text)).problems) found.add(code);
    }
    assert.ok(seen.builds >= 15 && seen.fails >= 15, JSON.stringify(seen));
    for (const code of shared) assert.ok(found.has(code), `${code} came up nowhere`);
  });
});
