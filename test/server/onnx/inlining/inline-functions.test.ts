import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type InlinedModel, inlineFunctions } from '../../../../server/src/onnx/inlining/inline-functions.ts';
import type { Model } from '../../../../server/src/onnx/model/model.ts';
import { printOnnxText } from '../../../../server/src/onnx/text/printer/print.ts';
import { inMemory, modelOf } from '../text/support.ts';

function inlined(text: string): InlinedModel {
  return inlineFunctions(modelOf(text)) ?? assert.fail('nothing is called');
}

function printed(model: Model): string {
  return printOnnxText(model, { location: 'model.onnx', readBytes: inMemory, weights: 'inline' });
}

/** Without what is the same in all the tests. */
function becomes(text: string, expected: string, notes: readonly string[] = []): InlinedModel {
  const result = inlined(text);
  assert.equal(printed(result.model), printed(modelOf(expected)));
  assert.deepEqual(result.notes, notes);
  return result;
}

const header = '<ir_version: 10, opset_import: ["" : 17, "my" : 1]>';
const own = '<domain: "my", opset_import: ["" : 17, "my" : 1]>';

describe('functions written out', () => {
  test('say of each value inside which calls lead to it', () => {
    const { values } = becomes(
      `${header} g (float[4] x) => (float[4] y) { h = Relu (x) [outermost] y = my.outer (h) }
      ${own} outer (a) => (b) { [first] t, _ = my.inner (a) u, v = my.inner (t) b = Add (u, v) }
      ${own} inner (c) => (d, e) { s = Abs (c) [twice] d = Add (s, s) e = Neg (s) }`,
      `${header} g (float[4] x) => (float[4] y) {
        h = Relu (x)
        ["outermost/first/node_of_s"] "outermost/first/s" = Abs (h)
        ["outermost/first/twice"] "outermost/t" = Add ("outermost/first/s", "outermost/first/s")
        ["outermost/first/node_of_e"] "outermost/_" = Neg ("outermost/first/s")
        ["outermost/node_of_u/node_of_s"] "outermost/node_of_u/s" = Abs ("outermost/t")
        ["outermost/node_of_u/twice"] "outermost/u" = Add ("outermost/node_of_u/s", "outermost/node_of_u/s")
        ["outermost/node_of_u/node_of_e"] "outermost/v" = Neg ("outermost/node_of_u/s")
        ["outermost/node_of_b"] y = Add ("outermost/u", "outermost/v")
      }`,
    );
    const outer = { domain: 'my', name: 'outer' };
    const inner = { domain: 'my', name: 'inner' };
    assert.deepEqual(
      values.get('outermost/t'),
      { calls: ['outermost'], function: outer, name: 't' },
      'written by the inner function, and a value of the outer one',
    );
    assert.deepEqual(values.get('outermost/node_of_u/s'), {
      calls: ['outermost', 'node_of_u'],
      function: inner,
      name: 's',
    });
    assert.deepEqual(values.get('outermost/first/twice'), {
      calls: ['outermost', 'first'],
      function: inner,
      name: 'twice',
    });
    assert.deepEqual(values.get('outermost/node_of_b')?.name, 'node_of_b');
    assert.deepEqual(
      ['y', 'h', 'outermost/first', 'outermost/first/d'].filter((name) => values.has(name)),
      [],
      'results are the caller’s, and calls are gone',
    );
    assert.equal(values.size, 4 + 2 + 7);
  });

  test('of one name are told apart by their overloads', () => {
    const text = `${header} g (float[4] x) => (float[4] y, float[4] z) { [one] y = my.f (x) [other] z = my.f:negative (x) }
      ${own} f (a) => (b) { [plain] b = Abs (a) }
      <domain: "my", overload: "negative", opset_import: ["" : 17]> f (a) => (b) { [negative] b = Neg (a) }`;
    const { values } = becomes(
      text,
      `${header} g (float[4] x) => (float[4] y, float[4] z) { ["one/plain"] y = Abs (x) ["other/negative"] z = Neg (x) }`,
    );
    assert.deepEqual(values.get('other/negative')?.function, {
      domain: 'my',
      name: 'f',
      overload: 'negative',
    });
  });

  test('have the attributes of the call, else the defaults, else none', () => {
    becomes(
      `${header} g (float[4] x) => (float[4] y, float[4] z) {
        [given] y = my.outer <slope = 0.5, axis = 1> (x)
        [default] z = my.outer (x)
      }
      ${own} outer <axis, slope: float = 0.25> (a) => (b) { [in] b = my.inner <alpha: float = @slope, axis: int = @axis> (a) }
      ${own} inner <alpha, axis, far: float = 9.0> (a) => (b) {
        [leaky] t = LeakyRelu <alpha: float = @alpha> (a)
        [soft] u = Softmax <axis: int = @axis> (t)
        [elu] b = Elu <alpha: float = @far> (u)
      }`,
      `${header} g (float[4] x) => (float[4] y, float[4] z) {
        ["given/in/leaky"] "given/in/t" = LeakyRelu <alpha: float = 0.5> (x)
        ["given/in/soft"] "given/in/u" = Softmax <axis: int = 1> ("given/in/t")
        ["given/in/elu"] y = Elu <alpha: float = 9.0> ("given/in/u")
        ["default/in/leaky"] "default/in/t" = LeakyRelu <alpha: float = 0.25> (x)
        ["default/in/soft"] "default/in/u" = Softmax ("default/in/t")
        ["default/in/elu"] z = Elu <alpha: float = 9.0> ("default/in/u")
      }`,
    );
  });

  test('may leave out inputs and outputs, pass inputs on, and answer one value twice', () => {
    becomes(
      `${header} g (float[4] x, float high) => (float[4] y, float[4] z, float[4] w) {
        [clip] y = my.f (x, "", high)
        [same] z, w, "" , _ = my.f (x)
      }
      ${own} f (a, low, high) => (b, c, d, e) { c = Identity (a) d = Abs (c) b = Clip (a, low, high) e = Neg (d) }`,
      `${header} g (float[4] x, float high) => (float[4] y, float[4] z, float[4] w) {
        ["clip/node_of_c"] "clip/c" = Identity (x)
        ["clip/node_of_d"] "clip/d" = Abs ("clip/c")
        ["clip/node_of_b"] y = Clip (x, "", high)
        ["clip/node_of_e"] "clip/e" = Neg ("clip/d")
        ["same/node_of_c"] w = Identity (x)
        ["same/node_of_d"] "same/d" = Abs (w)
        ["same/node_of_b"] z = Clip (x, "", "")
        ["same/node_of_e"] _ = Neg ("same/d")
      }`,
    );
    becomes(
      `${header} g (float[4] x) => (float[4] y, float[4] z, float[4] w) { [call] y, z, w = my.f (x) }
      ${own} f (a) => (a, b, b) { [neg] b = Neg (a) }`,
      `${header} g (float[4] x) => (float[4] y, float[4] z, float[4] w) {
        ["call/neg"] z = Neg (x)
        ["call/node_of_a"] y = Identity (x)
        ["call/node_of_b"] w = Identity (z)
      }`,
    );
  });

  test('keep the names of subgraphs apart from those around them', () => {
    const { values } = becomes(
      `${header} g (bool c, float[4] x, float[4] s) => (float[4] y) { [call] t = my.f (c, x) [again] y = my.f (c, t) }
      ${own} f (c, a) => (b) {
        [abs] t = Abs (a)
        [if] b = If (c) <
          then_branch = yes () => (float[4] s) <float[1] w = {1.0}> { [add] u = Add (t, a) s = Add (u, w) },
          else_branch = no () => (float[4] t2) { t2 = If (c) <
            then_branch = inner () => (float[4] x) { x = Neg (t) }, else_branch = other () => (float[4] v) { v = Relu (a) }
          > }
        >
      }`,
      `${header} g (bool c, float[4] x, float[4] s) => (float[4] y) {
        ["call/abs"] "call/t" = Abs (x)
        ["call/if"] t = If (c) <
          then_branch = yes () => (float[4] "call/s") <float[1] w = {1.0}> { ["call/add"] u = Add ("call/t", x) ["call/node_of_s"] "call/s" = Add (u, w) },
          else_branch = no () => (float[4] t2) { ["call/node_of_t2"] t2 = If (c) <
            then_branch = inner () => (float[4] "call/x") { ["call/node_of_x"] "call/x" = Neg ("call/t") },
            else_branch = other () => (float[4] v) { ["call/node_of_v"] v = Relu (x) }
          > }
        >
        ["again/abs"] "again/t" = Abs (t)
        ["again/if"] y = If (c) <
          then_branch = yes () => (float[4] "again/s") <float[1] w = {1.0}> { ["again/add"] u = Add ("again/t", t) ["again/node_of_s"] "again/s" = Add (u, w) },
          else_branch = no () => (float[4] t2) { ["again/node_of_t2"] t2 = If (c) <
            then_branch = inner () => (float[4] "again/x") { ["again/node_of_x"] "again/x" = Neg ("again/t") },
            else_branch = other () => (float[4] v) { ["again/node_of_v"] v = Relu (t) }
          > }
        >
      }`,
    );
    assert.equal(values.has('call/s'), false, 'what is in a subgraph cannot be seen from outside');
    assert.equal(values.get('call/add')?.name, 'add');
  });

  test('take no name that something has', () => {
    const { values } = becomes(
      `${header} g (float[4] x) => (float[4] y, float[4] "call/t") {
        [call] a = my.f (x)
        [call] y = my.f (a)
        ["call/abs"] "call/t" = Neg (a)
      }
      ${own} f (a) => (b) { [abs] t = Abs (a) [exp] b = Exp (t) }`,
      `${header} g (float[4] x) => (float[4] y, float[4] "call/t") {
        ["call/abs_2"] "call/t_2" = Abs (x)
        ["call/exp"] a = Exp ("call/t_2")
        ["call/abs_3"] "call/t_3" = Abs (a)
        ["call/exp_2"] y = Exp ("call/t_3")
        ["call/abs"] "call/t" = Neg (a)
      }`,
    );
    assert.equal(values.get('call/t_3')?.name, 't');
    assert.equal(values.has('call/t'), false);
  });

  test('bring their types along, with dimensions of their own', () => {
    becomes(
      `${header} g (float[N] x) => (float[N] y) { [call] y = my.f (x) [again] z = my.f (y) }
      ${own} f (a) => (b) <float[N] a, float[N,M] t, float[M] b> { [t] t = my.Plugin (a) [b] b = my.Plugin (t) }`,
      `${header} g (float[N] x) => (float[N] y)
      <float["call/N","call/M"] "call/t", float["again/N","again/M"] "again/t"> {
        ["call/t"] "call/t" = my.Plugin (x)
        ["call/b"] y = my.Plugin ("call/t")
        ["again/t"] "again/t" = my.Plugin (y)
        ["again/b"] z = my.Plugin ("again/t")
      }`,
    );
  });
});

