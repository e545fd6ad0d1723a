import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Attribute, Tensor } from '../../../../../server/src/onnx/model/model.ts';
import { parseOnnxText } from '../../../../../server/src/onnx/text/parse.ts';
import { toModel } from '../../../../../server/src/onnx/text/to-model/to-model.ts';
import { inMemory, inModels, modelOf, problemsOf } from '../support.ts';

function attributes(text: string): readonly Attribute[] {
  return modelOf(`g () => () { = Op <${text}> () }`).graph?.nodes[0]?.attributes ?? [];
}

function initializer(text: string): Tensor {
  const tensor = modelOf(`g () => () <\n${text}\n> { }`).graph?.initializers[0];
  assert.ok(tensor);
  return tensor;
}

function bytesOf(tensor: Tensor): number[] {
  assert.ok(tensor.data.kind === 'raw' || tensor.data.kind === 'typed');
  return [...inMemory(tensor.data.bytes)];
}

describe('the model of a text', () => {
  test('has the header, the graph and the functions', () => {
    const model = modelOf(
      `<ir_version: 8, opset_import: ["" : 17, "d" : 1], producer_name: "p", model_version: -1, metadata_props: ["k": "v"]>
g (float[N,2] x, int64[] "y.z" = {3}) => (optional(seq(float)) z) <float w = {1}, float[?] t> { z = d.f:o (x, "") }
<domain: "d", overload: "o"> f <a, b = 1> (float x, y) => (z) <float[2] t> { z = Neg (x) }`.replace(
        'int64[] "y.z" = {3}',
        'int64[1] "y.z" = {3}',
      ),
    );
    assert.deepEqual(
      { ...model, graph: undefined, functions: undefined },
      {
        irVersion: 8,
        opsetImports: [
          { domain: '', version: 17 },
          { domain: 'd', version: 1 },
        ],
        producerName: 'p',
        modelVersion: -1,
        metadata: [{ key: 'k', value: 'v' }],
        graph: undefined,
        functions: undefined,
      },
    );
    assert.deepEqual(
      model.graph?.inputs.map(({ name, type }) => [name, type]),
      [
        [
          'x',
          {
            kind: 'tensor',
            elementType: 1,
            shape: [
              { kind: 'parameter', name: 'N' },
              { kind: 'value', value: 2 },
            ],
          },
        ],
        ['y.z', { kind: 'tensor', elementType: 7, shape: [{ kind: 'value', value: 1 }] }],
      ],
    );
    // As onnx.parser has it: the defaults of inputs first.
    assert.deepEqual(
      model.graph?.initializers.map(({ name }) => name),
      ['y.z', 'w'],
    );
    assert.deepEqual(model.graph?.nodes[0], {
      inputs: ['x', ''],
      outputs: ['z'],
      operator: 'f',
      domain: 'd',
      overload: 'o',
      attributes: [],
      metadata: [],
    });
    const [definition] = model.functions;
    assert.deepEqual(
      [definition?.inputs, definition?.outputs, definition?.attributes],
      [['x', 'y'], ['z'], ['a']],
    );
    assert.deepEqual(
      definition?.valueInfos.map(({ name }) => name),
      ['x', 't'],
    );
  });

  test('has its nodes in the order of the text, also where text between them is no node', () => {
    const tree = parseOnnxText('g (float x) => (float y) { a = Relu (x) ??? b = (a) y = Neg (b) }');
    const { model } = toModel(tree, inModels());
    const [graph] = tree.declarations;
    const statements = tree.segments
      .slice(graph?.nodes.from, graph?.nodes.to)
      .flatMap((segment) => (segment.kind === 'node-statement' ? [segment] : []));
    assert.ok(statements.length >= 3);
    assert.deepEqual(
      model.graph?.nodes.map(({ operator }) => operator),
      statements.map(({ operator }) => operator.name),
    );
  });

  test('says integers, floats and lists of them as onnx.parser reads them', () => {
    assert.deepEqual(
      attributes(
        'a = 1, b = 1.0, c: float = 1, d = [1, 2], e: floats = [1, 2.5], f: int = [1], g: ints = [], h = -0.0, i = 0.1',
      ).map((attribute) => [attribute.type, 'value' in attribute && attribute.value]),
      [
        ['int', 1],
        ['float', 1],
        ['float', 1],
        ['ints', [1, 2]],
        ['floats', [1, 2.5]],
        ['ints', [1]],
        ['ints', []],
        ['float', -0],
        ['float', Math.fround(0.1)],
      ],
    );
    assert.deepEqual(attributes('a = 9223372036854775807, b: float = @c, d = @e'), [
      { name: 'a', type: 'int', value: 9223372036854775807n },
      { name: 'b', type: 'reference', attributeType: 'float', value: 'c' },
      { name: 'd', type: 'reference', value: 'e' },
    ]);
  });

  test('keeps lists of tensors, graphs and types', () => {
    const [tensors, graphs, types, sparse] = attributes(
      'a = [float {1}, int64[1] n {2}], b = [g () => () { }], c = [float[2], seq(int8)], d = sparse_tensor(float[9]) {float[1] v {1}, int64[1] {3}}',
    );
    assert.deepEqual(
      tensors?.type === 'tensors' && tensors.value.map(({ name, dataType }) => [name, dataType]),
      [
        ['', 1],
        ['n', 7],
      ],
    );
    assert.deepEqual(graphs?.type === 'graphs' && graphs.value.map(({ name }) => name), ['g']);
    assert.deepEqual(types?.type === 'type_protos' && types.value.map(({ kind }) => kind), [
      'tensor',
      'sequence',
    ]);
    assert.deepEqual(sparse?.type === 'sparse_tensor' && [sparse.value.dims, sparse.value.values.name], [
      [9],
      'v',
    ]);
  });
});

