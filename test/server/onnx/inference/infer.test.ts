import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatType } from '../../../../server/src/onnx/inference/format.ts';
import { inferModel } from '../../../../server/src/onnx/inference/infer.ts';
import { context, dataIn, infer, modelFrom, problemsOf, typeIn } from './support.ts';

describe('shapes of values', () => {
  test('convolutions keep names and say how dims come about', () => {
    const inference = infer(`
      g (float[batch, 3, 224, W] x, float[64, 3, 7, 7] w) => (float[] y) {
        y = Conv <strides = [2, 2], pads = [3, 3, 3, 3]> (x, w)
      }`);
    assert.equal(typeIn(inference, 'y'), 'float[batch, 64, 112, (W + 1)//2]');
    const y = inference.value(inference.root, 'y');
    assert.equal(y?.reason(2), '(224 + 2·3 − 7) / 2 + 1');
    assert.equal(y?.reason(0), 'batch, from dim 0 of x');
    assert.equal(inference.value(inference.root, 'x')?.reason(0), 'declared of the input x');
    assert.deepEqual(problemsOf(inference), []);
  });

  test('a shape computed from a shape', () => {
    const inference = infer(`
      g (float[batch, sequence, 64] x) => (float[] y) {
        shape = Shape (x)
        zero = Constant <value_int = 0> ()
        one = Constant <value_ints = [1]> ()
        batch = Gather (shape, zero)
        row = Unsqueeze (batch, axes)
        axes = Constant <value_ints = [0]> ()
        rows = Unsqueeze (batch, one_axis)
        y = Identity (x)
      }`);
    // Used before it is defined: nothing is known of it, and nothing else breaks.
    assert.equal(typeIn(inference, 'row'), 'int64[]');
    assert.deepEqual(dataIn(inference, 'shape'), ['batch', 'sequence', '64']);
    assert.deepEqual(dataIn(inference, 'batch'), ['batch']);
  });

  test('attention heads: Shape, Gather, Concat, Reshape, Transpose', () => {
    const inference = infer(`
      g (float[batch, sequence, 64] x) => (float[] y) {
        shape = Shape (x)
        first = Constant <value_ints = [0]> ()
        second = Constant <value_ints = [1]> ()
        b = Gather (shape, first)
        s = Gather (shape, second)
        heads = Constant <value_ints = [4, -1]> ()
        split = Concat <axis = 0> (b, s, heads)
        parts = Reshape (x, split)
        y = Transpose <perm = [0, 2, 1, 3]> (parts)
      }`);
    assert.equal(typeIn(inference, 'y'), 'float[batch, 4, sequence, 16]');
  });

  test('Resize by a factor that is computed in floats', () => {
    const inference = infer(`
      g (float[N, 3, H, W] x) => (float[] y) <float[2] factor = {2, 0.5}, int64[1] two = {2}, int64[1] four = {4}, int64[1] zero = {0}>
      {
        shape = Shape (x)
        size = Slice (shape, two, four)
        wide = Cast <to = 1> (size)
        scaled = Mul (wide, factor)
        rounded = Floor (scaled)
        target = Cast <to = 7> (rounded)
        front = Slice (shape, zero, two)
        sizes = Concat <axis = 0> (front, target)
        y = Resize (x, , , sizes)
      }`);
    assert.equal(typeIn(inference, 'y'), 'float[N, 3, 2*H, W//2]');
  });

  test('slices keep expressions, and clamp where a dim may be too short', () => {
    const inference = infer(`
      g (float[N] x) => (float[] y) <int64[1] one = {1}, int64[1] far = {9223372036854775807}, int64[1] last = {-1}, int64[1] ten = {10}>
      {
        rest = Slice (x, one, far)
        most = Slice (x, one, last)
        start = Slice (x, one, ten)
        y = Concat <axis = 0> (rest, x)
      }`);
    assert.equal(typeIn(inference, 'rest'), 'float[N - 1]');
    assert.equal(typeIn(inference, 'most'), 'float[max(N - 2, 0)]');
    assert.equal(typeIn(inference, 'start'), 'float[min(N, 10) - 1]');
    assert.equal(typeIn(inference, 'y'), 'float[2*N - 1]');
  });

  test('a dim known only when run is one and the same wherever it goes', () => {
    const inference = infer(`
      g (float[N, M] x) => (int64[] y) {
        found = NonZero (x)
        y = Transpose (found)
        twice = Concat <axis = 0> (y, y)
        halves, other = Split (twice)
      }`);
    assert.equal(typeIn(inference, 'y'), 'int64[?, 2]');
    const dimsOf = (name: string) => inference.value(inference.root, name)?.shape ?? [];
    assert.deepEqual(dimsOf('halves'), dimsOf('y'));
    const named = infer('g (float[N, M] x) => (int64[found, 2] y) { c = NonZero (x) y = Transpose (c) }');
    assert.equal(typeIn(named, 'y'), 'int64[found, 2]');
  });

  test('a declared name stays at hand where an expression says more', () => {
    const inference = infer('g (float[N, H] x) => (float[rows, H] y) { y = Concat <axis = 0> (x, x) }');
    const y = inference.value(inference.root, 'y');
    assert.equal(formatType(y?.type), 'float[2*N, H]');
    assert.equal(formatType(y?.declared), 'float[rows, H]');
    assert.equal(y?.reason(0), 'N + N');
  });

  test('names of onnx for what it does not know are not shown', () => {
    const inference = infer('g (float[unk__0, ?, 3] x) => (float[] y) { y = Relu (x) }'.replace('?', '"?"'));
    assert.equal(typeIn(inference, 'y'), 'float[?, ?, 3]');
  });

  test('sequences, optionals and maps', () => {
    const inference = infer(`
      g (float[N, 3] a, float[M, 3] b, int64 i, float[N, 2] scores) => (float[] y) {
        list = SequenceConstruct (a, b)
        item = SequenceAt (list, i)
        all = ConcatFromSequence <axis = 0> (list)
        maybe = Optional (a)
        y = OptionalGetElement (maybe)
        zipped = ai.onnx.ml.ZipMap <classlabels_strings = ["no", "yes"]> (scores)
      }`);
    assert.equal(typeIn(inference, 'list'), 'seq(float[?, 3])');
    assert.equal(typeIn(inference, 'all'), 'float[?, 3]');
    assert.equal(typeIn(inference, 'y'), 'float[N, 3]');
    assert.equal(typeIn(inference, 'zipped'), 'seq(map(string, float))');
  });
});

