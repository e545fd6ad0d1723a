import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Annotation } from '../../../../../server/src/onnx/text/syntax-tree.ts';
import { nodesOf, parseWithoutProblems, valuesOf } from './support.ts';

function plain(annotations: readonly Annotation[] | undefined): unknown[] {
  return (annotations ?? []).map(({ key, value }) =>
    'value' in value
      ? [key, value.value]
      : 'values' in value
        ? [key, value.values]
        : 'entries' in value
          ? [key, value.entries]
          : [key],
  );
}

describe('an annotation', () => {
  test('belongs to the outermost construct that begins behind it', () => {
    const tree = parseWithoutProblems(`
#@ on: "model"
<ir_version: 8>
#@ on: "graph"
g (
  #@ on: "input"
  float x
) => (
  #@ on: "output"
  y
)
<
  #@ on: "initializer"
  float[1] w = {1},
  #@ on: "value info"
  h
>
{
  #@ on: "node"
  [n] y = Foo <
    #@ on: "attribute"
    a =
      #@ on: "tensor"
      float[1] {1},
    b = [
      #@ on: "first graph"
      body (
        #@ on: "input of a graph"
        i
      ) => (o) {
        #@ on: "inner node"
        o = Bar (i)
      }
    ]
  > (x)
}
#@ on: "function"
<domain: "d">
#@ on: "function, too"
f (x) => (y) {}
`);
    const [header, graph] = tree.segments;
    assert.deepEqual(plain(header?.annotations), [['on', 'model']]);
    assert.deepEqual(plain(graph?.annotations), [['on', 'graph']]);
    assert.ok(graph?.kind === 'graph-signature');
    assert.deepEqual(plain(graph.inputs[0]?.annotations), [['on', 'input']]);
    assert.deepEqual(plain(graph.outputs[0]?.annotations), [['on', 'output']]);
    assert.deepEqual(
      valuesOf(tree).map(({ annotations }) => plain(annotations)),
      [[['on', 'initializer']], [['on', 'value info']]],
    );
    const node = nodesOf(tree)[0];
    assert.deepEqual(plain(node?.annotations), [['on', 'node']]);
    const [tensor, list] = node?.attributes ?? [];
    assert.deepEqual(plain(tensor?.annotations), [['on', 'attribute']]);
    assert.ok(tensor?.value.kind === 'tensor' && list?.value.kind === 'list');
    assert.deepEqual(plain(tensor.value.value.annotations), [['on', 'tensor']]);
    const inner = list.value.elements[0];
    assert.ok(inner?.kind === 'graph');
    assert.deepEqual(plain(inner.value.annotations), [['on', 'first graph']]);
    assert.deepEqual(plain(inner.value.inputs[0]?.annotations), [['on', 'input of a graph']]);
    assert.deepEqual(plain(inner.value.nodes[0]?.annotations), [['on', 'inner node']]);
    assert.deepEqual(plain(tree.segments.at(-1)?.annotations), [
      ['on', 'function'],
      ['on', 'function, too'],
    ]);
  });

  for (const [text, expected] of [
    ['raw_data', ['raw_data']],
    ['version: 3', ['version', 3]],
    ['scale: -1.5e-3', ['scale', -1.5e-3]],
    ['doc_string: "a \\"b\\"\\n\\u00e9"', ['doc_string', 'a "b"\né']],
    ['names: []', ['names', []]],
    ['names: ["a", "b]"]', ['names', ['a', 'b]']]],
    [
      'metadata_props: ["k" : "v", "": ""]',
      [
        'metadata_props',
        [
          { key: 'k', value: 'v' },
          { key: '', value: '' },
        ],
      ],
    ],
  ] as const) {
    test(`has a value: ${text}`, () => {
      const tree = parseWithoutProblems(`#@ ${text}\ng () => () {}`);
      assert.deepEqual(plain(tree.segments[0]?.annotations), [expected]);
    });
  }

  test('is any number of lines, with comments and empty lines between them', () => {
    const tree = parseWithoutProblems('g () => () {\n#@ a: 1\n# comment\n\n#@ b: 2 \r\n y = A () }');
    assert.deepEqual(plain(nodesOf(tree)[0]?.annotations), [
      ['a', 1],
      ['b', 2],
    ]);
  });

  test('begins its statement', () => {
    const text = 'g () => () {\n  #@ a: 1\n  y = A ()\n}';
    const tree = parseWithoutProblems(text);
    const start = tree.starts[1] ?? 0;
    assert.equal(text.slice(start, start + (tree.segments[1]?.end ?? 0)), '#@ a: 1\n  y = A ()');
    assert.equal(text.slice(start, start + (tree.segments[1]?.annotations[0]?.end ?? 0)), '#@ a: 1');
  });

  for (const comment of ['#@title Colab', '#@', '#@ ', '#@ 1', '#@: x', '# @ raw_data', '## raw_data']) {
    test(`is not a comment of another kind: ${comment}`, () => {
      const tree = parseWithoutProblems(`g () => () {\n${comment}\n y = A () ${comment}\n }`);
      assert.deepEqual(nodesOf(tree)[0]?.annotations, []);
    });
  }
});