describe('the elements of a tensor', () => {
  test('lie in the field of their type, or in raw_data where the text says so', () => {
    assert.deepEqual(initializer('float[2] w = {1, -0}').data, {
      kind: 'typed',
      field: 'float_data',
      bytes: Uint8Array.of(0, 0, 0x80, 0x3f, 0, 0, 0, 0x80),
    });
    assert.deepEqual(initializer('int8[2] w = {-1, 127}').data, {
      kind: 'typed',
      field: 'int32_data',
      bytes: Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 127),
    });
    assert.deepEqual(initializer('#@ raw_data\nint8[2] w = {-1, 127}').data, {
      kind: 'raw',
      bytes: Uint8Array.of(0xff, 127),
    });
    const raw = modelOf(
      '#@ raw_data\n<ir_version: 8>\ng () => () <float a = {1}, string[1] s = {"x"}, float[0] e = {}> { }',
    );
    assert.deepEqual(
      raw.graph?.initializers.map(({ data }) => data.kind),
      ['raw', 'strings', 'raw'],
    );
    assert.equal(initializer('float[0] w = {}').data.kind, 'none');
  });

  test('of six bits are packed in raw_data only', () => {
    assert.deepEqual(bytesOf(initializer('#@ raw_data\nfloat6e2m3[3] w = {1, 2, 63}')), [0x81, 0xf0, 0x03]);
    assert.deepEqual(bytesOf(initializer('float6e3m2[3] w = {1, 2, 63}')), [1, 2, 63]);
  });

  test('of two or four bits are packed', () => {
    assert.deepEqual(bytesOf(initializer('int4[3] w = {-8, 7, 1}')), [0x78, 0x01]);
    assert.deepEqual(bytesOf(initializer('#@ raw_data\nuint2[5] w = {1, 2, 3, 0, 1}')), [0x39, 0x01]);
  });

  test('keep the sign of a NaN, and the bits that an annotation gives it', () => {
    const tensor = initializer('#@ raw_data\n#@ nan_bits: ["2": "7f800001"]\nfloat[3] w = {nan, -nan, nan}');
    assert.deepEqual(bytesOf(tensor), [0, 0, 0xc0, 0x7f, 0, 0, 0xc0, 0xff, 1, 0, 0x80, 0x7f]);
  });

  test('that are no values of their type are reported where they stand', () => {
    assert.deepEqual(problemsOf('g () => () <int8[3] w = {1, 300, # two, \n -129}> { }'), [
      ['onnx.value-out-of-range', '300', '300 is no value of int8, which goes from -128 to 127.'],
      ['onnx.value-out-of-range', '-129', '-129 is no value of int8, which goes from -128 to 127.'],
    ]);
    assert.deepEqual(
      problemsOf(
        'g () => () { = Op <t = uint4[1] {16}, f = float16[1] {65536}, b = bool[1] {256}, u = uint32[1] {4294967296}> () }',
      ).map(([, pinned]) => pinned),
      ['16', '65536', '256', '4294967296'],
    );
  });

  test('of bool that are neither 0 nor 1 are kept, and reported', () => {
    const [problem, ...others] = problemsOf('g () => () <bool[3] w = {0, 255, 1}> { }');
    assert.deepEqual([problem?.slice(0, 2), others], [['onnx.tensor.bool-value', '255'], []]);
    const tree = parseOnnxText('g () => () <\n#@ raw_data\nbool[3] w = {0, 255, 1}> { }');
    const [tensor] = toModel(tree, inModels()).model.graph?.initializers ?? [];
    assert.deepEqual(bytesOf(tensor ?? assert.fail()), [0, 255, 1]);
  });

  test('that are too few or too many are reported', () => {
    assert.deepEqual(problemsOf('g () => () <float[2,2] w = {1, 2, 3}> { }'), [
      [
        'onnx.tensor.element-count',
        '{1, 2, 3}',
        'float[2,2] takes 4 elements, and there are 3. Correct the elements or the dimensions.',
      ],
    ]);
    assert.deepEqual(
      problemsOf('g () => () <complex64[1] w = {1}, float s = {}, string t = {"a", "b"}> { }').map(
        ([code, pinned]) => [code, pinned],
      ),
      [
        ['onnx.tensor.element-count', '{1}'],
        ['onnx.tensor.element-count', '{}'],
        ['onnx.tensor.element-count', '{"a", "b"}'],
      ],
    );
  });
});