describe('subgraphs', () => {
  test('the branches of If see what is around them', () => {
    const inference = infer(`
      g (bool c, float[N, 4] x, float[N, 5] z) => (float[] y) {
        y = If (c) <then_branch = yes () => (float[] a) { a = Relu (x) }, else_branch = no () => (float[] b) { b = Relu (z) }>
      }`);
    assert.equal(typeIn(inference, 'y'), 'float[N, ?]');
    const node = inference.model.graph?.nodes[0];
    assert.ok(node);
    const branch = inference.inside(inference.root, node, 'then_branch');
    assert.ok(branch);
    assert.equal(formatType(inference.value(branch, 'a')?.type), 'float[N, 4]');
    assert.equal(formatType(inference.value(branch, 'z')?.type), 'float[N, 5]');
  });

  test('a known condition takes its branch', () => {
    const inference = infer(`
      g (float[N, 1] x) => (float[] y) {
        shape = Shape <start = 1, end = 2> (x)
        one = Constant <value_ints = [1]> ()
        c = Equal (shape, one)
        y = If (c) <then_branch = yes () => (float[] a) { a = Squeeze (x, one) }, else_branch = no () => (float[] b) { b = Identity (x) }>
      }`);
    assert.equal(typeIn(inference, 'y'), 'float[N]');
  });

  test('what a loop carries keeps the dims that no round changes', () => {
    const inference = infer(`
      g (int64 n, bool c, float[N, 4] x) => (float[] y) {
        y, stacked = Loop (n, c, x) <body = b (int64 i, bool go, float[A, B] s) => (bool more, float[] t, float[] o) {
          more = Identity (go)
          t = Concat <axis = 0> (s, s)
          o = ReduceSum <keepdims = 0> (s)
        }>
      }`);
    assert.equal(typeIn(inference, 'y'), 'float[?, 4]');
    assert.equal(typeIn(inference, 'stacked'), 'float[?]');
  });
});

