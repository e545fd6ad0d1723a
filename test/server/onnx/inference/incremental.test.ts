import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatDim, formatType } from '../../../../server/src/onnx/inference/format.ts';
import {
  type Inference,
  type InferenceScope,
  inferModel,
} from '../../../../server/src/onnx/inference/infer.ts';
import type { Graph, Model, Node, Tensor, ValueInfo } from '../../../../server/src/onnx/model/model.ts';
import { context, modelFrom, problemsOf, typeIn } from './support.ts';

/** All that is known, as text. */
function everything(inference: Inference): string {
  const { graph } = inference.model;
  const lines: string[] = [];
  const names = new Set([...(graph?.inputs ?? []), ...(graph?.initializers ?? [])].map(({ name }) => name));
  for (const node of graph?.nodes ?? [])
    for (const name of [...node.inputs, ...node.outputs]) names.add(name);
  const add = (scope: InferenceScope, where: string, name: string) => {
    const value = inference.value(scope, name);
    lines.push(`${where}${name}: ${formatType(value?.type)} ${value?.data?.map(formatDim).join(' ') ?? ''}`);
  };
  for (const name of names) add(inference.root, '', name);
  for (const [index, node] of (graph?.nodes ?? []).entries()) {
    for (const attribute of node.attributes) {
      if (attribute.type !== 'graph') continue;
      const scope = inference.inside(inference.root, node, attribute.name);
      assert.ok(scope, `${node.operator} ${attribute.name}`);
      for (const inner of attribute.value.nodes)
        for (const name of inner.outputs) add(scope, `${index}/`, name);
    }
  }
  return [...lines, ...problemsOf(inference).sort()].join('\n');
}

function withGraph(model: Model, change: (graph: Graph) => Partial<Graph>): Model {
  assert.ok(model.graph);
  return { ...model, graph: { ...model.graph, ...change(model.graph) } };
}

/** Counts how often a node is looked at: rules ask for nodes' inputs. */
function counted(model: Model): { model: Model; lookedAt: () => string[] } {
  const seen = new Set<string>();
  const nodes = model.graph?.nodes.map((node) => {
    const { attributes } = node;
    return Object.defineProperty({ ...node }, 'attributes', {
      get: () => {
        seen.add(node.outputs[0] ?? '');
        return attributes;
      },
      enumerable: true,
    });
  });
  return {
    model: withGraph(model, () => ({ nodes: nodes ?? [] })),
    lookedAt: () => {
      const names = [...seen].sort();
      seen.clear();
      return names;
    },
  };
}

describe('inference after an edit', () => {
  const text = `g (float[N, 4] x, float[N, 4] z) => (float[] y) <float[4] bias = {0, 0, 0, 0}> {
    a = Relu (x)
    b = Add (a, bias)
    c = Sigmoid (z)
    d = Tanh (c)
    y = Mul (b, d)
  }`;

  test('computes only what depends on it', () => {
    const { model, lookedAt } = counted(modelFrom(text));
    const before = inferModel(model, context);
    assert.deepEqual(lookedAt(), ['a', 'b', 'c', 'd', 'y']);
    const [, second] = model.graph?.nodes ?? [];
    assert.ok(second);
    const renamed = withGraph(model, ({ nodes }) => ({ nodes: nodes.with(1, { ...second, name: 'here' }) }));
    lookedAt();
    const same = inferModel(renamed, context, before);
    assert.deepEqual(lookedAt(), []);
    const widened = withGraph(renamed, ({ nodes }) => ({
      nodes: nodes.with(1, { ...second, operator: 'Transpose', inputs: ['a'] }),
    }));
    lookedAt();
    const after = inferModel(widened, context, same);
    assert.deepEqual(lookedAt(), ['y']);
    assert.equal(typeIn(after, 'b'), 'float[4, N]');
    // What was before the edit still says what it said.
    assert.equal(typeIn(before, 'b'), 'float[N, 4]');
  });

  test('sees changed inputs, initializers and declarations', () => {
    const first = inferModel(modelFrom(text), context);
    const other = modelFrom(text.replace('float[N, 4] z', 'float[N, 5] z'));
    const changed = withGraph(first.model, ({ inputs }) => ({
      inputs: [...inputs.slice(0, 1), ...(other.graph?.inputs.slice(1) ?? [])],
    }));
    const second = inferModel(changed, context, first);
    assert.equal(typeIn(second, 'd'), 'float[N, 5]');
    assert.equal(problemsOf(second).length, 1);
    assert.equal(problemsOf(inferModel(first.model, context, second)).length, 0);
    const declared = modelFrom(text.replace('float[4] bias', 'float[N, 4] c, float[4] bias'));
    const third = inferModel(
      { ...declared, graph: { ...declared.graph, nodes: changed.graph?.nodes ?? [] } as Graph },
      context,
      second,
    );
    assert.equal(everything(third), everything(inferModel(third.model, context)));
  });

  test('sees changed functions', () => {
    const source = (operator: string) =>
      modelFrom(`g (float[N, 4] x) => (float[] y) { y = local.f (x) }
        <opset_import: ["" : 21], domain: "local"> f (x) => (y) { y = ${operator} (x) }`);
    const model = source('Relu');
    const before = inferModel(model, context);
    const after = inferModel({ ...model, functions: source('Transpose').functions }, context, before);
    assert.equal(typeIn(before, 'y'), 'float[N, 4]');
    assert.equal(typeIn(after, 'y'), 'float[4, N]');
    assert.equal(typeIn(inferModel({ ...model, functions: [] }, context, after), 'y'), 'float[]');
  });

  test('comes to the same as inference anew, whatever the edits', () => {
    for (let seed = 1; seed <= 16; seed++) {
      const editor = randomEditor(seed);
      let inference = inferModel(editor.model(), context);
      for (let edit = 0; edit < 60; edit++) {
        const what = editor.edit();
        inference = inferModel(editor.model(), context, inference);
        assert.equal(
          everything(inference),
          everything(inferModel(editor.model(), context)),
          `seed ${seed}, edit ${edit}: ${what}`,
        );
      }
    }
  });
});