describe('functions that are not written out', () => {
  test('stay for calls in subgraphs, and all others go', () => {
    const f = `${own} f (a) => (b) { b = my.h (a) }`;
    const h = `${own} h (a) => (b) { b = Abs (a) }`;
    becomes(
      `${header} g (bool c, float[4] x) => (float[4] y) {
        [call] t = my.h (x)
        y = If (c) < then_branch = yes () => (float[4] s) { s = my.f (t) }, else_branch = no () => (float[4] r) { r = Neg (t) } >
      }
      ${f} ${own} nobody (a) => (b) { b = Exp (a) } ${h}`,
      `${header} g (bool c, float[4] x) => (float[4] y) {
        ["call/node_of_b"] t = Abs (x)
        y = If (c) < then_branch = yes () => (float[4] s) { s = my.f (t) }, else_branch = no () => (float[4] r) { r = Neg (t) } >
      } ${f} ${h}`,
    );
    const onlyInside = `${header} g (bool c, float[4] x) => (float[4] y) {
      y = If (c) < then_branch = yes () => (float[4] s) { s = my.h (x) }, else_branch = no () => (float[4] r) { r = Neg (x) } >
    } ${h}`;
    assert.equal(inlineFunctions(modelOf(onlyInside)), undefined);
  });

  test('are those with an operator that is another one in the model’s opset', () => {
    const sum =
      '<domain: "pkg.nn", opset_import: ["" : 11]> Sum (a) => (b) { [s] b = ReduceSum <axes = [0]> (a) }';
    becomes(
      `${header} g (float[4] x) => (float[1] y, float[1] v) {
        [call] t = my.f (x)
        [more] y = pkg.nn.Sum (t)
        [last] v = pkg.nn.Sum (y)
      }
      <domain: "my", opset_import: ["" : 16, "pkg.nn" : 4, "custom" : 3]> f (a) => (b) {
        [abs] t = Abs (a)
        [plugin] u = custom.Plugin (t)
        [sum] b = pkg.nn.Sum (u)
      } ${sum}`,
      `<ir_version: 10, opset_import: ["" : 17, "my" : 1, "custom" : 3, "pkg.nn" : 4]>
      g (float[4] x) => (float[1] y, float[1] v) {
        ["call/abs"] "call/t" = Abs (x)
        ["call/plugin"] "call/u" = custom.Plugin ("call/t")
        ["call/sum"] t = pkg.nn.Sum ("call/u")
        [more] y = pkg.nn.Sum (t)
        [last] v = pkg.nn.Sum (y)
      } ${sum}`,
      [
        'pkg.nn.Sum is not looked into: it imports ai.onnx 11, the model 17, and ReduceSum is not the same in both.',
      ],
    );
    const { notes } = inlined(
      `${header} g (float[4] x) => (float[4] y) { t = my.f (x) y = my.h (t) }
      <domain: "my", opset_import: ["custom" : 3]> f (a) => (b) { b = custom.Plugin (a) }
      <domain: "my", opset_import: ["custom" : 4]> h (a) => (b) { b = custom.Plugin (a) }`,
    );
    assert.deepEqual(notes, [
      'my.h is not looked into: it imports custom 4, my.f 3, and Plugin is not the same in both.',
    ]);
  });

  test('are those that call themselves, and calls that do not fit', () => {
    const f = `${own} f (a) => (b) { [inner] b = my.h (a) }`;
    const h = `${own} h (a) => (b) { [back] b = my.f (a) }`;
    const pass = `${own} pass (a, b) => (b, a) { c = Neg (a) }`;
    becomes(
      `${header} g (float[4] x) => (float[4] y, float[4] z, float[4] w) {
        [call] y = my.f (x) [left] z, w = my.pass (x) [many] q = my.f (x, x) }
      ${f} ${h} ${pass}`,
      `${header} g (float[4] x) => (float[4] y, float[4] z, float[4] w) {
        ["call/inner/back"] y = my.f (x) [left] z, w = my.pass (x) [many] q = my.f (x, x) } ${f} ${h} ${pass}`,
      [
        'my.f is not looked into where it calls itself, which ONNX forbids.',
        'left is not looked into: it leaves out the input b, which my.pass passes on as a result.',
        'many is not looked into: it has 2 inputs, my.f 1.',
      ],
    );
  });

  test('are those that would make a model of any size, or depth', () => {
    const functions = (count: number, body: (index: number) => string) =>
      Array.from({ length: count }, (_, index) => `${own} f${index} (a) => (b) { ${body(index)} }`).join(
        '\n',
      );
    const graph = `${header} g (float[4] x) => (float[4] y) { [top] y = my.f0 (x) }`;
    const doubling = functions(40, (index) =>
      index === 39 ? 'b = Neg (a)' : `[l] t = my.f${index + 1} (a) [r] b = my.f${index + 1} (t)`,
    );
    const doubled = inlineFunctions(modelOf(`${graph} ${doubling}`), 5000) ?? assert.fail();
    const size = doubled.model.graph?.nodes.length ?? 0;
    assert.ok(size > 2000 && size <= 5000, `${size} nodes`);
    assert.match(
      doubled.notes.join(),
      /^top(\/\w)+ and the calls behind it are not looked into: with them, the model would have more than 5,000 nodes\.$/,
    );
    const chain = functions(300, (index) => (index === 299 ? 'b = Neg (a)' : `[c] b = my.f${index + 1} (a)`));
    const deep = inlined(`${graph} ${chain}`);
    assert.deepEqual(deep.notes, ['my.f100 is not looked into below 100 calls inside each other.']);
    assert.equal(deep.model.functions.length, 200);
  });

  test('do not slow down the others: ten thousand calls of one name', () => {
    const calls = Array.from({ length: 10_000 }, (_, index) => `[call] v${index + 1} = my.f (v${index})`);
    const model = modelOf(
      `${header} g (float[4] v0) => (float[4] v10000) { ${calls.join('\n')} }
      ${own} f (a) => (b) { t = Abs (a) b = Neg (t) }`,
    );
    const started = performance.now();
    const { values } = inlineFunctions(model) ?? assert.fail();
    assert.equal(values.get('call/t_10000')?.name, 't');
    assert.ok(performance.now() - started < 2000);
  });
});
