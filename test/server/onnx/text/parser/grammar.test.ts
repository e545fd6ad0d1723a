import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type {
  AttributeValueSyntax,
  Identifier,
  TypeSyntax,
} from '../../../../../server/src/onnx/text/syntax-tree.ts';
import { modelWithFunctions } from './documents.ts';
import { nodesOf, parseStatement, parseWithoutProblems, valuesOf } from './support.ts';

function names(identifiers: readonly Identifier[]): string[] {
  return identifiers.map(({ name }) => name);
}

/** A type as it is written without blanks. */
function shown(type: TypeSyntax | undefined): string {
  switch (type?.kind) {
    case 'tensor':
    case 'sparse_tensor': {
      const dims = type.dims?.map((dimension) =>
        dimension.kind === 'value'
          ? `${dimension.value}`
          : dimension.kind === 'parameter'
            ? dimension.name
            : '?',
      );
      const tensor = `${type.element.name}${dims ? `[${dims.join(',')}]` : ''}`;
      return type.kind === 'tensor' ? tensor : `sparse_tensor(${tensor})`;
    }
    case 'seq':
    case 'optional':
      return `${type.kind}(${shown(type.element)})`;
    case 'map':
      return `map(${type.key.name},${shown(type.value)})`;
    case 'opaque':
      return `opaque(${[type.domain?.name, type.name?.name].filter((name) => name !== undefined).join(',')})`;
    default:
      return 'none';
  }
}

function attributeOf(text: string): AttributeValueSyntax {
  const attribute = parseStatement(`y = Foo <${text}> (x)`).attributes[0];
  assert.ok(attribute);
  return attribute.value;
}

/** Kinds and plain values of an attribute value. */
function plain(value: AttributeValueSyntax): unknown {
  switch (value.kind) {
    case 'integer':
    case 'float':
    case 'string':
      return [value.kind, value.value];
    case 'list':
      return value.elements.map(plain);
    case 'reference':
      return ['reference', value.name.name];
    case 'type':
      return ['type', shown(value.value)];
    case 'tensor':
      return [
        'tensor',
        shown(value.value.type),
        value.value.name?.name,
        value.value.data?.kind === 'values' ? value.value.data.elements : value.value.data?.kind,
      ];
    case 'graph':
      return ['graph', value.value.name.name, value.value.nodes.map((node) => node.operator.name)];
    default:
      return [value.kind];
  }
}