describe('annotations', () => {
  test('that nobody knows or that have the wrong form are reported, and the rest counts', () => {
    const text = `#@ empty_fields: ["NodeProto.nothing"]
<ir_version: 8>
g () => () {
  #@ docstring: "x"
  #@ raw_data
  #@ doc_string: 3
  #@ metadata_props: ["k": "v"]
  #@ fields: "not base64"
  #@ fields: "/w=="
  #@ empty_fields: ["color"]
  = Op ()
}`;
    assert.deepEqual(
      problemsOf(text).map(([code, pinned]) => [code, pinned]),
      [
        ['onnx.annotation.invalid', '#@ empty_fields: ["NodeProto.nothing"]'],
        ['onnx.annotation.unknown', '#@ docstring: "x"'],
        ['onnx.annotation.unknown', '#@ raw_data'],
        ['onnx.annotation.invalid', '#@ doc_string: 3'],
        ['onnx.annotation.invalid', '#@ fields: "not base64"'],
        ['onnx.annotation.invalid', '#@ fields: "/w=="'],
        ['onnx.annotation.invalid', '#@ empty_fields: ["color"]'],
      ],
    );
    const [node] = toModel(parseOnnxText(text), inModels()).model.graph?.nodes ?? [];
    assert.deepEqual(node?.metadata, [{ key: 'k', value: 'v' }]);
  });

  test('about a value that has been edited since no longer count, and say so', () => {
    const text = `g () => () <
  #@ nan_bits: ["0": "ffc00001"]
  float w = {1}
> {
  = Op <
    #@ bytes: ["0": "YQ1i"]
    s = "edited"
  > ()
}`;
    assert.deepEqual(problemsOf(text), [
      [
        'onnx.annotation.outdated',
        '#@ nan_bits: ["0": "ffc00001"]',
        'This describes element 0 as it was before it was edited, and no longer counts. Remove it.',
      ],
      [
        'onnx.annotation.outdated',
        '#@ bytes: ["0": "YQ1i"]',
        'This describes string 0 as it was before it was edited, and no longer counts. Remove it.',
      ],
    ]);
    const [attribute] = toModel(parseOnnxText(text), inModels()).model.graph?.nodes[0]?.attributes ?? [];
    assert.equal(attribute?.type === 'string' && attribute.value, 'edited');
  });
});
