import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodeModel } from '../../../../../server/src/onnx/binary/writer.ts';
import { parseOnnxText } from '../../../../../server/src/onnx/text/parse.ts';
import { modelProblems } from '../../../../../server/src/onnx/text/to-model/problems.ts';
import { toModel } from '../../../../../server/src/onnx/text/to-model/to-model.ts';
import { filesInMemory, inModels } from '../support.ts';

/** Something of everything that the text form has. */
const everything = `#@ raw_data
#@ empty_fields: ["NodeProto.domain", "TensorProto.name"]
#@ absent_fields: ["OperatorSetIdProto.domain", "opset_import[1].domain"]
#@ bytes: ["producer_name": "YQ1i"]
#@ fields: "wj4HdW5rbm93bg=="
<ir_version: 8, opset_import: ["" : 17, "d" : 9223372036854775807], producer_name: "a\ufffdb", metadata_props: ["k": "v"]>
#@ doc_string: "g"
g (float[N,2] x, int64[1] d = {3}, untyped) => (map(int64, seq(opaque(a.b,c))) y)
<
  #@ nan_bits: ["0": "7f800001"]
  float[2] nans = {nan, -nan},
  #@ typed_data
  int4[3] packed = {-8, 7, 0},
  float[2] w = ["location": "m.onnx", "offset": "2", "length": "8", "field": "raw_data"],
  float[2] external = ["location": "w.bin"],
  string[2] s = {"a\\"", "b"},
  complex64[1] c = {1, 2},
  #@ denotations: ["type": "IMAGE", "type.dim[0]": "N"]
  #@ fields_at: ["type.dim[1]": "CgA="]
  sparse_tensor(float[N,?]) image
>
{
  #@ metadata_props: ["k": "v"]
  #@ bytes: ["input[0]": "//4="]
  [n] a, "" = d.f:o <i = 1, f = 1e-3, fs = [1, 2.5, -nan], ss = ["a", "b"], t = float {1}, r: ints = @r> ("\ufffd\ufffd", "")
  y = If (a) <
    #@ absent_fields: ["type"]
    then_branch =
      #@ doc_string: "sub"
      sub () => (float b) <float[1] v = {1}> { b = Neg (v) },
    sp = sparse_tensor(float[9]) {float[1] v {1}, int64[1] {3}},
    ts: tensors = [float[1] {1}, uint8[1] {255}],
    tp = [optional(float[]), seq(int8)],
    none: undefined = []
  >
}
#@ fields: ["location": "m.onnx", "offset": "0", "length": "10"]
<domain: "d", overload: "o", opset_import: ["" : 17]>
f <r, q = 1> (float x, y) => (z) <float[2] t> { z = Add <a: float = @q> (x, y) }
`;

const files = filesInMemory({ '/models/m.onnx': Uint8Array.of(0x4a, 8, 1, 2, 3, 4, 5, 6, 7, 8) });

describe('a broken text', () => {
  test('has a model that can be written, and problems that point into it, however it is broken', () => {
    assert.deepEqual(toModel(parseOnnxText(everything), inModels(files)).problems, []);
    let state = 3;
    const below = (limit: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * limit);
    };
    const tokens = everything.split(/(?<=\W)|(?=\W)/);
    for (let round = 0; round < 3000; round++) {
      const broken = [...tokens];
      for (let count = 1 + below(4); count > 0; count--) {
        const at = below(broken.length);
        switch (below(4)) {
          case 0:
            broken.splice(at, 1 + below(6));
            break;
          case 1:
            broken.splice(at, 0, broken[below(broken.length)] ?? '');
            break;
          case 2:
            broken[at] = broken[below(broken.length)] ?? '';
            break;
          default:
            broken.length = Math.max(at, 20);
        }
      }
      const text = broken.join('');
      const tree = parseOnnxText(text);
      const { model, problems } = toModel(tree, inModels(files));
      for (const { code, segment, span, message } of problems) {
        assert.ok(code in modelProblems && message !== '');
        const length = tree.segments[segment]?.end ?? 0;
        assert.ok(0 <= span.start && span.start <= span.end && span.end <= length, text);
      }
      encodeModel(model);
    }
  });

  test('takes no longer than its length asks for', () => {
    const long = 100_000;
    for (const text of [
      `g () => () <float[${long}] w = {${'nan, '.repeat(long)}nan}> { }`,
      `g () => () <int8[${long}] w = {${'300, '.repeat(long)}300}> { }`,
      `g () => () { = Op <a = [${'-nan, '.repeat(long)}1.0]> () }`,
      `g () => () {\n${'#@ empty_fields: ["domain"]\n'.repeat(long)} = Op () }`,
      `g () => () <float[${'1,'.repeat(long)}1] w = {1}> { }`,
    ]) {
      const tree = parseOnnxText(text);
      const start = performance.now();
      toModel(tree, inModels());
      assert.ok(performance.now() - start < 5000, text.slice(0, 60));
    }
  });
});