describe('local functions', () => {
  const functions = `
    <opset_import: ["" : 21], domain: "local">
    double <axis> (x) => (y) { y = Concat <axis : int = @axis> (x, x) }
    <opset_import: ["" : 21, "local" : 1], domain: "local">
    fourfold (x) => (y) { a = local.double <axis = 0> (x) y = local.double <axis = 0> (a) }
    <opset_import: ["" : 21], domain: "local">
    positions (x) => (y) { y = NonZero (x) }`;

  test('are inferred for each call with its attributes', () => {
    const inference = infer(`
      g (float[N, 3] x) => (float[] y) {
        rows = local.double <axis = 0> (x)
        columns = local.double <axis = 1> (x)
        y = local.fourfold (x)
      }${functions}`);
    assert.equal(typeIn(inference, 'rows'), 'float[2*N, 3]');
    assert.equal(typeIn(inference, 'columns'), 'float[N, 6]');
    assert.equal(typeIn(inference, 'y'), 'float[4*N, 3]');
    const call = inference.model.graph?.nodes[2];
    const body = call && inference.inside(inference.root, call);
    assert.equal(formatType(body && inference.value(body, 'a')?.type), 'float[2*N, 3]');
  });

  test('give each call unknown dims of its own', () => {
    const inference = infer(`
      g (float[N, 3] x) => (float[] y) {
        a = local.positions (x)
        b = local.positions (x)
        y = Add (a, b)
      }${functions}`);
    const dim = (name: string) => inference.value(inference.root, name)?.shape?.[1];
    assert.notDeepEqual(dim('a'), dim('b'));
    assert.equal(typeIn(inference, 'a'), 'int64[2, ?]');
  });

  test('nobody calls still have values', () => {
    const inference = infer(`g (float[N, 3] x) => (float[] y) { y = Relu (x) }${functions}`);
    const [, , positions] = inference.model.functions;
    assert.ok(positions);
    const body = inference.bodyOf(positions);
    assert.equal(formatType(inference.value(body, 'y')?.type), 'int64[?, ?]');
  });

  test('may not call themselves', () => {
    const inference = infer(`g (float[N] x) => (float[] y) { a = local.round (x) y = Relu (x) }
      <opset_import: ["" : 21, "local" : 1], domain: "local">
      round (x) => (y) { y = local.round (x) }`);
    assert.deepEqual(problemsOf(inference), ["onnx.recursive-function: Function 'round' calls itself."]);
    assert.equal(typeIn(inference, 'a'), '?');
    assert.equal(typeIn(inference, 'y'), 'float[N]');
  });

  test('that multiply without end stop at a limit', () => {
    const levels = Array.from(
      { length: 40 },
      (_, level) => `<opset_import: ["" : 21, "local" : 1], domain: "local">
        f${level} (x) => (y) { a = local.f${level + 1} (x) b = Concat <axis = 0> (a, a) y = local.f${level + 1} (b) }`,
    );
    // Processor time, not the clock's: other tests run at the same time.
    const before = process.cpuUsage();
    const inference = infer(`g (float[N] x) => (float[] y) { y = local.f0 (x) }
      ${levels.join('\n')}
      <opset_import: ["" : 21], domain: "local"> f40 (x) => (y) { y = NonZero (x) }`);
    inference.problems();
    assert.ok(process.cpuUsage(before).user < 10_000_000);
    assert.ok(problemsOf(inference).some((problem) => problem.startsWith('onnx.inference-limit')));
  });
});

