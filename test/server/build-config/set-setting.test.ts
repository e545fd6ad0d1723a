import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { offsetAt } from '../../../server/src/build-config/checks/edits.ts';
import { parseBuildConfig } from '../../../server/src/build-config/parse.ts';
import { resolveBuildConfig } from '../../../server/src/build-config/resolve/resolve.ts';
import { setSetting } from '../../../server/src/build-config/set-setting.ts';

const file = '/models/net.trt.yaml';
const resolve = (text: string) => resolveBuildConfig(parseBuildConfig(text, file), () => '');

/** The text after the budget of a build was kept; checked to be what the build then has, and what no other build has. */
function kept(text: string, name = '', budget = '50%'): string {
  const config = resolve(text);
  const build = config.builds.find((entry) => entry.name === name);
  assert.ok(build, `There is no build ${name}.`);
  const { edits, builds } = setSetting(config, build, 'weightStreamingBudget', budget);
  const [edit] = edits;
  assert.ok(edit && edits.length === 1);
  const [from, to] = [edit.origin.range.start, edit.origin.range.end].map((place) => offsetAt(text, place));
  const written = text.slice(0, from) + edit.newText + text.slice(to);
  const after = resolve(written);
  assert.deepEqual(
    after.problems.filter(({ severity }) => severity === 'error'),
    [],
  );
  for (const entry of after.builds) {
    const value = entry.get('weightStreamingBudget')?.value;
    const before = config.builds.find((old) => old.name === entry.name)?.get('weightStreamingBudget')?.value;
    if (builds.includes(entry.name)) assert.deepEqual(value, { kind: 'percent', percent: 50 }, entry.name);
    else assert.deepEqual(value, before, entry.name);
  }
  return written;
}

describe('a weight streaming budget is kept in a config', () => {
  test('beside allowWeightStreaming, with all comments where they were', () => {
    assert.equal(
      kept(
        '# Ours.\nmodel: net.onnx # the big one\nallowWeightStreaming: true # for small GPUs\n# The end.\n',
      ),
      '# Ours.\nmodel: net.onnx # the big one\nallowWeightStreaming: true # for small GPUs\nweightStreamingBudget: 50%\n# The end.\n',
    );
  });

  test('in place of another one', () => {
    assert.equal(
      kept('model: net.onnx\nallowWeightStreaming: true\nweightStreamingBudget: 1GiB # half\n'),
      'model: net.onnx\nallowWeightStreaming: true\nweightStreamingBudget: 50% # half\n',
    );
  });

  test('without a line end at the end, between braces, and where the first key holds a block', () => {
    assert.match(kept('model: net.onnx'), /^model: net\.onnx\nweightStreamingBudget: 50%$/);
    kept('{ model: net.onnx, allowWeightStreaming: true }\n');
    kept('profiles:\n  - x: { min: [1], opt: [2], max: [4] }\nmodel: net.onnx\n');
    kept('model: net.onnx\r\nallowWeightStreaming: true\r\n');
  });

  test('for one of several builds, in its own part', () => {
    const text =
      'model: net.onnx\nallowWeightStreaming: true\nweightStreamingBudget: 10%\nbuilds:\n  small:\n    engine: small.engine # here\n  big: { engine: big.engine }\n';
    assert.equal(
      kept(text, 'small'),
      'model: net.onnx\nallowWeightStreaming: true\nweightStreamingBudget: 10%\nbuilds:\n  small:\n    weightStreamingBudget: 50%\n    engine: small.engine # here\n  big: { engine: big.engine }\n',
    );
    assert.match(kept(text, 'big'), /big: \{ weightStreamingBudget: 50%, engine: big\.engine \}/);
  });

  test('beside what a build merges from an anchor, which others have, too', () => {
    const text =
      'model: net.onnx\nx-base: &base { allowWeightStreaming: true, weightStreamingBudget: 1GiB }\nbuilds:\n  a:\n    <<: *base\n    engine: a.engine\n  b: { <<: *base }\n  c: *base\n';
    assert.equal(kept(text, 'a'), text.replace('engine: a', 'weightStreamingBudget: 50%\n    engine: a'));
    assert.throws(
      () => kept(text, 'b'),
      /has no place for it: add `weightStreamingBudget: 50%` to the build/,
    );
    assert.throws(() => kept(text, 'c'), /the build c is an alias of settings that others have, too/);
  });

  test('builds of a matrix share it, which is told', () => {
    const text =
      'model: net.onnx\nallowWeightStreaming: true\nmatrix:\n  precision:\n    a: { fp16: true }\n    b: { bf16: true }\n';
    const config = resolve(text);
    const [first] = config.builds;
    assert.ok(first && config.builds.length === 2);
    assert.deepEqual(setSetting(config, first, 'weightStreamingBudget', '50%').builds, ['a', 'b']);
    kept(text, 'a');
  });
});
