/** Models that use functions in every way: inlining and extracting, judged by onnx.checker, onnx.inliner and onnxruntime. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  type Body,
  bodiesInside,
  bodyOf,
  statementsOf,
} from '../../../../server/src/features/code-actions/rewriting/body.ts';
import type { OnnxDocument } from '../../../../server/src/features/document.ts';
import { offsetAt, sourceText } from '../../../../server/src/features/source-text.ts';
import { runCommand } from '../../cli/run-command.ts';
import { encodeText, python, save, temporaryFolder } from '../../onnx/text/models.ts';
import { testLibraries } from '../../tensorrt/support/test-libraries.ts';
import { applied, selection } from './selection.ts';

const judge = fileURLToPath(new URL('../../../support/judge-refactored.py', import.meta.url));

const model = `<ir_version: 10, opset_import: ["" : 17, "my" : 1, "other" : 2]>
g (bool c, float[3,4] x, float hi) => (float[3,4] y, float[3,4] z, float[12] flat, float[3,4] t)
<
  float[4] w = {1, -2, 3, -4},
  float[3,4] a
>
{
  [first] a = my.block <alpha = 0.5> (x, w)
  [second] b, unused = my.two (a, "", hi)
  d = If (c) <
    then_branch = then_graph () => (float[3,4] r) {
      # a call that captures
      t1 = my.block <alpha = 0.25> (b, w)
      r = my.block:plain (t1)
    },
    else_branch = else_graph () => (float[3,4] s) { s = other.outer <slope = 0.75> (a, b, w) }
  >
  y = my.block (d, w)
  z = other.outer (a, d, w)
  flat = my.flatten <shape = [12]> (z)
  t = my.choose (c, x)
}

<domain: "my", opset_import: ["" : 17]>
block <alpha: float = 0.1> (v, weights) => (r)
<
  float[3,4] t
>
{
  [act] t = LeakyRelu <alpha: float = @alpha> (v)
  [scale] r = Mul (t, weights)
}

<domain: "my", overload: "plain", opset_import: ["" : 17]>
block (v) => (r) { r = Neg (v) }

<domain: "my", opset_import: ["" : 17]>
two (x, low, high) => (t, x2) {
  t = Clip (x, low, high)
  x2 = Add (t, t)
}

<domain: "other", opset_import: ["" : 17, "my" : 1]>
outer <slope: float = 0.6> (x, y, w) => (z) {
  t = my.block <alpha: float = @slope> (x, w)
  x2, t2 = my.two (t)
  u = Add (x2, y)
  z = Sub (u, t2)
}

<domain: "my", opset_import: ["" : 18]>
flatten <shape, allowzero> (x) => (y) {
  to = Constant <value_ints: ints = @shape> ()
  y = Reshape <allowzero: int = @allowzero> (x, to)
}

<domain: "my", opset_import: ["" : 17]>
choose (c, a) => (y) {
  t = Relu (a)
  y = If (c) <
    then_branch = b () => (float[N,4] z) { z = Add (t, a) },
    else_branch = e () => (float[N,4] flat) { x = Neg (t) flat = Abs (x) }
  >
}
`;

/** onnx.inliner (1.23) forgets the defaults of attributes: for it, every call gives them. */
const withoutDefaults = model
  .replace('alpha: float = 0.1', 'alpha')
  .replace('slope: float = 0.6', 'slope')
  .replace('= my.block (', '= my.block <alpha = 0.1> (');

/** onnxruntime (1.32) takes a call of an overload inside a function for one of the function without an overload. */
const withoutOverloads = model
  .replace('my.block:plain', 'my.plain')
  .replace('overload: "plain", ', '')
  .replace('\nblock (v) =>', '\nplain (v) =>');

