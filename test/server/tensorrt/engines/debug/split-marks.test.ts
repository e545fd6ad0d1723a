import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type PartEnd, splitMarks } from '../../../../../server/src/tensorrt/engines/debug/split-marks.ts';

type Fails = (tensors: readonly string[]) => 'refused' | 'died' | undefined;

const letters = (count: number) => Array.from({ length: count }, (_, index) => `t${index}`);
const together =
  (...bad: string[]) =>
  (tensors: readonly string[]) =>
    bad.every((tensor) => tensors.includes(tensor));

/** Simulation: a TensorRT that fails over some sets of marks. The set of all has failed already. */
async function split(
  tensors: readonly string[],
  fails: Fails,
  { maxBuilds = 100, unmarked }: { maxBuilds?: number; unmarked?: ReturnType<Fails> } = {},
) {
  const built: string[] = [];
  const end = (label: string, failure: ReturnType<Fails>): PartEnd<string> => {
    built.push(label);
    return failure
      ? { kind: 'failed', died: failure === 'died', reason: `${label} ${failure}` }
      : { kind: 'built', engine: `${label}.engine` };
  };
  const result = await splitMarks(tensors, {
    maxBuilds,
    failed: 1,
    build: async (names, number) => {
      assert.equal(number, built.length + 2, 'counted, the one of all tensors being the first');
      return end(names.join(' '), fails(names));
    },
    buildUnmarked: async () => end('nothing', unmarked),
  });
  assert.equal(result.builds, built.length + 1);
  return { ...result, built };
}

describe('debug tensors that TensorRT does not mark in one engine', () => {
  test('are marked in two where no two neighbours can be in one', async () => {
    const tensors = letters(8);
    const neighbours: Fails = (names) =>
      names.some((name, index) => tensors.indexOf(name) + 1 === tensors.indexOf(names[index + 1] ?? ''))
        ? 'refused'
        : undefined;
    const { built, parts, leftOut } = await split(tensors, neighbours);
    assert.deepEqual(built, ['t0 t2 t4 t6', 't1 t3 t5 t7']);
    assert.deepEqual(
      parts.map(({ engine, tensors: marked }) => [engine, marked.length]),
      [
        ['t0 t2 t4 t6.engine', 4],
        ['t1 t3 t5 t7.engine', 4],
      ],
    );
    assert.deepEqual(leftOut, []);
  });

  test('one that fails alone is found and left out, with why; all others are kept', async () => {
    const { built, parts, leftOut } = await split(letters(8), (names) =>
      names.includes('t4') ? 'died' : undefined,
    );
    assert.deepEqual(built, ['t0 t2 t4 t6', 't1 t3 t5 t7', 't0 t4', 't2 t6', 't0', 't4']);
    assert.deepEqual(leftOut, [{ tensor: 't4', reason: 't4 died' }]);
    assert.deepEqual(parts.flatMap(({ tensors }) => tensors).sort(), [
      't0',
      't1',
      't2',
      't3',
      't5',
      't6',
      't7',
    ]);
  });

  test('each ends up in one engine, or is left out; in an order of the model', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const tensors = letters(2 + (seed % 19));
      // A pair that fails together and a tensor that fails alone.
      const pair = together(`t${seed % tensors.length}`, `t${(seed * 7) % tensors.length}`);
      const alone = together(`t${(seed * 5) % tensors.length}`);
      const { parts, leftOut } = await split(tensors, (names) =>
        pair(names) || alone(names) ? 'refused' : undefined,
      );
      const marked = parts.flatMap((part) => part.tensors);
      const left = leftOut.map(({ tensor }) => tensor);
      assert.deepEqual([...marked, ...left].sort(), [...tensors].sort());
      assert.ok(left.length <= 2);
      for (const part of parts) assert.equal(pair(part.tensors) || alone(part.tensors), false);
      assert.deepEqual(
        left,
        tensors.filter((tensor) => left.includes(tensor)),
      );
    }
  });

  test('no more builds than allowed: what is left when the limit is reached are the small sets', async () => {
    const { built, parts, leftOut, builds } = await split(
      letters(8),
      (names) => (names.includes('t4') ? 'refused' : undefined),
      { maxBuilds: 4 },
    );
    assert.equal(builds, 4);
    assert.deepEqual(built, ['t0 t2 t4 t6', 't1 t3 t5 t7', 't0 t4']);
    assert.deepEqual(
      parts.map(({ tensors }) => tensors.length),
      [4],
    );
    assert.deepEqual(
      leftOut.map(({ tensor }) => tensor),
      ['t0', 't2', 't4', 't6'],
    );
    assert.match(leftOut[0]?.reason ?? '', /limit of 4 builds \(--max-builds\)/);
  });

  test('a TensorRT that crashes without marks, too, is found out with the fourth build', async () => {
    const { built, failsUnmarked } = await split(letters(64), () => 'died', { unmarked: 'died' });
    assert.deepEqual([built.length, built.at(-1), failsUnmarked], [3, 'nothing', true]);
  });

  test('one that crashes over both halves, and not without marks, is asked on, and not twice without', async () => {
    const { built, failsUnmarked, leftOut } = await split(['a', 'b', 'c', 'd'], (names) =>
      names.length > 1 || names[0] === 'c' ? 'died' : undefined,
    );
    assert.deepEqual(built, ['a c', 'b d', 'nothing', 'a', 'c', 'b', 'd']);
    assert.equal(failsUnmarked, false);
    assert.deepEqual(leftOut, [{ tensor: 'c', reason: 'c died' }]);
  });

  test('where no set comes to anything, single tensors are tried, spread over the model', async () => {
    // As TensorRT 10.6 did on an H200: most tensors of a block cannot be marked.
    const good = ['t3', 't10', 't16', 't20'];
    const { built, parts, leftOut } = await split(
      letters(21),
      (names) => (names.every((name) => good.includes(name)) ? undefined : 'died'),
      { maxBuilds: 16 },
    );
    assert.deepEqual(built.slice(5, 12), ['t10', 't5', 't16', 't2', 't8', 't13', 't19']);
    assert.ok(built.slice(5).every((names) => !names.includes(' ')));
    assert.deepEqual(
      parts.map(({ tensors }) => tensors.join(' ')),
      ['t10', 't16'],
    );
    assert.equal(leftOut.length, 19);
  });

  test('a TensorRT that answers, if only with refusals, is not asked without marks', async () => {
    const refused = await split(['a', 'b'], () => 'refused');
    assert.deepEqual(refused.built, ['a', 'b']);
    const mixed = await split(['a', 'b'], ([name]) => (name === 'a' ? 'died' : 'refused'));
    assert.deepEqual(mixed.built, ['a', 'b']);
    const limited = await split(['a', 'b'], () => 'died', { maxBuilds: 3 });
    assert.deepEqual([limited.built, limited.parts], [['a', 'b'], []]);
  });

  test('a single one that is left of those that failed is tried by itself', async () => {
    assert.deepEqual((await split(['h'], () => undefined)).built, ['h']);
  });

  test('a cancellation ends it', async () => {
    const builds: string[] = [];
    await assert.rejects(
      splitMarks(letters(8), {
        maxBuilds: 16,
        failed: 1,
        build: async (names) => {
          builds.push(names.join(' '));
          throw new Error('It was interrupted.');
        },
        buildUnmarked: () => assert.fail(),
      }),
      /interrupted/,
    );
    assert.equal(builds.length, 1);
  });
});
