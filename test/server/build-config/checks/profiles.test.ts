import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { applied, check, factsOf, problemsIn } from './fixture.ts';

const images = 'g (float[batch,3,224,224] images) => (float[batch,3,224,224] y) { [act] y = Relu (images) }';
const two = `g (int64[batch,seq] ids, int64[batch,seq] mask, float[4] bias) => (int64[batch,seq] y)
  { y = Add (ids, mask) }`;
const shapes = 'g (float[n,6] x, int64[2] shape) => (float[a,b] y) { y = Reshape (x, shape) }';
const fixed = 'g (float[2,4] x) => (float[2,4] y) { y = Relu (x) }';

describe('profiles of a build config, checked against the model', () => {
  test('an input that the model does not have is told with the nearest name', () => {
    const { fixed: repaired } = check(
      `
profiles:
  - image: [1, 3, 224, 224]
#   ^^^^^ config.unknown-input: Did you mean \`images\`?
`,
      { model: images },
    );
    assert.match(repaired(), /- images: \[1, 3, 224, 224\]/);
  });

  test('bounds that stand beside their input instead of below it', () => {
    check(
      `
profiles:
  - images: [1, 3, 224, 224]
    max: [8, 3, 224, 224]
#   ^^^ config.unknown-input: has no input max. \`max\` belongs to an input: indent it below the input’s name.
`,
      { model: images },
    );
  });

  test('names with a * count for every input that they fit', () => {
    check('profiles: [{ "im*": [1, 3, 224, 224] }]', { model: images });
    check(
      `
profiles:
  - "im*": [1, 3, 224, 224]
    "tok*": [1]
#   ^^^^^^ config.unknown-input: no input that fits tok*
`,
      { model: images },
    );
  });

  test('without profiles, a model with dynamic inputs is not built; they are made from the model', () => {
    const { fixed: repaired } = check(
      `
model: bert.onnx
#      ^^^^^^^^^ config.missing-profile: ids [batch, seq] and mask [batch, seq]
engine: bert.engine
`,
      { model: two },
    );
    assert.equal(
      repaired('Make profiles from the model'),
      `profiles:
  - ids: { min: [1, 1], opt: [8, 128], max: [32, 512] }
    mask: { min: [1, 1], opt: [8, 128], max: [32, 512] }
model: bert.onnx
engine: bert.engine
`,
    );
    check(repaired('Make profiles from the model'), { model: two });
  });

  test('made profiles are right wherever they go', () => {
    for (const text of [
      'engine: a.engine\n',
      'profiles: []\nengine: a.engine\n',
      'builds:\n  one:\n    model: bert.onnx\n  two:\n    model: other.onnx\n    profiles:\n      - ids: [1, 8]\n        mask: [1, 8]\n',
      'profiles:\n  - ids: [4, 16]\n',
      'profiles: [{ ids: [4, 16] }]\n',
    ]) {
      const { problems, fixed: repaired } = checkLoosely(text);
      assert.ok(problems.length > 0, text);
      const fixedText = repaired();
      const { problems: left } = checkLoosely(fixedText);
      assert.deepEqual(left, [], fixedText);
    }
    function checkLoosely(text: string) {
      return checkAll(text, two);
    }
  });

  test('dimensions whose names tell nothing are guessed by their place, the same for one name', () => {
    const model = `g (float[d0,3,d1,d2] image, float[d0,d1] other) => (float[d0,3,d1,d2] y)
      { y = Relu (image) }`;
    const { fixed: repaired } = check(
      `
model: m.onnx
#      ^^^^^^ config.missing-profile: image [d0, 3, d1, d2] and other [d0, d1]
`,
      { model },
    );
    assert.match(repaired(), /image: { min: \[1, 3, 32, 32\], opt: \[8, 3, 224, 224\]/);
    assert.match(repaired(), /other: { min: \[1, 32\], opt: \[8, 224\], max: \[32, 512\] }/);
  });

  test('a loaded engine needs no profiles', () => {
    check('loadEngine: a.engine', { model: two });
  });

  test('rank, fixed dimensions, sizes that are none', () => {
    const { fixed: repaired } = check(
      `
profiles:
  - images: { min: [3, 224, 224], opt: [1, 3, 224, 225], max: [-1, 3, 224, 224] }
#                  ^^^^^^^^^^^^^ config.rank: images has 4 dimensions, [batch, 3, 224, 224]; [3, 224, 224] has 3.
#                                      ^^^^^^^^^^^^^^^^ config.fixed-dim: dimension 3 is 224, not 225
#                                                             ^^^^^^^^^^^^^^^^^ config.dim-range: -1 is no size
#                                      ^^^^^^^^^^^^^^^^ config.profile-order: opt of images is greater than max in dimension 0: 1 > -1
`,
      { model: images },
    );
    assert.match(repaired('Replace by [1, 3, 224, 224]'), /opt: \[1, 3, 224, 224\]/);
  });

  test('min ≤ opt ≤ max in each dimension; sorted by a fix', () => {
    const { fixed: repaired } = check(`
profiles:
  - x: { min: [4, 64], opt: [2, 128], max: [8, 32] }
#             ^^^^^^^ config.profile-order: min of x is greater than opt in dimension 0: 4 > 2
`);
    assert.equal(repaired(), 'profiles:\n  - x: { min: [2, 32], opt: [4, 64], max: [8, 128] }\n');
  });

  test('dimensions of one name are one size in all inputs', () => {
    const { fixed: repaired } = check(
      `
profiles:
  - ids: { min: [1, 8], opt: [4, 64], max: [8, 128] }
    mask: { min: [1, 8], opt: [2, 64], max: [8, 64] }
#                             ^^^^^^^ config.same-dim: opt is 4 for ids and 2 for mask
#                                           ^^^^^^^ config.same-dim: ids has 8 to 128 and mask 8 to 64; TensorRT takes what they have in common
`,
      { model: two },
    );
    assert.match(
      repaired('Take `batch` from ids'),
      /mask: { min: \[1, 8\], opt: \[4, 64\], max: \[8, 64\] }/,
    );
    const { fixed: once } = check(
      `
profiles:
  - ids: { min: [1, 8], opt: [4, 64], max: [8, 64] }
    mask: [16, 64]
#         ^^^^^^^^ config.same-dim: ids has 1 to 8 and mask 16 to 16, which have nothing in common
#         ^^^^^^^^ config.same-dim: ids has 8 to 64 and mask 64 to 64
`,
      { model: two },
    );
    assert.match(once('Take `batch` from ids'), /mask: { min: \[1, 64\], opt: \[4, 64\], max: \[8, 64\] }/);
  });

  test('a shape tensor is given values, as many as it has elements', () => {
    check(
      `
profiles:
  - x: [4, 6]
    shape: { min: [6, 2], opt: [8, -1], max: [24, 6] }
#                 ^^^^^^ config.profile-order: min of shape is greater than opt in dimension 1
`,
      { model: shapes },
    );
    check(
      `
profiles:
  - x: [4, 6]
    shape: [2]
#          ^^^ config.shape-values: decides on shapes, so a profile gives its values, 2 of them; [2] has 1.
`,
      { model: shapes },
    );
    check(
      `
profiles:
  - x: [4, 6]
#   ^^^^^^^^^ config.missing-profile: does not say the values of shape [2]
`,
      { model: shapes },
    );
  });

  test('an input of fixed size needs no profile', () => {
    const { fixed: repaired } = check(
      `
profiles:
  - ids: [1, 2]
    bias: [4]
#   ^^^^^^^^^ config.static-input: bias has a fixed shape
    mask: [1, 2]
`,
      { model: two },
    );
    assert.equal(repaired(), 'profiles:\n  - ids: [1, 2]\n    mask: [1, 2]\n');
    check(
      `
profiles: [{ x: [2, 4] }]
#            ^^^^^^^^^ config.static-input: All inputs of the model have fixed shapes
`,
      { model: fixed },
    );
    check(
      `
profiles: [{ x: [1, 4] }]
#               ^^^^^^ config.fixed-dim: dimension 0 is 2, not 1
`,
      { model: fixed },
    );
  });

  test('indices are of profiles that there are', () => {
    const { fixed: repaired } = check(`
profiles:
  - x: [1]
  - x: [2]
useProfile: 2
#           ^ config.profile-index: counted from 0, and there are 2
`);
    assert.match(repaired(), /useProfile: 1/);
    assert.match(repaired('Remove useProfile'), /x: \[2\]\n$/);
  });

  test('inference runs inside the profile', () => {
    check(`
profiles:
  - x: { min: [1], opt: [4], max: [8] }
shapes: { x: [9] }
#            ^^^ config.outside-profile: dimension 0 goes from 1 to 8
`);
    check('shapes: { x: [9] }');
  });

  test('names in other places are names of the model, too', () => {
    check(
      `
profiles: [{ images: [1, 3, 224, 224] }]
shapes: { imags: [1, 3, 224, 224] }
#         ^^^^^ config.unknown-input: Did you mean \`images\`?
loadInputs: { images: i.bin, other: o.bin }
#                            ^^^^^ config.unknown-input: has no input other. It has the input images.
outputIOFormats: { z: chw }
#                  ^ config.unknown-input: has no output z. It has the output y.
`,
      { model: images },
    );
  });

  test('what several builds inherit is told once, with the builds', () => {
    const { problems } = check(
      `
profiles:
  - x: { min: [1], opt: [4], max: [8] }
    z: [1]
#   ^ config.unknown-input: has no input z
builds:
  a: { model: a.onnx }
  b: { model: b.onnx }
  c: { model: b.onnx }
`,
      {
        models: {
          'a.onnx': 'g (float[n] x, float[m] z) => (float[n] y) { y = Relu (x) }',
          'b.onnx': 'g (float[n] x) => (float[n] y) { y = Relu (x) }',
        },
      },
    );
    assert.deepEqual(
      problems[0]?.related?.map(({ message }) => message),
      ['In the build b.', 'In the build c.'],
    );
  });
});

describe('what is known of a model', () => {
  const shapeTensors = (text: string) =>
    factsOf(text)
      .inputs.filter(({ isShapeTensor }) => isShapeTensor)
      .map(({ name }) => name);

  test('inputs whose values become shapes, on whatever way', () => {
    assert.deepEqual(shapeTensors(shapes), ['shape']);
    assert.deepEqual(
      shapeTensors(`g (float[n] x, int64 rows, int64[1] cols, int64[1] index) => (float[a,b] y)
        <int64[1] zero = {0}> { r = Unsqueeze (rows, zero) s = Concat <axis: int = 0> (r, cols) y = Reshape (x, s) }`),
      ['rows', 'cols'],
    );
    assert.deepEqual(
      shapeTensors('g (float[n,4] x, int64[2] index) => (float[2,4] y) { y = Gather (x, index) }'),
      [],
    );
    // The shape of a tensor is not its value.
    assert.deepEqual(
      shapeTensors('g (float[n] x, int64[2] other) => (float[2] y) { s = Shape (other) y = Expand (x, s) }'),
      [],
    );
  });

  test('through local functions and the graphs of nodes', () => {
    assert.deepEqual(
      shapeTensors(`<ir_version: 8, opset_import: ["" : 17, "local" : 1]>
        g (float[n] x, int64[1] to, int64[1] by) => (float[m] y) { y = local.grow (x, to, by) }
        <domain: "local", opset_import: ["" : 17]> grow (x, to, by) => (y) { s = Mul (to, by) y = Expand (x, s) }`),
      ['to', 'by'],
    );
    assert.deepEqual(
      shapeTensors(`g (float[n] x, bool c, int64[1] to) => (float[m] y) {
        y = If (c) <then_branch: graph = t () => (float[m] a) { a = Expand (x, to) },
          else_branch: graph = e () => (float[m] b) { b = Relu (x) }> }`),
      ['to'],
    );
  });
});

function checkAll(text: string, model: string) {
  const problems = problemsIn(text, { model });
  return {
    problems,
    fixed: () => {
      const fix = problems
        .filter(({ code }) => code === 'config.missing-profile')
        .flatMap(({ fixes = [] }) => fixes)[0];
      assert.ok(fix, text);
      return applied(text, fix);
    },
  };
}