describe('what does not fit together', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    [
      'channels of a convolution',
      'g (float[1, 3, 8, 8] x, float[4, 5, 3, 3] w) => (float[] y) { y = Conv (x, w) }',
      "onnx.shape-mismatch: 'x' has 3 channels (dimension 1), but the weight 'w' takes 5: 5 in each of 1 groups.",
    ],
    [
      'inner dims of a product',
      'g (float[2, 3] a, float[4, 5] b) => (float[] y) { y = MatMul (a, b) }',
      "onnx.shape-mismatch: Dimension 1 of 'a' is 3, but dimension 0 of 'b' is 4.",
    ],
    [
      'broadcasting',
      'g (float[2, 3] a, float[2, 4] b) => (float[] y) { y = Add (a, b) }',
      "onnx.shape-mismatch: The shapes of 'a' and 'b' cannot be broadcast: dimension 1 is 3 and 4.",
    ],
    [
      'element types of inputs',
      'g (float[2] a, int64[2] b) => (float[] y) { y = Add (a, b) }',
      "onnx.type-mismatch: Add needs 'a' and 'b' to have the same type; they are float[2] and int64[2].",
    ],
    [
      'a type that an operator does not take',
      'g (string[2] a) => (string[] y) { y = Relu (a) }',
      'onnx.type-mismatch: Input 0 (X) of Relu in opset 21 cannot be string[2]; it takes bfloat16, double, float, float16, int16, int32, int64, int8.',
    ],
    [
      'a declared shape',
      'g (float[N, 3] x) => (float[4, N] y) { y = Transpose (x) }',
      "onnx.shape-mismatch: 'y' has 3 as dimension 0, but is declared with 4.",
    ],
    [
      'a declared type',
      'g (float[N, 3] x) => (int64[N, 3] y) { y = Relu (x) }',
      "onnx.type-mismatch: 'y' has elements of type float, but is declared int64.",
    ],
    [
      'an axis beyond the rank',
      'g (float[2, 3] x) => (float[] y) { y = Softmax (x) z = Concat <axis = 2> (x, y) }',
      "onnx.argument-out-of-range: Axis 2 is out of range: 'x' has 2 dimensions.",
    ],
    [
      'a reshape to another number of elements',
      'g (float[2, 3] x) => (float[] y) <int64[2] s = {4, 2}> { y = Reshape (x, s) }',
      "onnx.shape-mismatch: 'x' of shape [2, 3] cannot be reshaped to [4, 2]: the numbers of elements differ.",
    ],
  ];
  for (const [what, text, problem] of cases) {
    test(`${what}`, () => assert.deepEqual(problemsOf(infer(text)), [problem]));
  }

  test('is told with both sides, where it is', () => {
    const inference = infer('g (float[2, 3] a, float[4, 5] b) => (float[] y) { y = MatMul (a, b) }');
    const [problem] = inference.problems();
    assert.deepEqual(problem?.sides, [
      { role: 'input', index: 0, name: 'a', text: 'float[2, 3]' },
      { role: 'input', index: 1, name: 'b', text: 'float[4, 5]' },
    ]);
    assert.equal(problem?.node, inference.model.graph?.nodes[0]);
    assert.deepEqual(problem?.path, []);
  });

  test('inside a function is told once, with the way there', () => {
    const inference = infer(`g (float[2, 3] x) => (float[] y) { a = local.f (x) y = local.f (x) }
      <opset_import: ["" : 21], domain: "local"> f (x) => (y) { y = MatMul (x, x) }`);
    const [problem, ...others] = inference.problems();
    assert.equal(others.length, 0);
    assert.deepEqual(problem?.path, [{ node: inference.model.graph?.nodes[0] }]);
    assert.equal(problem?.function, inference.model.functions[0]);
  });

  test('inside a function that nobody calls is told too', () => {
    const inference = infer(`g (float[2] x) => (float[] y) { y = Relu (x) }
      <opset_import: ["" : 21], domain: "local"> f () => (y) { a = Constant <value_ints = [1, 2]> () b = Constant <value_ints = [1, 2, 3]> () y = Add (a, b) }`);
    const [problem] = inference.problems();
    assert.equal(problem?.code, 'onnx.shape-mismatch');
    assert.equal(problem?.function, inference.model.functions[0]);
  });

  test('in one place does not spread to the values after it', () => {
    const inference = infer(`g (float[N, 3] x) => (float[] z) <float[4, N] y> {
      y = Transpose (x)
      z = Transpose (y)
    }`);
    assert.equal(problemsOf(inference).length, 1);
    assert.equal(typeIn(inference, 'z'), 'float[N, 4]');
  });

  test('on one side of a residual connection ends there', () => {
    const inference = infer(`g (float[1, 4, 32, 32] x, float[4, 4, 3, 3] w) => (float[] y) {
      a = Conv <pads = [2, 1, 1, 1]> (x, w)
      b = Relu (a)
      y = Add (b, x)
    }`);
    assert.equal(problemsOf(inference).length, 1);
    assert.equal(typeIn(inference, 'y'), 'float[1, 4, 32, 32]');
  });

  test('unknown operators and domains are no problem of shapes', () => {
    const inference = infer('g (float[N] x) => (float[N] y) { a = custom.Thing (x) y = Relu (a) }');
    assert.equal(typeIn(inference, 'a'), '?');
    assert.equal(typeIn(inference, 'y'), 'float[N]');
    assert.deepEqual(problemsOf(inference), []);
  });
});

describe('versions of operators', () => {
  test('Reshape, Squeeze, Slice and Pad had attributes before they had inputs', () => {
    const old = `g (float[2, 1, 6] x) => (float[] y) {
      a = Reshape <shape = [0, -1]> (x)
      b = Squeeze <axes = [1]> (x)
      c = Slice <axes = [2], starts = [1], ends = [5]> (x)
      y = Pad <paddings = [0, 0, 1, 0, 0, 2]> (x)
    }`;
    const inference = infer(old, 1);
    assert.equal(typeIn(inference, 'a'), 'float[2, 6]');
    assert.equal(typeIn(inference, 'b'), 'float[2, 6]');
    assert.equal(typeIn(inference, 'c'), 'float[2, 1, 4]');
    assert.equal(typeIn(inference, 'y'), 'float[2, 1, 9]');
  });

  test('axes of reductions became an input one operator after another', () => {
    const attribute = 'g (float[2, 3] x) => (float[] y) { y = ReduceMax <axes = [0]> (x) }';
    const input = 'g (float[2, 3] x) => (float[] y) <int64[1] a = {0}> { y = ReduceMax (x, a) }';
    assert.equal(typeIn(infer(attribute, 17), 'y'), 'float[1, 3]');
    assert.equal(typeIn(infer(attribute, 18), 'y'), 'float[1, 1]');
    assert.equal(typeIn(infer(input, 18), 'y'), 'float[1, 3]');
  });

  test('a model without an opset for a domain says nothing of its operators', () => {
    const model = modelFrom(
      '<ir_version: 10, opset_import: ["" : 21]> g (float[2] x) => (float[] y) { y = Relu (x) }',
    );
    const inference = inferModel({ ...model, opsetImports: [] }, context);
    assert.equal(typeIn(inference, 'y'), 'float[]');
  });
});
