import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { problemsOfBuild } from '../../../../server/src/build-config/resolve/problems-of-build.ts';
import { resolve } from '../configs.ts';

/** Names of builds to the codes of their problems. */
function problems(text: string, others: Readonly<Record<string, string>> = {}): Record<string, string[]> {
  const config = resolve(text, others);
  return Object.fromEntries(
    config.builds.map((build) => [build.name, problemsOfBuild(build, config).map(({ code }) => code)]),
  );
}

describe('the problems of a build', () => {
  test('are those outside of all builds, and its own', () => {
    assert.deepEqual(problems('noTF32: maybe\nbuilds:\n  a: { fp16: perhaps }\n  b: {}\n'), {
      a: ['config.wrong-type', 'config.wrong-type'],
      b: ['config.wrong-type'],
    });
  });

  test('are those of the choices of a matrix that it is made of', () => {
    const text = `matrix:
  precision:
    fp16: { fp16: true }
    odd: { fp8: perhaps }
  model: [models/a.onnx, b.onnx]
`;
    assert.deepEqual(problems(text), {
      'fp16-a': [],
      'fp16-b': [],
      'odd-a': ['config.wrong-type'],
      'odd-b': ['config.wrong-type'],
    });
    const levels = 'model: a.onnx\nmatrix:\n  builderOptimizationLevel: [3, high]\n';
    assert.deepEqual(problems(levels), { 3: [], high: ['config.wrong-type'] });
  });

  test('are those of the file that it extends', () => {
    const base = 'noTF32: maybe\nbuilds:\n  a: { fp16: perhaps }\n';
    assert.deepEqual(problems('extends: base.trt.yaml\nbuilds: { b: {} }\n', { 'base.trt.yaml': base }), {
      a: ['config.wrong-type', 'config.wrong-type'],
      b: ['config.wrong-type'],
    });
  });

  test('of two builds with the same engine, the second one’s', () => {
    const text = 'model: a.onnx\nbuilds:\n  a: { engine: x.engine }\n  b: { engine: x.engine }\n';
    assert.deepEqual(problems(text), { a: [], b: ['config.same-engine'] });
  });
});
