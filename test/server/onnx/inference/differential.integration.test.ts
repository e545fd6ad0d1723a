import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { cacheDirectory } from '../../../../scripts/cache.mjs';
import { type Comparison, compare, newComparison, type OracleResult } from './comparison.ts';

const models = path.join(cacheDirectory, 'models');
const folders = ['conformance/node', 'conformance/package', 'real'].map((name) => path.join(models, name));

/**
 * onnx says that the elements of the sequence are scalars, because its SequenceEmpty says so; the loop puts slices of
 * different lengths in.
 */
const wrongSequence = 'test_loop13_seq';

describe('inference beside onnx.shape_inference with data propagation', () => {
  let folder = '';
  const comparisons = new Map<string, Comparison>();
  const problems: string[] = [];
  let oracleErrors = 0;

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'inference-'));
    const oracle = fileURLToPath(new URL('oracle.py', import.meta.url));
    const output = execFileSync('python3', [oracle, folder, ...folders], {
      encoding: 'utf8',
      maxBuffer: 2 ** 29,
    });
    let plain: OracleResult | undefined;
    for (const line of output.trimEnd().split('\n')) {
      const result: OracleResult = JSON.parse(line);
      if (result.error !== undefined) oracleErrors++;
      // What a plain model declares is what running it gave.
      if (result.variant === 'plain') plain = result;
      const comparison = comparisons.get(result.variant) ?? newComparison();
      comparisons.set(result.variant, comparison);
      const inference = compare(result, comparison, result.variant === 'plain' ? undefined : plain);
      for (const problem of inference.problems()) {
        problems.push(`${result.name} (${result.variant}): ${problem.code}: ${problem.message}`);
      }
    }
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const variant of ['plain', 'open', 'symbolic']) {
    test(`${variant}: never contradicts, and knows at least as much`, (context) => {
      const comparison = comparisons.get(variant);
      assert.ok(comparison && comparison.values > 28_000);
      const { values, asMuch, more, less, wrongInOnnx, otherNames } = comparison;
      context.diagnostic(
        `${values} values, ${((100 * asMuch) / values).toFixed(3)} % known at least as well, ${more} better, ` +
          `${wrongInOnnx.length} wrong in onnx, ${otherNames.length} with an expression for a declared name`,
      );
      assert.deepEqual(comparison.contradictions, []);
      assert.deepEqual(comparison.wrongExpressions, []);
      assert.deepEqual(
        less.filter((line) => !line.startsWith(wrongSequence)),
        [],
      );
      // onnx 1.23 multiplies names as if they were 0 in Attention.
      assert.deepEqual(
        wrongInOnnx.filter((line) => !line.startsWith('test_attention_')),
        [],
      );
    });
  }

  test('finds no problem in models that are right', () => {
    assert.equal(oracleErrors, 0);
    assert.deepEqual(problems, []);
  });
});
