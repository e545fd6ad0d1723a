import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { nodeFileAccess } from '../../../../server/src/node/file-access.ts';
import { readModel } from '../../../../server/src/onnx/binary/reader.ts';
import { readBytes } from '../../../../server/src/onnx/model/bytes.ts';
import { parseOnnxText } from '../../../../server/src/onnx/text/parse.ts';
import { printOnnxText } from '../../../../server/src/onnx/text/printer/print.ts';
import { checkModel } from '../../../../server/src/tensorrt/check.ts';
import { locateErrors } from '../../../../server/src/tensorrt/locate/locate.ts';
import { explain } from '../../../../server/src/tensorrt/messages/explain.ts';
import { type Runtime, Runtimes } from '../../../../server/src/tensorrt/runtimes.ts';
import { judgeText, placesOf } from '../support/judge-text.ts';
import { testLibraries } from '../support/test-libraries.ts';

const nestedFunctions = `<ir_version: 8, opset_import: ["" : 17, "local" : 1]>
g (float[N,4] x) => (float[N,4] y) {
  a = Relu (x)
  b = local.outer (a)
  c = DoesNotExist (b)
  y = Unique (c)
}
<domain: "local", opset_import: ["" : 17, "local" : 1]>
outer (x) => (y) { t = Neg (x)  y = local.inner (t) }
<domain: "local", opset_import: ["" : 17]>
inner (x) => (y) { t = Bernoulli (x)  y = com.foo.Bar (t) }
`;

for (const name of ['tensorrt-rtx-1.7.1', 'tensorrt-10.15', 'tensorrt-11.2']) {
  describe(`with ${name}`, () => {
    const runtimes = new Runtimes();
    let runtime: Runtime;
    before(async () => {
      runtime = await runtimes.startNamed(testLibraries(name));
    });
    after(() => runtimes.dispose());

    test('refused nodes on the top level and in nested local functions, in the parser’s order', async () => {
      const { tree, verdict } = await judgeText(nestedFunctions, runtime);
      assert.deepEqual(
        verdict.errors.map(({ operator, localFunctionStack }) => [operator, ...localFunctionStack]),
        [
          ['Bernoulli', 'node_of_b (outer)', 'node_of_y (inner)'],
          ['Bar', 'node_of_b (outer)', 'node_of_y (inner)'],
          ['DoesNotExist'],
          ['Unique'],
        ],
      );
      assert.deepEqual(placesOf(tree, verdict.errors), [
        'Bernoulli:11 < inner:9 < outer:4',
        'Bar:11 < inner:9 < outer:4',
        'DoesNotExist:5',
        'Unique:6',
      ]);
    });

    const conformance = path.join(testLibraries('models'), 'conformance', 'node');
    test('every error of every conformance model has a place and an explanation', async () => {
      const files = readdirSync(conformance).filter((file) => file.endsWith('.onnx'));
      assert.ok(files.length >= 1800);
      let errors = 0;
      for (const file of files) {
        const source = nodeFileAccess.open(path.join(conformance, file));
        const model = readModel(source);
        source.close();
        const verdict = await checkModel(model, runtime, { files: nodeFileAccess, directory: conformance });
        if (verdict.supported) continue;
        assert.notDeepEqual(verdict.errors, [], file);
        const text = printOnnxText(model, {
          location: file,
          readBytes: (bytes) => readBytes(bytes, nodeFileAccess),
        });
        const tree = parseOnnxText(text);
        const locations = locateErrors(tree, verdict.errors);
        assert.equal(locations.length, verdict.errors.length);
        for (const [index, { primary, frames, node }] of locations.entries()) {
          const record = verdict.errors[index];
          assert.ok(record);
          errors++;
          const marked = text.slice(
            (tree.starts[primary.segment] ?? 0) + primary.span.start,
            (tree.starts[primary.segment] ?? 0) + primary.span.end,
          );
          assert.match(marked, /\S/, `${file}: ${record.description}`);
          assert.equal(frames.length, record.localFunctionStack.length);
          // An error of a node is on that very node.
          if (record.nodeIndex >= 0 && record.operator !== '')
            assert.equal(node?.node.operator.name, record.operator);
          // An error without one is on the input that it names.
          if (record.function === 'importInput') {
            const segment = tree.segments[primary.segment];
            const inputs = segment?.kind === 'graph-signature' ? segment.inputs : [];
            const input = inputs.find(
              ({ start, end }) => start <= primary.span.start && primary.span.end <= end,
            );
            assert.equal(input?.name.name, record.file, file);
          }
          assert.notEqual(explain(record, 'TensorRT').code, 'trt.refused', `${file}: ${record.description}`);
        }
      }
      assert.ok(errors > 1000, `${errors} errors`);
    });
  });
}

