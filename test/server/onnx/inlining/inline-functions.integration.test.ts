/** Models with their functions written out, judged by onnx.checker, onnx.reference and ONNX Runtime. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { nodeFileAccess } from '../../../../server/src/node/file-access.ts';
import { readModel } from '../../../../server/src/onnx/binary/reader.ts';
import { inlineFunctions } from '../../../../server/src/onnx/inlining/inline-functions.ts';
import { sample } from '../../../support/sample.ts';
import { encoded, encodeText, modelNames, python, save, temporaryFolder } from '../text/models.ts';

const judge = fileURLToPath(new URL('../../../support/judge-inlined.py', import.meta.url));
const operators = fileURLToPath(new URL('../../../support/functions-of-operators.py', import.meta.url));

/** Functions in every way: in each other, called twice, with defaults, left out inputs and outputs, subgraphs that capture. */
const everyWay = `<ir_version: 10, opset_import: ["" : 17, "my" : 1, "other" : 2]>
g (bool c, float[3,4] x, float hi) => (float[3,4] y, float[3,4] z, float[12] flat, float[3,4] t, float[3,4] same)
<float[4] w = {1, -2, 3, -4}>
{
  [first] a = my.block <alpha = 0.5> (x, w)
  [second] b, unused = my.two (a, "", hi)
  d = If (c) <
    then_branch = then_graph () => (float[3,4] r) { t1 = my.block <alpha = 0.25> (b, w) r = my.block:plain (t1) },
    else_branch = else_graph () => (float[3,4] s) { s = other.outer <slope = 0.75> (a, b, w) }
  >
  y = my.block (d, w)
  [third] z = other.outer (a, d, w)
  flat = my.flatten <shape = [12]> (z)
  [choose] t = my.choose (c, x)
  [again] same = my.choose (c, t)
}

<domain: "my", opset_import: ["" : 17]>
block <alpha: float = 0.1> (v, weights) => (r) <float[3,4] t>
{ [act] t = LeakyRelu <alpha: float = @alpha> (v) [scale] r = Mul (t, weights) }

<domain: "my", overload: "plain", opset_import: ["" : 17]>
block (v) => (r) { n = Neg (v) r = Neg (n) }

<domain: "my", opset_import: ["" : 17]>
two (x, low, high) => (t, x2) { t = Clip (x, low, high) x2 = Add (t, t) }

<domain: "other", opset_import: ["" : 17, "my" : 1]>
outer <slope: float = 0.6> (x, y, w) => (z) {
  t = my.block <alpha: float = @slope> (x, w)
  x2, t2 = my.two (t)
  p = my.block:plain (x2)
  u = Add (p, y)
  z = Sub (u, t2)
}

<domain: "my", opset_import: ["" : 18]>
flatten <shape, allowzero> (x) => (y) {
  to = Constant <value_ints: ints = @shape> ()
  y = Reshape <allowzero: int = @allowzero> (x, to)
}

<domain: "my", opset_import: ["" : 17, "my" : 1]>
choose (c, a) => (y) {
  t = Relu (a)
  [if] y = If (c) <
    then_branch = b () => (float[3,4] z) { h = my.block:plain (t) z = Add (h, a) },
    else_branch = e () => (float[3,4] flat) { x = Neg (t) flat = Abs (x) }
  >
}
`;

/** Results that are inputs, or one value twice: ONNX Runtime takes no such functions. */
const passingOn = `<ir_version: 10, opset_import: ["" : 17, "my" : 1]>
g (bool c, float[3,4] x, float hi) => (float[3,4] y, float[3,4] same, float[3,4] twice, float[3,4] z) {
  [one] y, same, twice = my.f (x, "", hi)
  [two] _, s, z = my.outer (c, y)
}
<domain: "my", opset_import: ["" : 17]> f (a, low, high) => (b, a, b) { [clip] t = Clip (a, low, high) [neg] b = Neg (t) }
<domain: "my", opset_import: ["" : 17, "my" : 1]> outer (c, a) => (b, d, e) {
  [in] b, d = my.f (a, "", "")
  [if] e = If (c) <
    then_branch = yes () => (float[3,4] z) { z = Add (d, b) }, else_branch = no () => (float[3,4] x) { h = Abs (b) x = Sub (h, a) }
  >
}
`;