describe('a node', () => {
  test('has outputs, an operator and inputs', () => {
    const node = parseStatement('a, b = Split (x, y)');
    assert.deepEqual(names(node.outputs), ['a', 'b']);
    assert.equal(node.operator.name, 'Split');
    assert.deepEqual(names(node.inputs), ['x', 'y']);
    assert.equal(node.label, undefined);
    assert.equal(node.domain, undefined);
  });

  test('may have a name, a domain and an overload', () => {
    const node = parseStatement('["node 1"] y = com . example.Foo:fast (x)');
    assert.equal(node.label?.name, 'node 1');
    assert.equal(node.domain?.name, 'com.example');
    assert.equal(node.operator.name, 'Foo');
    assert.equal(node.overload?.name, 'fast');
    assert.equal(parseStatement('[] y = Foo (x)').label?.name, '');
  });

  test('may have its attributes before or after its inputs', () => {
    assert.deepEqual(parseStatement('y = Foo <a = 1> (x)').attributes.length, 1);
    assert.deepEqual(parseStatement('y = Foo (x) <a = 1, b = 2>').attributes.length, 2);
  });

  for (const [text, expected] of [
    ['()', []],
    ['("")', ['']],
    ['(,)', ['']],
    ['(,,)', ['', '']],
    ['(x,)', ['x']],
    ['(,x)', ['', 'x']],
    ['(x, , "y z")', ['x', '', 'y z']],
  ] as const) {
    test(`leaves inputs out as the reference parser reads it: ${text}`, () => {
      assert.deepEqual(names(parseStatement(`y = Foo ${text}`).inputs), expected);
    });
  }

  test('may have no output, or omitted ones', () => {
    assert.deepEqual(names(parseStatement('= Foo (x)').outputs), []);
    assert.deepEqual(names(parseStatement(', , z = Foo (x)').outputs), ['', '', 'z']);
  });

  test('may have any name in quotes, with backslashes before quotes and backslashes', () => {
    const node = parseStatement(String.raw`"a/b" = "aten::add"."my op":"1" <"my attr" = 1> ("say \"x\\y\"")`);
    assert.deepEqual(names(node.outputs), ['a/b']);
    assert.equal(node.domain?.name, 'aten::add');
    assert.equal(node.operator.name, 'my op');
    assert.equal(node.overload?.name, '1');
    assert.equal(node.attributes[0]?.name.name, 'my attr');
    assert.deepEqual(names(node.inputs), ['say "x\\y"']);
  });

  test('knows the place of each of its parts', () => {
    const text = '[n] "a b", c = com.Foo:v <k: ints = [1]> (x)';
    const node = parseStatement(text);
    const at = ({ start, end }: { start: number; end: number } = { start: 0, end: 0 }) =>
      text.slice(start, end);
    assert.equal(at(node), text);
    assert.equal(at(node.label), 'n');
    assert.deepEqual(node.outputs.map(at), ['"a b"', 'c']);
    assert.equal(at(node.domain), 'com');
    assert.equal(at(node.operator), 'Foo');
    assert.equal(at(node.overload), 'v');
    assert.deepEqual(node.attributes.map(at), ['k: ints = [1]']);
    assert.equal(at(node.attributes[0]?.type), 'ints');
    assert.equal(at(node.attributes[0]?.value), '[1]');
    assert.deepEqual(node.inputs.map(at), ['x']);
  });
});

describe('an attribute', () => {
  for (const [text, expected] of [
    ['a = 1', ['integer', 1]],
    ['a = -9223372036854775808', ['integer', -9223372036854775808n]],
    ['a = 007', ['integer', 7]],
    ['a = 0.5', ['float', 0.5]],
    ['a = 5.', ['float', 5]],
    ['a = 1e-3', ['float', 1e-3]],
    ['a: float = 2', ['float', 2]],
    ['a: float = -0', ['float', -0]],
    ['a = inf', ['float', Infinity]],
    ['a = -Infinity', ['float', -Infinity]],
    ['a = NaN', ['float', Number.NaN]],
    ['a = "s"', ['string', 's']],
    ['a = "two\nlines # no comment"', ['string', 'two\nlines # no comment']],
    [
      'a = [1, 2]',
      [
        ['integer', 1],
        ['integer', 2],
      ],
    ],
    [
      'a = [1.5, 2]',
      [
        ['float', 1.5],
        ['float', 2],
      ],
    ],
    [
      'a: floats = [1, 2]',
      [
        ['float', 1],
        ['float', 2],
      ],
    ],
    ['a: int = [1]', [['integer', 1]]],
    [
      'a = ["x", "y"]',
      [
        ['string', 'x'],
        ['string', 'y'],
      ],
    ],
    ['a: ints = []', []],
    ['a: undefined = []', []],
    ['a = @b', ['reference', 'b']],
    ['a: ints = @"b c"', ['reference', 'b c']],
    ['a = float[2]', ['type', 'float[2]']],
    ['a = seq(float)', ['type', 'seq(float)']],
    [
      'a: type_protos = [float, map(string, int64[])]',
      [
        ['type', 'float'],
        ['type', 'map(string,int64[])'],
      ],
    ],
    ['a = float[2] {1, 2}', ['tensor', 'float[2]', undefined, [1, 2]]],
    ['a = float[2] t = {1, 2}', ['tensor', 'float[2]', 't', [1, 2]]],
    ['a = float[1] "t/1" {1}', ['tensor', 'float[1]', 't/1', [1]]],
    ['a = float[2] t', ['tensor', 'float[2]', 't', undefined]],
    ['a = float[2] t ["location": "w.bin"]', ['tensor', 'float[2]', 't', 'external']],
    [
      'a: tensors = [float {1}, int64[0] {}]',
      [
        ['tensor', 'float', undefined, [1]],
        ['tensor', 'int64[0]', undefined, []],
      ],
    ],
    ['a = g (x) => (y) { y = Neg (x) }', ['graph', 'g', ['Neg']]],
    ['a = g => (y) {}', ['graph', 'g', []]],
    ['a = "my graph" (float x) => (y) { y = Neg (x) }', ['graph', 'my graph', ['Neg']]],
    ['a = inf1 (x) => (y) {}', ['graph', 'inf1', []]],
    [
      'a: graphs = [g () => (y) {}, h () => (y) {}]',
      [
        ['graph', 'g', []],
        ['graph', 'h', []],
      ],
    ],
  ] as const) {
    test(text, () => {
      assert.deepEqual(plain(attributeOf(text)), expected);
    });
  }

  test('may be a sparse tensor', () => {
    const value = attributeOf('a = sparse_tensor(float[3,4]) {float[2] {1, 2}, int64[2] {0, 5}}');
    assert.ok(value.kind === 'sparse-tensor');
    assert.equal(shown(value.value.type), 'sparse_tensor(float[3,4])');
    assert.equal(shown(value.value.values.type), 'float[2]');
    assert.equal(shown(value.value.indices.type), 'int64[2]');
  });
});