describe('an error is pinned to', () => {
  const runtimes = new Runtimes();
  let runtime: Runtime;
  before(async () => {
    runtime = await runtimes.startNamed(testLibraries('tensorrt-rtx-1.7.1'));
  });
  after(() => runtimes.dispose());

  /** The body of a graph, or a whole model, and where its errors are. */
  const cases: readonly (readonly [title: string, text: string, ...places: string[]])[] = [
    [
      'the attribute that the words are about',
      `g (float[1,3,8,8] x) => (float[1,3,8,8] y) {
  y = MaxPool <kernel_shape = [3, 3], dilations = [2, 2], pads = [2, 2, 2, 2]> (x)
}`,
      // The parser complains once per dilation.
      'dilations:3',
      'dilations:3',
    ],
    [
      'the input that has to be a constant',
      `g (float[2,3] x, int64[1] axes) => (float[2,1] y) {
  y = ReduceSum (x, axes)
}`,
      'axes:3',
    ],
    [
      'the input that the words name',
      `g (float[1,3,8,8] x, float[4] scales) => (float[A,B,C,D] y) {
  y = Resize (x, , scales)
}`,
      'scales:3',
    ],
    [
      'the output that is too much',
      `g (float[N,8] x, float[8] s) => (float[N,8] y, float[N,1] d) {
  y, "", d = LayerNormalization (x, s)
}`,
      'd:3',
    ],
    [
      'the name that nothing defines',
      `g (float[N,4] x) => (float[N,4] y) {
  y = Add (x, nothing)
}`,
      'nothing:3',
    ],
    [
      'the element type of the graph input that TensorRT does not have',
      `g (float[N] x, string[N] s) => (float[N] y) {
  y = Relu (x)
}`,
      'string:2',
    ],
    [
      'the initializer that cannot be imported',
      `g (float[N] x) => (float[N] y) <string[1] label = {"cat"}> {
  y = Relu (x)
}`,
      'label:2',
    ],
    [
      'the output that no node computes',
      `g (float[N] x) => (float[N] y, float[N] z) {
  y = Relu (x)
}`,
      'z:2',
    ],
    [
      'a node of a cycle, not one before or behind it',
      `g (float[N] x) => (float[N] y) {
  before = Relu (x)
  behind = Neg (b)
  a = Add (before, b)
  b = Abs (a)
  y = Exp (behind)
}`,
      'Abs:6',
    ],
    [
      'a node that is defined after its use',
      `g (float[N,4] x) => (float[N,4] y) {
  y = Unique (c)
  c = Bernoulli (x)
}`,
      'Bernoulli:4',
      'Unique:3',
    ],
    [
      'a node inside a branch, with the If and the branch as frames',
      `g (float[4] x, bool c) => (float[4] y) {
  [choice] y = If (c) <then_branch = yes () => (float[4] a) {
    a = Unique (x)
  }, else_branch = no () => (float[4] b) {
    b = Neg (x)
  }>
}`,
      'Unique:4 < then_branch:3 < If:3',
    ],
    [
      'a node of a branch inside a branch',
      `g (float[4] x, bool c) => (float[4] y) {
  y = If (c) <then_branch = t1 () => (float[4] a) {
    a = If (c) <then_branch = t2 () => (float[4] aa) { aa = Neg (x) }, else_branch = e2 () => (float[4] ab) {
      ab = Unique (x)
    }>
  }, else_branch = e1 () => (float[4] b) { b = Unique (x) }>
}`,
      'Unique:5 < else_branch:4 < If:4 < then_branch:3 < If:3',
    ],
    [
      'a node in the body of a Loop, which leaves no frame',
      `g (float[4] x, int64 m, bool c) => (float[4] y) {
  y = Loop (m, c, x) <body = b (int64 i, bool ci, float[4] v) => (bool co, float[4] w) {
    co = Identity (ci)
    w = Bernoulli (v)
  }>
}`,
      'Bernoulli:5',
    ],
    [
      'a node in the body of a Scan',
      `g (float[4] x, float[3,4] s) => (float[4] y, float[3,4] z) {
  y, z = Scan (x, s) <num_scan_inputs = 1, body = b (float[4] v, float[4] w) => (float[4] vo, float[4] wo) {
    vo = Add (v, w)
    wo = Bernoulli (v)
  }>
}`,
      'Bernoulli:5',
    ],
    [
      'a node that fails while it is imported into a branch, without any frame',
      `g (float[3,4] x, bool c) => (float[A,B] y) {
  y = If (c) <then_branch = t () => (float[A,B] a) {
    good = Transpose <perm = [1, 0]> (x)
    fine = MatMul (x, good)
    a = MatMul (x, x)
  }, else_branch = e () => (float[A,B] b) { b = Neg (x) }>
}`,
      'MatMul:6',
    ],
    [
      'those of several nodes of an operator in a function that the words fit',
      `g (float[N] x) => (float[N] y) {
  y = local.f (x)
}
<domain: "local", opset_import: ["" : 17]>
f (x) => (y) {
  a = Cast <to = 7> (x)
  b = Cast <to = 8> (a)
  c = Cast <to = 1> (a)
  y = Cast <to = 8> (c)
}`,
      'to:8 < f:3',
      'to:10 < f:3',
    ],
    [
      'the node that failed of several of an operator in a function',
      `g (float[3,4] x) => (float[A,B] y) {
  [call] y = local.f (x)
}
<domain: "local", opset_import: ["" : 17]>
f (x) => (y) {
  t = Transpose <perm = [1, 0]> (x)
  good = MatMul (x, t)
  bad = MatMul (x, x)
  y = MatMul (good, bad)
}`,
      'MatMul:9 < f:3',
    ],
    [
      'the same node of a function once for each call',
      `g (float[N] x) => (float[N] y) {
  a = local.f (x)
  [again] y = local.f (a)
}
<domain: "local", opset_import: ["" : 17]>
f (x) => (y) {
  y = Bernoulli (x)
}`,
      'Bernoulli:8 < f:3',
      'Bernoulli:8 < f:4',
    ],
    [
      'the first function of a name, whatever its domain, as TensorRT does',
      `g (float[N] x) => (float[N] y) {
  y = other.f (x)
}
<domain: "local", opset_import: ["" : 17]>
f (x) => (y) {
  y = Bernoulli (x)
}
<domain: "other", opset_import: ["" : 17]>
f (x) => (y) {
  y = Relu (x)
}`,
      'Bernoulli:7 < f:3',
    ],
    [
      'a call with another number of inputs than the function declares',
      `g (float[N] x) => (float[N] y) {
  y = local.f (x)
}
<domain: "local", opset_import: ["" : 17]>
f (x, z) => (y) {
  y = Add (x, z)
}`,
      'f:3',
    ],
    [
      'a node in a branch inside a function',
      `g (float[4] x, bool c) => (float[4] y) {
  y = local.f (x, c)
}
<domain: "local", opset_import: ["" : 17]>
f (x, c) => (y) {
  y = If (c) <then_branch = t () => (float[4] a) {
    a = Unique (x)
  }, else_branch = e () => (float[4] b) { b = Neg (x) }>
}`,
      'Unique:8 < then_branch:7 < If:7 < f:3',
    ],
    [
      'a node in a function that a branch calls',
      `g (float[4] x, bool c) => (float[4] y) {
  y = If (c) <then_branch = t () => (float[4] a) {
    a = local.f (x)
  }, else_branch = e () => (float[4] b) { b = Neg (x) }>
}
<domain: "local", opset_import: ["" : 17]>
f (x) => (y) {
  y = Unique (x)
}`,
      'Unique:9 < f:4 < then_branch:3 < If:3',
    ],
  ];
  for (const [title, graph, ...places] of cases) {
    test(title, async () => {
      const header = '<ir_version: 8, opset_import: ["" : 17, "local" : 1, "other" : 1]>';
      const { tree, verdict } = await judgeText(`${header}\n${graph}`, runtime);
      assert.deepEqual(placesOf(tree, verdict.errors), places);
    });
  }
});