/** As torch.onnx with modules as functions has it, with a function of an older opset. */
const modules = `<ir_version: 10, opset_import: ["" : 18, "pkg.torch" : 1, "pkg.onnxscript" : 1]>
g (float[2,4] x) => (float[2,4] y) <float[4,4] w = {1, 2, 3, 4, -1, -2, -3, -4, 0.5, 0.25, 0, 1, 1, 1, 1, 1}> {
  [Block_0] h = pkg.torch.Block (x, w)
  [Block_1] y = pkg.torch.Block (h, w)
}
<domain: "pkg.torch", opset_import: ["" : 18]> Linear (x, w) => (addmm) { [t] t = Transpose <perm = [1, 0]> (w) [mm] addmm = MatMul (x, t) }
<domain: "pkg.onnxscript", opset_import: ["" : 17]> aten_gelu <scale: float = 0.7> (x) => (y) {
  s = Constant <value_float: float = @scale> () i = Mul (x, s) e = Erf (i) h = Mul (x, e) y = Add (h, x)
}
<domain: "pkg.onnxscript", opset_import: ["" : 17]> old_mean (x) => (y) { a = Abs (x) y = ReduceMean (a) }
<domain: "pkg.torch", opset_import: ["" : 18, "pkg.torch" : 1, "pkg.onnxscript" : 1]> Block (x, w) => (y) {
  [Linear] linear = pkg.torch.Linear (x, w)
  [gelu] gelu = pkg.onnxscript.aten_gelu (linear)
  [mean] mean = pkg.onnxscript.old_mean (gelu)
  [sub] y = Sub (gelu, mean)
}
`;

interface Written {
  readonly values: number;
  readonly notes: readonly string[];
}

/** Judges the models of a folder; the answer is what `NAME.onnx` became. */
function judged(folder: string, names: readonly string[]) {
  const written = new Map<string, Written>();
  const jobs = names.map((name) => {
    const source = nodeFileAccess.open(path.join(folder, `${name}.onnx`));
    const result = inlineFunctions(readModel(source)) ?? assert.fail(`${name} calls nothing`);
    source.close();
    save(folder, `${name}.inlined`, encoded(result.model));
    written.set(name, { values: result.values.size, notes: result.notes });
    return {
      original: source.path,
      inlined: path.join(folder, `${name}.inlined`),
      values: [...result.values].map(([inlined, { name: value, calls, function: definition }]) => ({
        name: inlined,
        value,
        calls,
        function: definition,
      })),
    };
  });
  return { jobs, written };
}

describe('functions written out', () => {
  test('compute the same, and what their values inside are called is what those are', () => {
    const folder = temporaryFolder();
    const texts = { everyWay, passingOn, modules };
    for (const [name, text] of Object.entries(texts)) save(folder, `${name}.onnx`, encodeText(text, folder));
    const { jobs, written } = judged(folder, Object.keys(texts));
    save(folder, 'jobs.json', JSON.stringify(jobs));
    assert.equal(
      python(judge, path.join(folder, 'jobs.json')),
      '{"onnx.reference": {"models": 2, "values": 18}, "onnxruntime": {"models": 2, "values": 28}}\n',
    );
    assert.deepEqual(Object.fromEntries(written), {
      everyWay: { values: 40, notes: [] },
      passingOn: { values: 10, notes: [] },
      modules: {
        values: 30,
        notes: [
          'pkg.onnxscript.old_mean is not looked into: it imports ai.onnx 17, the model 18, and ReduceMean is not the same in both.',
        ],
      },
    });
  });

  test('as ONNX defines its own operators, in their conformance cases', () => {
    const folder = temporaryFolder();
    python(operators, folder);
    const { jobs, written } = judged(folder, sample(modelNames(folder), 3));
    const withInputs = jobs.map((job) => ({ ...job, inputs: job.original.replace(/onnx$/, 'npz') }));
    save(folder, 'jobs.json', JSON.stringify(withInputs));
    const answer = python(judge, path.join(folder, 'jobs.json'));
    assert.equal(answer.trimEnd().split('\n').length, 1, answer);
    const { 'onnx.reference': reference, onnxruntime } = JSON.parse(answer);
    assert.equal(onnxruntime.models, jobs.length);
    assert.ok(onnxruntime.values > 900 && reference.values > 700, answer);
    assert.deepEqual(
      [...written.values()].flatMap(({ notes }) => notes),
      [],
    );
  });
});
