import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inferModel } from '../../../../server/src/onnx/inference/infer.ts';
import type {
  Attribute,
  Graph,
  Model,
  Node,
  Tensor,
  Type,
  ValueInfo,
} from '../../../../server/src/onnx/model/model.ts';
import { knownDomains, operatorsOf, versionsOf } from '../../../../server/src/onnx/operators/table.ts';
import { context, problemsOf, typeIn } from './support.ts';

const nothing = { metadata: [] };

function graphOf(nodes: readonly Node[], parts: Partial<Graph> = {}): Graph {
  return {
    name: 'g',
    nodes,
    initializers: [],
    inputs: [],
    outputs: [],
    valueInfos: [],
    ...nothing,
    ...parts,
  };
}

function modelOf(graph: Graph, opset = 21): Model {
  const opsetImports = [
    { domain: '', version: opset },
    { domain: 'ai.onnx.ml', version: 5 },
    { domain: 'ai.onnx.preview', version: 1 },
    { domain: 'ai.onnx.preview.training', version: 1 },
  ];
  return { opsetImports, graph, functions: [], ...nothing };
}

function nodeOf(
  operator: string,
  inputs: string[],
  outputs: string[],
  attributes: Attribute[] = [],
  domain = '',
): Node {
  return { operator, inputs, outputs, attributes, domain, ...nothing };
}

function inputOf(name: string, type: Type): ValueInfo {
  return { name, type, ...nothing };
}

function floats(...dims: readonly (number | bigint | string)[]): Type {
  return {
    kind: 'tensor',
    elementType: 1,
    shape: dims.map((dim) =>
      typeof dim === 'string' ? { kind: 'parameter', name: dim } : { kind: 'value', value: dim },
    ),
  };
}

