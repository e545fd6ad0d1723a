import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Model, Tensor } from '../../../../../server/src/onnx/model/model.ts';
import {
  type PrintOptions,
  printOnnxText,
  writeOnnxText,
} from '../../../../../server/src/onnx/text/printer/print.ts';
import { inMemory, modelOf } from '../support.ts';

const options: PrintOptions = { location: 'm.onnx', readBytes: inMemory };

function printed(text: string): string {
  return printOnnxText(modelOf(text), options);
}

/** The text is laid out as the printer does it. */
function assertLaidOut(text: string): void {
  assert.equal(printed(text), text);
}

function modelWith(tensor: Partial<Tensor>): Model {
  const initializer: Tensor = {
    name: 'w',
    dataType: 1,
    dims: [],
    data: { kind: 'none' },
    metadata: [],
    ...tensor,
  };
  return {
    opsetImports: [],
    metadata: [],
    functions: [],
    graph: {
      name: 'g',
      nodes: [],
      initializers: [initializer],
      inputs: [],
      outputs: [],
      valueInfos: [],
      metadata: [],
    },
  };
}

describe('the layout of a printed model', () => {
  test('has one node per line, functions after the graph, and a header on one line if it fits', () => {
    assertLaidOut(`<ir_version: 8, opset_import: ["" : 17, "local" : 1]>
g (float[N,4] x) => (float[N,4] y) {
  a = Relu (x)
  [named] y = local.outer:one <alpha = 0.5, axes = [0, -1], mode = "up"> (a, "", "quoted/name")
}

<domain: "local", overload: "one", opset_import: ["" : 17]>
outer <alpha, beta = 1.0> (x) => (y) {
  y = LeakyRelu <alpha: float = @alpha> (x)
}
`);
  });

  test('spreads long headers and signatures, and lists initializers and value infos one by one', () => {
    const long = 'x'.repeat(40);
    assertLaidOut(`<
  ir_version: 8,
  opset_import: ["" : 17],
  producer_name: "${long}",
  doc_string: "${long}",
  metadata_props: ["key": "value", "other": "value"]
>
g (
  float[N,4] ${long},
  seq(optional(map(int64, float[]))) other
) => (float[N,4] y)
<
  int64[2] axes = {0, 1},
  float scale = {0.1},
  float[N,?,"a b"] between
>
{
  y = Relu (${long})
}
`);
  });

  test('indents graphs in attributes, behind the inputs', () => {
    assertLaidOut(`<ir_version: 8, opset_import: ["" : 17]>
g (bool c) => (float y) {
  y = If (c) <
    then_branch = then () => (float t)
    <
      float[2] w = {1, 2}
    >
    {
      t = Loop () <
        body = inner () => () {
        }
      >
    },
    else_branch = "quoted name" () => (e) {
      e = Neg (c)
    }
  >
}
`);
  });

  test('says the type of an attribute only where the value does not', () => {
    assertLaidOut(`<opset_import: ["" : 17]>
g () => () {
  = Op <i = 1, f = 1.0, s = "1", is = [1, 2], fs = [1.0, 2.5], none: floats = [], t = float[2] {1, 2}, named = float[2] "a/b" {1, 2}, tp = seq(float), r: ints = @r, any = @r> ()
}
`);
  });

  test('fills lines with the elements of a long list', () => {
    const elements = Array.from({ length: 150 }, (_, index) => index).join(', ');
    const lines = printed(`g () => () <int64[150] w = {${elements}}> { }`).split('\n');
    assert.equal(lines[3], '  int64[150] w = {');
    assert.ok(lines.every((line) => line.length <= 110));
    assert.ok(
      lines.slice(4, -6).every((line) => line.length > 100),
      lines.join('\n'),
    );
  });

  test('quotes names that would read as something else', () => {
    assertLaidOut(`<opset_import: ["" : 17]>
"main graph" ("float", float[2] float) => ("seq")
<
  "a\\"b\\\\c",
  "undefined"
>
{
  "0", _a1, "漢" = "my-domain"."my op":"1" ("x.y") <
    "my attribute" = 1,
    body = "nan" () => () {
    }
  >
}
`);
  });

  test('comes in pieces as well', () => {
    const model = modelOf('g (float x) => (float y) { y = Relu (x) }');
    const pieces: string[] = [];
    writeOnnxText(model, options, (piece) => {
      pieces.push(piece);
    });
    assert.ok(pieces.length > 1);
    assert.equal(pieces.join(''), printOnnxText(model, options));
  });
});

