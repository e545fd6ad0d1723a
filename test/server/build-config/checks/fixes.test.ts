/** Fixes of configs with all kinds of settings, in blocks and between braces: each leaves a config that can be read and that no longer has the problem. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RuntimeFacts } from '../../../../server/src/build-config/checks/facts/facts.ts';
import type { ConfigFix, ConfigProblem } from '../../../../server/src/build-config/model.ts';
import { configText, fromTrtexec } from '../../../../server/src/build-config/trtexec/from-trtexec.ts';
import { resolve } from '../configs.ts';
import { flagsOfVersion, samplesOf } from '../trtexec/samples.ts';
import { applied, problemsIn } from './fixture.ts';

const model = `g (float[batch,3,224,224] images, int64[batch,seq] tokens, float x) => (float[batch,3,224,224] y)
  { [conv1] h = Relu (images) [last] y = Neg (h) }`;
const runtimes: readonly RuntimeFacts[] = [
  { product: 'TensorRT', version: '10.0' },
  { product: 'TensorRT', version: '10.15' },
  { product: 'TensorRT', version: '11.1' },
  { product: 'TensorRT-RTX', version: '1.7.1', mode: 'cpu-only' },
];

/** A config for each sample of trtexec's flags. */
const entries = [
  ...new Set(
    ['10.15', '11.1'].flatMap((version) =>
      flagsOfVersion(version).flatMap((fact) =>
        (samplesOf(fact, version) ?? [undefined]).flatMap((value) => {
          const text = value === undefined ? fact.flag : `${fact.flag}=${value}`;
          const config = configText(fromTrtexec([{ text }]));
          return config.trim() === '' || resolve(config).problems.length > 0 ? [] : [config];
        }),
      ),
    ),
  ),
];

function hasProblems(text: string): boolean {
  return resolve(text).problems.length > 0;
}

/** Two texts with keys of their own. */
function joined(first: string, second: string): string | undefined {
  const text = first + second;
  return hasProblems(text) ? undefined : text;
}

function inBraces(text: string): string | undefined {
  if (text.split('\n').some((line) => /^\s/.test(line))) return undefined;
  const flow = `{ ${text.trimEnd().split('\n').join(', ')} }\n`;
  return hasProblems(flow) ? undefined : flow;
}

function checkFixes(text: string, runtime: RuntimeFacts): number {
  const circumstances = { model, runtime };
  const before = problemsIn(text, circumstances);
  const isSame = (a: ConfigProblem) => (b: ConfigProblem) => a.code === b.code && a.message === b.message;
  let count = 0;
  for (const problem of before) {
    for (const fix of problem.fixes ?? []) {
      const after = applied(text, fix);
      const where = `${describeFix(problem, fix)}\n${text}→\n${after}`;
      assert.deepEqual(
        resolve(after).problems.map(({ message }) => message),
        [],
        where,
      );
      assert.ok(!problemsIn(after, circumstances).some(isSame(problem)), where);
      count++;
    }
  }
  return count;
}

function describeFix({ code, message }: ConfigProblem, { title }: ConfigFix): string {
  return `${code}: ${message}\n${title}`;
}

describe('fixes of configs', () => {
  test('of every setting, for every runtime, in blocks and between braces', () => {
    let count = 0;
    for (const [place, runtime] of runtimes.entries()) {
      for (const [index, text] of entries.entries()) {
        // Half of them each way, the other half for the next runtime.
        const flow = (index + place) % 2 === 0 ? inBraces(text) : text;
        if (flow !== undefined) count += checkFixes(flow, runtime);
      }
    }
    assert.ok(count > 250, `${count}`);
  });

  test('of settings together', () => {
    let count = 0;
    for (const [index, first] of entries.entries()) {
      for (let step = 1; step < 4; step++) {
        const text = joined(first, entries[(index * 7 + step * 31) % entries.length] ?? '');
        const runtime = runtimes[(index + step) % runtimes.length];
        if (text !== undefined && runtime) count += checkFixes(text, runtime);
      }
    }
    assert.ok(count > 300, `${count}`);
  });
});