describe('hostile models', () => {
  test('cycles, undefined names and double definitions', () => {
    const nodes = [
      nodeOf('Add', ['a', 'b'], ['c']),
      nodeOf('Relu', ['c'], ['a']),
      nodeOf('Relu', ['nowhere'], ['a']),
      nodeOf('Relu', ['x'], ['x']),
      nodeOf('Relu', ['x'], ['']),
      nodeOf('Relu', ['z'], ['z']),
    ];
    const inference = inferModel(modelOf(graphOf(nodes, { inputs: [inputOf('x', floats(2))] })), context);
    assert.equal(typeIn(inference, 'x'), 'float[2]');
    assert.deepEqual(problemsOf(inference), []);
  });

  test('huge, negative and unreadable dims', () => {
    const huge = inputOf('x', floats(2n ** 62n, 2 ** 52, -5));
    const nodes = [
      nodeOf('Flatten', ['x'], ['y'], [{ name: 'axis', type: 'int', value: 0 }]),
      nodeOf('Concat', ['x', 'x'], ['z'], [{ name: 'axis', type: 'int', value: 2n ** 62n }]),
      nodeOf('Size', ['x'], ['s']),
      nodeOf('Tile', ['x', 's'], ['t']),
      nodeOf('Range', ['zero', 'many', 'zero'], ['r']),
      nodeOf('ConstantOfShape', ['many'], ['o']),
      nodeOf('Split', ['x'], ['p'], [{ name: 'num_outputs', type: 'int', value: 2 ** 50 }]),
    ];
    const many: Tensor = {
      name: 'many',
      dataType: 7,
      dims: [],
      data: { kind: 'raw', bytes: new Uint8Array(new BigInt64Array([2n ** 60n]).buffer) },
      ...nothing,
    };
    const zero = { ...many, name: 'zero', data: { kind: 'none' } } as const;
    const torn = { ...many, name: 's2', data: { kind: 'raw', bytes: new Uint8Array(3) } } as const;
    const graph = graphOf(nodes, { inputs: [huge], initializers: [many, zero, torn] });
    const inference = inferModel(modelOf(graph), context);
    assert.equal(typeIn(inference, 'y'), `float[1, ${2 ** 52}*?*?]`);
    assert.equal(typeIn(inference, 'x'), `float[?, ${2 ** 52}, ?]`);
  });

  test('bytes that cannot be read make a constant unknown', () => {
    const shape: Tensor = {
      name: 's',
      dataType: 7,
      dims: [2],
      data: { kind: 'raw', bytes: { path: '/gone', offset: 0, length: 16 } },
      ...nothing,
    };
    const graph = graphOf([nodeOf('Reshape', ['x', 's'], ['y']), nodeOf('Relu', ['y'], ['z'])], {
      inputs: [inputOf('x', floats('N'))],
      initializers: [shape],
    });
    const inference = inferModel(modelOf(graph), {
      readBytes: () => {
        throw new Error('The file is gone.');
      },
    });
    assert.equal(typeIn(inference, 'z'), 'float[?, ?]');
  });

  test('graphs nested a thousand deep, and types as deep', () => {
    let graph = graphOf([nodeOf('Relu', ['x'], ['y'])], { outputs: [{ name: 'y', ...nothing }] });
    let type: Type = floats(1);
    for (let depth = 0; depth < 1000; depth++) {
      const attribute: Attribute = { name: 'body', type: 'graph', value: graph };
      graph = graphOf([nodeOf('Loop', ['', '', 'x'], ['y'], [attribute])], {
        outputs: [{ name: 'y', ...nothing }],
      });
      type = { kind: 'sequence', element: type };
    }
    const inference = inferModel(modelOf({ ...graph, inputs: [inputOf('x', type)] }), context);
    assert.ok(problemsOf(inference).some((problem) => problem.startsWith('onnx.inference-limit')));
  });

  test('expressions do not grow without end', () => {
    const nodes = Array.from({ length: 3000 }, (_, index) =>
      nodeOf(
        index % 2 === 0 ? 'MatMul' : 'Concat',
        [`v${index}`, `v${Math.max(0, index - 1)}`],
        [`v${index + 1}`],
        [{ name: 'axis', type: 'int', value: 0 }],
      ),
    );
    const start = performance.now();
    inferModel(modelOf(graphOf(nodes, { inputs: [inputOf('v0', floats('N', 'M'))] })), context).problems();
    assert.ok(performance.now() - start < 5000);
  });

  test('any operator with any inputs and attributes', () => {
    let state = 11;
    const random = (below: number) => {
      state = (state * 1103515245 + 12345) % 2 ** 31;
      return Math.floor((state / 2 ** 31) * below);
    };
    const pick = <Element>(list: readonly Element[]): Element => list[random(list.length)] as Element;
    const ints = [0, 1, -1, 2, 3, 7, -9, 2 ** 31, 2n ** 63n - 1n];
    const inputs: ValueInfo[] = [];
    for (const elementType of [1, 6, 7, 8, 9]) {
      for (const dims of [[], [0], [3], ['N'], [1, 'N'], [2, 3, 4], ['N', 3, 'H', 'W'], [1, 1, 5, 5, 5]]) {
        const type = floats(...(dims as (number | string)[]));
        inputs.push(inputOf(`i${inputs.length}`, { ...type, elementType } as Type));
        inputs.push(
          inputOf(`i${inputs.length}`, { kind: 'sequence', element: { ...type, elementType } as Type }),
        );
        inputs.push(
          inputOf(`i${inputs.length}`, { kind: 'optional', element: { ...type, elementType } as Type }),
        );
      }
      inputs.push(inputOf(`i${inputs.length}`, { kind: 'tensor', elementType } as Type));
    }
    const initializers = Array.from({ length: 20 }, (_, index): Tensor => {
      const length = random(6);
      const bytes = new Uint8Array(BigInt64Array.from({ length }, () => BigInt(pick(ints))).buffer);
      const dims = random(4) === 0 && length === 1 ? [] : [length];
      return { name: `c${index}`, dataType: 7, dims, data: { kind: 'raw', bytes }, ...nothing };
    });
    const names = [
      '',
      'undefined',
      ...inputs.map(({ name }) => name),
      ...initializers.map(({ name }) => name),
    ];
    const body = graphOf([nodeOf('Add', ['p', pick(names)], ['q'])], {
      inputs: [{ name: 'p', ...nothing }],
      outputs: [
        { name: 'q', ...nothing },
        { name: 'p', ...nothing },
      ],
    });
    const attributeOf = (name: string): Attribute => {
      switch (random(7)) {
        case 0:
          return { name, type: 'int', value: pick(ints) };
        case 1:
        case 2:
          return { name, type: 'ints', value: Array.from({ length: random(7) }, () => pick(ints)) };
        case 3:
          return {
            name,
            type: 'string',
            value: pick(['SAME_UPPER', 'VALID', 'i,j->ij', '...a,b...->...', '', 'none', '->']),
          };
        case 4:
          return { name, type: 'float', value: pick([0, Number.NaN, 1.5, -1]) };
        case 5:
          return { name, type: 'tensor', value: initializers[random(20)] as Tensor };
        default:
          return { name, type: 'graph', value: body };
      }
    };
    let seen = 0;
    for (const domain of knownDomains()) {
      for (const { name } of operatorsOf(domain, 1000)) {
        for (const schema of versionsOf(domain, name)) {
          const attributes = [...schema.attributes.keys()];
          const nodes = Array.from({ length: 60 }, (_, index) => {
            const given = Array.from({ length: random(schema.inputs.length + 2) }, () => pick(names));
            const outputs = Array.from(
              { length: 1 + random(schema.outputs.length + 1) },
              (_, at) => `o${index}.${at}`,
            );
            const chosen = attributes.filter(() => random(3) > 0).map(attributeOf);
            return nodeOf(name, given, outputs, chosen, domain);
          });
          const model = modelOf(
            graphOf(nodes, { inputs, initializers }),
            domain === '' ? schema.sinceVersion : 21,
          );
          const failures = problemsOf(inferModel(model, context)).filter((p) =>
            p.startsWith('onnx.inference-failed'),
          );
          assert.deepEqual(failures, [], `${name} ${schema.sinceVersion}`);
          seen++;
        }
      }
    }
    assert.ok(seen > 600);
  });
});