describe('a type', () => {
  for (const [text, expected = text] of [
    ['float'],
    ['float[]'],
    ['float[2,N,?]'],
    ['float[ 2 , "a b" ]', 'float[2,a b]'],
    ['float[-1]'],
    ['seq(optional(float[2]))'],
    ['map(int64,seq(string))'],
    ['sparse_tensor(float[2])'],
    ['opaque()'],
    ['opaque(Name)'],
    ['opaque(a.b.Name)'],
    ['opaque(a.b,Name)'],
    ['undefined[2]'],
    ['data_type_99'],
  ] as const) {
    test(text, () => {
      const tree = parseWithoutProblems(`g (${text} x) => (y) {}`);
      const signature = tree.segments[0];
      assert.ok(signature?.kind === 'graph-signature');
      assert.equal(shown(signature.inputs[0]?.type), expected);
      assert.equal(signature.inputs[0]?.name.name, 'x');
    });
  }

  test('is every element type of ONNX', () => {
    const types =
      'float uint8 int8 uint16 int16 int32 int64 string bool float16 double uint32 uint64 complex64 complex128 ' +
      'bfloat16 float8e4m3fn float8e4m3fnuz float8e5m2 float8e5m2fnuz float8e8m0 uint4 int4 float4e2m1 uint2 int2 ' +
      'float6e2m3 float6e3m2';
    for (const type of types.split(' ')) {
      parseWithoutProblems(`g (${type}[1] x) => (${type}[] y) <${type}[0] w = {}> {}`);
    }
  });
});