/** Makes a model of few names, so that edits make uses before definition and double definitions, and edits it at random. */
function randomEditor(seed: number): { model: () => Model; edit: () => string } {
  let state = seed * 7919;
  const random = (below: number) => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
  const pick = <Element>(list: readonly Element[]): Element => list[random(list.length)] as Element;
  const names = Array.from({ length: 12 }, (_, index) => `v${index}`);
  const nothing = { metadata: [] };
  const valueInfo = (name: string): ValueInfo => ({
    name,
    type: {
      kind: 'tensor',
      elementType: 1,
      shape: [
        { kind: 'parameter', name: pick(['N', 'M']) },
        { kind: 'value', value: 1 + random(3) },
      ],
    },
    ...nothing,
  });
  const tensor = (name: string): Tensor => ({
    name,
    dataType: 7,
    dims: [2],
    data: { kind: 'raw', bytes: new Uint8Array(new BigInt64Array([BigInt(random(2)), -1n]).buffer) },
    ...nothing,
  });
  const node = (depth = 0): Node => {
    const operator = pick([
      'Relu',
      'Add',
      'Concat',
      'Transpose',
      'NonZero',
      'Shape',
      'Reshape',
      'Split',
      'If',
      'f',
    ]);
    const inputs = [pick(names), pick(names)].slice(0, /Add|Concat|Reshape/.test(operator) ? 2 : 1);
    const attributes: Node['attributes'] =
      operator === 'Concat'
        ? [{ name: 'axis', type: 'int', value: random(2) }]
        : operator === 'If'
          ? ['then_branch', 'else_branch'].map(
              (name) => ({ name, type: 'graph', value: body(depth) }) as const,
            )
          : [];
    const outputs = operator === 'Split' ? [pick(names), pick(names)] : [pick(names)];
    return { inputs, outputs, operator, domain: operator === 'f' ? 'local' : '', attributes, ...nothing };
  };
  const body = (depth: number): Graph => {
    const inner = Array.from({ length: 2 }, () => node(depth + 1)).filter(
      ({ operator }) => operator !== 'If',
    );
    const output = pick(names);
    return {
      name: 'b',
      nodes: inner,
      initializers: [],
      inputs: [],
      outputs: [{ name: output, ...nothing }],
      valueInfos: [],
      ...nothing,
    };
  };
  const definition = () => ({
    name: 'f',
    domain: 'local',
    inputs: ['x'],
    outputs: ['y'],
    attributes: [],
    attributeDefaults: [],
    nodes: [
      {
        inputs: ['x'],
        outputs: ['y'],
        operator: pick(['Relu', 'Transpose', 'NonZero']),
        domain: '',
        attributes: [],
        ...nothing,
      },
    ],
    opsetImports: [{ domain: '', version: 21 }],
    valueInfos: [],
    ...nothing,
  });
  let graph: Graph = {
    name: 'g',
    inputs: names.slice(0, 3).map(valueInfo),
    initializers: names.slice(2, 5).map(tensor),
    nodes: Array.from({ length: 20 }, () => node()),
    outputs: [{ name: pick(names), ...nothing }],
    valueInfos: [],
    ...nothing,
  };
  let functions = [definition()];
  const change = (part: Partial<Graph>) => {
    graph = { ...graph, ...part };
  };
  const edits: Readonly<Record<string, () => void>> = {
    replace: () => change({ nodes: graph.nodes.with(random(graph.nodes.length), node()) }),
    insert: () => change({ nodes: graph.nodes.toSpliced(random(graph.nodes.length + 1), 0, node()) }),
    remove: () =>
      graph.nodes.length > 3 && change({ nodes: graph.nodes.toSpliced(random(graph.nodes.length), 1) }),
    move: () => {
      const from = random(graph.nodes.length);
      const moved = graph.nodes.slice(from, from + 1);
      change({ nodes: graph.nodes.toSpliced(from, 1).toSpliced(random(graph.nodes.length), 0, ...moved) });
    },
    'move as new': () => {
      const from = random(graph.nodes.length);
      const moved = { ...graph.nodes[from] } as Node;
      change({ nodes: graph.nodes.toSpliced(from, 1).toSpliced(random(graph.nodes.length), 0, moved) });
    },
    'replace two': () => {
      const [a, b] = [random(graph.nodes.length), random(graph.nodes.length)];
      const same = { ...graph.nodes[b] } as Node;
      change({ nodes: graph.nodes.with(a, node()).with(b, random(2) === 0 ? same : node()) });
    },
    input: () => change({ inputs: graph.inputs.toSpliced(random(3), 1, valueInfo(pick(names))) }),
    initializer: () =>
      change({ initializers: graph.initializers.toSpliced(random(3), 1, tensor(pick(names))) }),
    declare: () => change({ valueInfos: graph.valueInfos.concat(valueInfo(pick(names))) }),
    forget: () => change({ valueInfos: graph.valueInfos.slice(1) }),
    function: () => {
      functions = [definition()];
    },
  };
  return {
    model: () => ({ opsetImports: [{ domain: '', version: 21 }], graph, metadata: [], functions }),
    edit: () => {
      const name = pick(Object.keys(edits));
      edits[name]?.();
      return name;
    },
  };
}