describe('annotations', () => {
  test('stand before what they are about', () => {
    assertLaidOut(`<opset_import: ["" : 17]>
#@ doc_string: "of the graph"
#@ metadata_props: ["k": "v"]
g (
  #@ doc_string: "of an input\\nwith two lines"
  float x
) => (
  #@ metadata_props: ["k": ""]
  float y
)
<
  #@ doc_string: "of an initializer"
  float w = {1},
  #@ denotations: ["type": "IMAGE", "type.dim[1]": "DATA_CHANNEL"]
  float[N,3] image
>
{
  #@ doc_string: "of a node"
  #@ metadata_props: ["pkg.torch.onnx.name_scopes": "['', 'conv']"]
  y = Op (x, w) <
    #@ doc_string: "of an attribute"
    a = 1,
    value =
      #@ doc_string: "of a tensor"
      int64[1] {1},
    body =
      #@ doc_string: "of a graph"
      sub () => () {
      }
  >
}

#@ metadata_props: ["k": "v"]
<domain: "d", doc_string: "of a function">
f (
  #@ doc_string: "of a typed input"
  float a
) => (b) {
}
`);
  });

  test('say once what most of a model has in common', () => {
    const text = `#@ raw_data
#@ empty_fields: ["NodeProto.domain"]
#@ absent_fields: ["OperatorSetIdProto.domain"]
<ir_version: 8, opset_import: ["" : 17]>
g (float x) => (float y)
<
  float[2] a = {1, 2},
  #@ typed_data
  float[2] b = {3, 4},
  float[2] c = {5, 6}
>
{
  a = Relu (x)
  #@ absent_fields: ["domain"]
  b = Relu (a)
  y = Relu (b)
}
`;
    assertLaidOut(text);
    const { graph, opsetImports } = modelOf(text);
    assert.deepEqual(
      graph?.initializers.map(({ data }) => data.kind),
      ['raw', 'typed', 'raw'],
    );
    assert.deepEqual(
      graph?.nodes.map(({ otherFields }) => otherFields?.map((bytes) => [...inMemory(bytes)])),
      [[[0x3a, 0]], undefined, [[0x3a, 0]]],
    );
    assert.deepEqual(opsetImports, [{ domain: '', omitted: 'domain', version: 17 }]);
  });

  test('keep what an editor would not: carriage returns, control characters, bytes that are not UTF-8', () => {
    const model = modelOf(`g () => () {
  y = Op <
    #@ bytes: ["0": "YQ1i"]
    s = "a\ufffdb",
    #@ bytes: ["1": "//4="]
    ss = ["plain", "\ufffd\ufffd"]
  > ()
}`);
    const [s, ss] = model.graph?.nodes[0]?.attributes ?? [];
    assert.deepEqual(s?.type === 'string' && s.value, 'a\rb');
    assert.deepEqual(ss?.type === 'strings' && ss.value, ['plain', Uint8Array.of(0xff, 0xfe)]);
    const text = printOnnxText(model, options);
    assert.ok(!text.includes('\r'));
    assert.deepEqual(modelOf(text), model);
  });
});

describe('weights', () => {
  const range = { path: '/models/m.onnx', offset: 1000, length: 68 };

  test('of more than 16 elements are referred to, in the field that they lie in', () => {
    const readBytes = ({ length }: { readonly length: number }) => new Uint8Array(length).fill(7);
    const line = (tensor: Partial<Tensor>, more?: Partial<PrintOptions>) =>
      printOnnxText(modelWith(tensor), { ...options, readBytes, ...more }).split('\n')[3];
    assert.equal(
      line({ dims: [17], data: { kind: 'raw', bytes: range } }),
      '  float[17] w = ["location": "m.onnx", "offset": "1000", "length": "68", "check": "10af3011", "field": "raw_data"]',
    );
    assert.equal(
      line({ dims: [17], data: { kind: 'typed', field: 'float_data', bytes: range } }),
      '  float[17] w = ["location": "m.onnx", "offset": "1000", "length": "68", "check": "10af3011", "field": "float_data"]',
    );
    assert.equal(
      line({ dims: [17], data: { kind: 'raw', bytes: range } }, { location: (path) => `../${path}` }),
      '  float[17] w = ["location": "..//models/m.onnx", "offset": "1000", "length": "68", "check": "10af3011", "field": "raw_data"]',
    );
  });

  test('of few elements are read and shown; the threshold can be set', () => {
    const asked: unknown[] = [];
    const readBytes: PrintOptions['readBytes'] = (bytes) => {
      asked.push(bytes);
      return new Uint8Array(new Float32Array(17).fill(0.5).buffer);
    };
    const model = modelWith({ dims: [17], data: { kind: 'typed', field: 'float_data', bytes: range } });
    const elements = `{${Array(17).fill('0.5').join(', ')}}`;
    assert.ok(printOnnxText(model, { ...options, readBytes, inlineElements: 17 }).includes(elements));
    assert.ok(printOnnxText(model, { ...options, readBytes, weights: 'inline' }).includes(elements));
    assert.deepEqual(asked, [range, range]);
  });

  test('whose bytes are many though their dims say few are not read', () => {
    const huge = { ...range, length: 2 ** 40 };
    const readBytes = ({ length }: { readonly length: number }) => {
      assert.ok(length <= 4096, 'a terabyte is not read for a scalar');
      return new Uint8Array(length);
    };
    const model = modelWith({ dims: [], data: { kind: 'raw', bytes: huge } });
    assert.match(printOnnxText(model, { ...options, readBytes }), /"length": "1099511627776"/);
  });

  test('that are external stay external', () => {
    assertLaidOut(`<opset_import: ["" : 17]>
g () => ()
<
  float[2] w = ["location": "weights.bin", "offset": "0", "length": "8", "checksum": "0a"]
>
{
  y = Constant <value = float[2] = ["location": "weights.bin"]> ()
}
`);
  });
});