describe('functions', () => {
  test('are inlined at any call, and at all of them, the model computes the same', () => {
    judgeInlined(model, false);
  });

  test('are inlined as onnx.inliner does, where no defaults of attributes count', () => {
    assert.doesNotMatch(withoutDefaults, /= my\.block \(|float = 0\.[16]/);
    judgeInlined(withoutDefaults, true);
  });

  test('are made of any run of nodes of any body, and inlined again', () => {
    const folder = temporaryFolder();
    const { document } = selection(withoutOverloads);
    const refactored: string[] = [];
    for (const body of bodiesOf(document)) {
      const statements = statementsOf(document, body);
      for (const [first, { start }] of statements.entries()) {
        for (const [last, { end }] of statements.entries()) {
          if (last < first) continue;
          const { text, rename } = applied({ document, start, end }, /to function$/);
          const name = `${body.segment}-${body.scope.graphs.length}-${first}-${last}`;
          refactored.push(write(folder, `${name}-extracted`, text));
          assert.ok(rename);
          const at = offsetAt(sourceText(text), rename);
          refactored.push(write(folder, `${name}-inlined`, inlinedAt(text, at, /^Inline all calls of/)));
        }
      }
    }
    assert.ok(refactored.length > 100);
    judgeModels(folder, withoutOverloads, false, refactored);
  });

  test('TensorRT for RTX refuses the same operators, without the functions around them', async () => {
    const folder = temporaryFolder();
    const text = `<ir_version: 8, opset_import: ["" : 17, "my" : 1]>
g (float[2,3] x) => (float[2,3] y) { a = Relu (x) y = my.noise (a) }
<domain: "my", opset_import: ["" : 17]>
noise (x) => (y) { b = Bernoulli (x) y = Neg (b) }
`;
    save(folder, 'with.onnxtxt', text);
    const marked = text.replace('my.noise', 'my.»noise');
    save(folder, 'inlined.onnxtxt', applied(selection(marked), /^Inline all calls of/).text);
    const [before, after] = [await refusedBy(folder, 'with'), await refusedBy(folder, 'inlined')];
    assert.ok(before.includes('Bernoulli'));
    assert.deepEqual(
      after,
      before.filter((operator) => operator !== 'noise'),
    );
  });
});

/** At every call, and with every function taken out first. */
function judgeInlined(text: string, inliner: boolean): void {
  const folder = temporaryFolder();
  const refactored: string[] = [];
  const calls = [...text.matchAll(/= (?=(?:my|other)\.)/g)].map(({ index }) => index + 2);
  assert.equal(calls.length, 11);
  for (const [index, at] of calls.entries()) {
    refactored.push(write(folder, `call-${index}`, inlinedAt(text, at, /^Inline call of/)));
  }
  const functions = namesOfFunctions(text);
  assert.equal(functions.length, 6);
  for (const first of functions) {
    let inlined = text;
    for (let at: number | undefined = first; at !== undefined; at = namesOfFunctions(inlined)[0]) {
      inlined = inlinedAt(inlined, at, /^Inline all calls of/);
      refactored.push(write(folder, `functions-${refactored.length}`, inlined));
    }
    assert.doesNotMatch(inlined, /my\.|other\./);
  }
  judgeModels(folder, text, inliner, refactored);
}

function judgeModels(folder: string, text: string, inliner: boolean, refactored: readonly string[]): void {
  const original = write(folder, 'original', text);
  save(folder, 'jobs.json', JSON.stringify([{ original, shapes: {}, inliner, refactored, parts: [] }]));
  assert.equal(python(judge, path.join(folder, 'jobs.json')), `${refactored.length} judged\n`);
}

function write(folder: string, name: string, text: string): string {
  save(folder, `${name}.onnx`, encodeText(text, folder));
  return path.join(folder, `${name}.onnx`);
}

function inlinedAt(text: string, at: number, title: RegExp): string {
  return applied(selection(`${text.slice(0, at)}»${text.slice(at)}`), title).text;
}

/** The graph, the functions, and the graphs inside their nodes. */
function bodiesOf(document: OnnxDocument): Body[] {
  return document.tree.declarations.flatMap((_, declaration) => {
    const outer = bodyOf(document, { declaration, graphs: [] }, 0);
    return [
      outer,
      ...statementsOf(document, outer).flatMap((statement) => [...bodiesInside(outer, statement)]),
    ];
  });
}

/** Where they stand. */
function namesOfFunctions(text: string): number[] {
  return [...text.matchAll(/^<domain: .*\n(?=\w)/gm)].map(({ index, 0: header }) => index + header.length);
}

async function refusedBy(folder: string, name: string): Promise<string[]> {
  const runtime = testLibraries('tensorrt-rtx-1.7.1');
  const file = path.join(folder, `${name}.onnxtxt`);
  const { stdout, stderr } = await runCommand('check', file, '--runtime', runtime, '--format', 'json');
  assert.equal(stderr, '');
  const [result]: { readonly errors: { readonly operator: string }[] }[] = JSON.parse(stdout);
  return [...new Set(result?.errors.map(({ operator }) => operator))].sort();
}