describe('a value list', () => {
  test('holds initializers, external ones and value infos, with or without a type', () => {
    const tree = parseWithoutProblems(
      'g (float[1] x = {3}) => (y) <float[2] w = {1, -2.5}, float[9] e = ["location": "w", "offset": "8"], ' +
        'int64 n, bare, "quoted name", float[2] none =, float16[1] h = {15360}> {}',
    );
    const kinds = valuesOf(tree).map(({ name, type, data }) => [name.name, shown(type), data?.kind]);
    assert.deepEqual(kinds, [
      ['w', 'float[2]', 'values'],
      ['e', 'float[9]', 'external'],
      ['n', 'int64', undefined],
      ['bare', 'none', undefined],
      ['quoted name', 'none', undefined],
      ['none', 'float[2]', 'values'],
      ['h', 'float16[1]', 'values'],
    ]);
  });

  test('may be empty', () => {
    parseWithoutProblems('g () => () <> {}');
    parseWithoutProblems('g => () {}');
    parseWithoutProblems('g () => () {} f () => () <> {}');
  });

  for (const [type, text, expected] of [
    ['float', '{1, 2.5, -inf, nan, 1e-50}', [1, 2.5, -Infinity, Number.NaN, 1e-50]],
    ['int64', '{9223372036854775807, -1}', [9223372036854775807n, -1]],
    ['uint64', '{18446744073709551615, -1}', [18446744073709551615n, 18446744073709551615n]],
    ['int8', '{-1, 300}', [-1, 300]],
    ['string', '{"a", "b\\"c"}', ['a', 'b"c']],
    ['double', '{1e300}', [1e300]],
    ['bool', '{0, 1}', [0, 1]],
    ['complex64', '{1, 2}', [1, 2]],
  ] as const) {
    test(`reads elements of ${type}: ${text}`, () => {
      const data = valuesOf(parseWithoutProblems(`g () => () <${type}[2] w = ${text}> {}`))[0]?.data;
      assert.ok(data?.kind === 'values');
      assert.deepEqual(data.elements, expected);
    });
  }
});

describe('a document', () => {
  test('has a header, a graph and functions, each with its parts', () => {
    const tree = parseWithoutProblems(modelWithFunctions);
    assert.equal(tree.header, 0);
    const header = tree.segments[0];
    assert.ok(header?.kind === 'model-header');
    assert.deepEqual(
      header.entries.map(({ key, value }) => [key.name, value.kind]),
      [
        ['ir_version', 'integer'],
        ['opset_import', 'opset-imports'],
        ['producer_name', 'string'],
        ['doc_string', 'string'],
        ['metadata_props', 'metadata'],
      ],
    );
    assert.deepEqual(
      tree.declarations.map(({ kind, signature, values, nodes }) => {
        const segment = tree.segments[signature];
        const name = segment && 'name' in segment ? segment.name.name : '';
        return [kind, name, values.to - values.from, nodes.to - nodes.from];
      }),
      [
        ['graph', 'classifier', 8, 6],
        ['function', 'finish', 1, 2],
        ['function', 'other one', 0, 1],
      ],
    );
    const [graph] = tree.declarations;
    assert.equal(modelWithFunctions.slice(0, graph?.end).split('\n').at(-1), '}');
  });

  test('has attribute parameters, with and without defaults, in function signatures', () => {
    const tree = parseWithoutProblems(modelWithFunctions);
    const signature = tree.segments.find((segment) => segment.kind === 'function-signature');
    assert.ok(signature?.kind === 'function-signature');
    assert.deepEqual(names(signature.attributeParameters), ['alpha']);
    assert.deepEqual(
      signature.attributeDefaults.map(({ name, type, value }) => [name.name, type?.name, plain(value)]),
      [
        ['beta', 'float', ['float', 0.5]],
        ['mode', 'string', ['string', 'a']],
      ],
    );
    assert.deepEqual(
      signature.inputs.map(({ name, type }) => [name.name, shown(type)]),
      [
        ['h', 'none'],
        ['bias', 'float[2]'],
      ],
    );
  });

  test('may be without header, line breaks and blanks', () => {
    const tree = parseWithoutProblems('g(x)=>(y){a=A(x)b=B(a)"y"=C(b)}f<p,q=1>(x)=>(y){y=D(x)}');
    assert.equal(tree.header, undefined);
    assert.deepEqual(
      nodesOf(tree).map((node) => node.operator.name),
      ['A', 'B', 'C', 'D'],
    );
  });

  test('may have comments wherever blanks may be', () => {
    const spaced =
      'g # a\n( # b\nx # c\n) # d\n=> # e\n( y ) # f\n{ # "\n[ # g\nn ] # h\ny # i\n= # j\nA # k\n( # l\nx # m\n) # n\n} # }';
    assert.equal(nodesOf(parseWithoutProblems(spaced)).length, 1);
  });

  test('may end its lines with carriage returns', () => {
    parseWithoutProblems(modelWithFunctions.replaceAll('\n', '\r\n'));
  });
});
