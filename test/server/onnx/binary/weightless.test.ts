import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { readModel } from '../../../../server/src/onnx/binary/reader.ts';
import { type WeightlessOptions, weightless } from '../../../../server/src/onnx/binary/weightless.ts';
import { dataTypeOfName } from '../../../../server/src/onnx/model/data-types.ts';
import type {
  Attribute,
  FunctionDefinition,
  Graph,
  Model,
  Node,
  Tensor,
  TensorData,
} from '../../../../server/src/onnx/model/model.ts';
import { memoryFiles } from './support/memory-files.ts';
import { memorySource } from './support/wire.ts';

const folder = path.resolve('/project/models');
const file = path.join(folder, 'model.onnx');
const gigabyte = 2 ** 30;

function tensor(name: string, type: string, dims: readonly number[], data: TensorData): Tensor {
  return { name, dataType: dataTypeOfName(type)?.number ?? 0, dims, data, metadata: [] };
}

function raw(
  name: string,
  type: string,
  dims: readonly number[],
  offset: number,
  length: number,
  at = file,
): Tensor {
  return tensor(name, type, dims, { kind: 'raw', bytes: { path: at, offset, length } });
}

function external(
  name: string,
  type: string,
  dims: readonly number[],
  entries: Readonly<Record<string, string>>,
): Tensor {
  return tensor(name, type, dims, {
    kind: 'external',
    entries: Object.entries(entries).map(([key, value]) => ({ key, value })),
  });
}

function node(
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  more: Partial<Node> = {},
): Node {
  return { inputs, outputs, operator, domain: '', attributes: [], metadata: [], ...more };
}

const emptyGraph: Graph = {
  name: 'g',
  nodes: [],
  initializers: [],
  inputs: [],
  outputs: [],
  valueInfos: [],
  metadata: [],
};

function modelOf(graph: Partial<Graph>, functions: readonly FunctionDefinition[] = []): Model {
  return { opsetImports: [], metadata: [], functions, graph: { ...emptyGraph, ...graph } };
}

/** A model file of a gigabyte, and an external one of a kilobyte, unless the test says otherwise. */
const usualFiles = { [file]: gigabyte, [path.join(folder, 'w.bin')]: 1024 };

function strip(model: Model, options: Partial<WeightlessOptions> = {}) {
  const files = memoryFiles(usualFiles);
  const stripped = weightless(model, { files, modelDirectory: folder, loadsInitializers: true, ...options });
  return { ...stripped, model: readModel(memorySource(stripped.bytes)), files };
}

function entriesOf(found: Tensor | undefined): { location?: string; offset?: string } | undefined {
  if (found?.data.kind !== 'external') return undefined;
  return Object.fromEntries(found.data.entries.map(({ key, value }) => [key, value]));
}

describe('weights are referred to where they are', () => {
  test('a gigabyte inside the model becomes external data in the model file itself, and is not read', () => {
    const { model, externalDataDirectory, files, ...rest } = strip(
      modelOf({ initializers: [raw('w', 'float', [1000, 1000], 54, 4_000_000)] }),
    );
    assert.deepEqual(entriesOf(model.graph?.initializers[0]), {
      location: 'model.onnx',
      offset: '54',
      length: '4000000',
    });
    assert.equal(externalDataDirectory, folder);
    assert.deepEqual(rest.referencedFiles, [file]);
    assert.deepEqual(rest.zeroInitializers, []);
    assert.deepEqual(rest.problems, []);
    assert.ok(rest.bytes.length < 200);
    for (const source of files.opened) assert.equal('bytesRead' in source && source.bytesRead, 0);
  });

  test('wherever a tensor can stand: subgraphs, constants, functions', () => {
    const value: Attribute = { name: 'value', type: 'tensor', value: raw('', 'float16', [1000], 0, 2000) };
    const constant = node('Constant', [], ['c'], { attributes: [value] });
    const body: Graph = { ...emptyGraph, nodes: [constant], initializers: [raw('v', 'int8', [500], 0, 500)] };
    const branch: Attribute = { name: 'then_branch', type: 'graph', value: body };
    const definition: FunctionDefinition = {
      name: 'f',
      domain: 'local',
      inputs: [],
      outputs: ['c'],
      attributes: [],
      attributeDefaults: [value],
      nodes: [constant],
      opsetImports: [],
      valueInfos: [],
      metadata: [],
    };
    const { model } = strip(
      modelOf({ nodes: [node('If', ['x'], ['y'], { attributes: [branch] })] }, [definition]),
    );
    const [graph] = model.graph?.nodes[0]?.attributes ?? [];
    assert.ok(graph?.type === 'graph');
    assert.ok(entriesOf(graph.value.initializers[0]));
    const constants = [graph.value.nodes[0], model.functions[0]?.nodes[0]].map(
      (found) => found?.attributes[0],
    );
    for (const attribute of [...constants, model.functions[0]?.attributeDefaults[0]]) {
      assert.ok(attribute?.type === 'tensor');
      assert.ok(entriesOf(attribute.value));
    }
  });

  test('packed floats are stored as raw floats are', () => {
    const bytes = { path: file, offset: 10, length: 4000 };
    const typed = tensor('w', 'float', [1000], { kind: 'typed', field: 'float_data', bytes });
    assert.equal(
      entriesOf(strip(modelOf({ initializers: [typed] })).model.graph?.initializers[0])?.offset,
      '10',
    );
  });

  test('files in several folders are seen from the folder above them', () => {
    const other = path.resolve('/project/weights/deep/a.bin');
    const { model, externalDataDirectory } = strip(
      modelOf({ initializers: [raw('a', 'float', [100], 0, 400), raw('b', 'float', [100], 0, 400, other)] }),
      { files: memoryFiles({ ...usualFiles, [other]: 400 }) },
    );
    assert.equal(externalDataDirectory, path.resolve('/project'));
    assert.deepEqual(
      model.graph?.initializers.map((found) => entriesOf(found)?.location),
      ['models/model.onnx', 'weights/deep/a.bin'],
    );
  });

  test('external data stays what it is, checksum and all', () => {
    const entries = { location: 'w.bin', offset: '16', length: '400', checksum: 'abc' };
    const { model } = strip(modelOf({ initializers: [external('w', 'float', [100], entries)] }));
    assert.deepEqual(entriesOf(model.graph?.initializers[0]), entries);
  });

  test('types that TensorRT takes inside a model only are copied', () => {
    const { model } = strip(modelOf({ initializers: [raw('w', 'double', [1000], 0, 8000)] }));
    const [found] = model.graph?.initializers ?? [];
    assert.ok(found?.data.kind === 'raw');
    assert.equal(found.data.bytes.length, 8000);
  });

  test('training information of gigabytes is left out', () => {
    const training = { path: file, offset: 100, length: 500_000_000 };
    const head = Uint8Array.of(0xa2, 0x01, 0x80, 0xca, 0xb5, 0xee, 0x01);
    const { bytes } = strip({
      ...modelOf({}),
      otherFields: [head, training, Uint8Array.of(0xf8, 0x07, 0x01)],
    });
    // The unknown field behind it stays.
    assert.ok(Buffer.from(bytes).includes(Buffer.of(0xf8, 0x07, 0x01)));
    assert.ok(bytes.length < 20);
  });
});

describe('weights that no reference can say', () => {
  const varints = { path: file, offset: 0, length: 3_000_000 };
  const halfs = (name: string) =>
    tensor(name, 'float16', [1000, 1000], { kind: 'typed', field: 'int32_data', bytes: varints });

  test('are handed over as zeros where they are big, and copied where the parser takes none', () => {
    const model = modelOf({ nodes: [node('MatMul', ['x', 'w'], ['y'])], initializers: [halfs('w')] });
    const zero = strip(model);
    assert.deepEqual(zero.zeroInitializers, [{ name: 'w', byteLength: 2_000_000 }]);
    assert.equal(zero.model.graph?.initializers[0]?.data.kind, 'none');
    const copied = strip(model, { loadsInitializers: false });
    assert.deepEqual(copied.zeroInitializers, []);
    assert.ok(copied.bytes.length > 3_000_000);
  });

  test('are copied in subgraphs, where the parser does not find them by name', () => {
    const body: Graph = { ...emptyGraph, initializers: [halfs('w')] };
    const branch: Attribute = { name: 'then_branch', type: 'graph', value: body };
    const { zeroInitializers } = strip(
      modelOf({ nodes: [node('If', ['x'], ['y'], { attributes: [branch] })] }),
    );
    assert.deepEqual(zeroInitializers, []);
  });

  /** Whether `w` keeps its values. */
  const keeps = (nodes: readonly Node[], functions: readonly FunctionDefinition[] = []): boolean =>
    strip(modelOf({ nodes, initializers: [halfs('w')] }, functions)).zeroInitializers.length === 0;

  const functionOf = (
    name: string,
    inputs: readonly string[],
    nodes: readonly Node[],
  ): FunctionDefinition => ({
    name,
    domain: 'local',
    inputs,
    outputs: ['out'],
    attributes: [],
    attributeDefaults: [],
    nodes,
    opsetImports: [],
    valueInfos: [],
    metadata: [],
  });

  test('keep their values as scales and zero points', () => {
    assert.ok(keeps([node('DequantizeLinear', ['x', 'w'], ['y'])]));
    assert.ok(keeps([node('QuantizeLinear', ['x', 's', 'w'], ['y'])]));
    assert.ok(keeps([node('TRT_FP8QuantizeLinear', ['x', 'w'], ['y'], { domain: 'trt' })]));
    assert.ok(!keeps([node('QuantizeLinear', ['w', 's'], ['y'])]));
  });

  test('also by way of other nodes, subgraphs and functions', () => {
    assert.ok(
      keeps([
        node('Cast', ['w'], ['c']),
        node('Mul', ['c', 'k'], ['s']),
        node('QuantizeLinear', ['x', 's'], ['y']),
      ]),
    );
    const body: Graph = { ...emptyGraph, nodes: [node('QuantizeLinear', ['x', 'w'], ['y'])] };
    assert.ok(
      keeps([node('Loop', ['n'], ['y'], { attributes: [{ name: 'body', type: 'graph', value: body }] })]),
    );
    const inner = functionOf('inner', ['a', 'b'], [node('QuantizeLinear', ['a', 'b'], ['out'])]);
    const outer = functionOf(
      'outer',
      ['p', 'q'],
      [node('Identity', ['q'], ['r']), node('inner', ['p', 'r'], ['out'], { domain: 'local' })],
    );
    assert.ok(keeps([node('outer', ['x', 'w'], ['y'], { domain: 'local' })], [outer, inner]));
    assert.ok(!keeps([node('outer', ['w', 's'], ['y'], { domain: 'local' })], [outer, inner]));
  });

  test('functions that call each other for ever, or very deep, come to an end', () => {
    const endless = functionOf('f', ['a'], [node('f', ['a'], ['out'], { domain: 'local' })]);
    assert.ok(!keeps([node('f', ['w'], ['y'], { domain: 'local' })], [endless]));
    const chain = Array.from({ length: 20_000 }, (_, index) =>
      functionOf(`f${index}`, ['a'], [node(`f${index + 1}`, ['a'], ['out'], { domain: 'local' })]),
    );
    // When in doubt, keep.
    assert.ok(keeps([node('f0', ['w'], ['y'], { domain: 'local' })], chain));
  });
});

describe('weights that cannot be found are reported, and the rest can be judged', () => {
  const problemOf = (initializer: Tensor) => {
    const stripped = strip(modelOf({ initializers: [initializer] }));
    assert.equal(stripped.problems.length, 1);
    return { ...stripped, problem: stripped.problems[0] };
  };

  test('a missing file', () => {
    const { problem, zeroInitializers } = problemOf(external('w', 'float', [1000], { location: 'gone.bin' }));
    const gone = path.join(folder, 'gone.bin');
    assert.deepEqual(problem, {
      code: 'unreadable-file',
      tensor: 'w',
      entries: [{ key: 'location', value: 'gone.bin' }],
      wrongEntry: 'location',
      file: gone,
      message: `The tensor "w" cannot be read: ${gone} does not exist.`,
    });
    assert.deepEqual(zeroInitializers, [{ name: 'w', byteLength: 4000 }]);
  });

  test('a small one is not handed over as zeros, as its values may matter', () => {
    const { zeroInitializers } = problemOf(external('shape', 'int64', [4], { location: 'gone.bin' }));
    assert.deepEqual(zeroInitializers, []);
  });

  test('bytes behind the end of the file, which would kill the parser', () => {
    const { problem, model } = problemOf(
      external('w', 'float', [1000], { location: 'w.bin', offset: '0', length: '4000' }),
    );
    assert.equal(problem?.code, 'out-of-bounds');
    assert.match(problem?.message ?? '', /lies at bytes 0 to 4000 of .*w\.bin, which has 1024 bytes\.$/);
    assert.equal(entriesOf(model.graph?.initializers[0]), undefined);
    // Without a length, as many bytes as dims ask for.
    problemOf(external('w', 'float', [1000], { location: 'w.bin' }));
    problemOf(raw('w', 'float', [1000], gigabyte - 100, 4000));
  });

  test('a location outside the folder of the model', () => {
    for (const location of ['../secret.bin', path.resolve('/etc/passwd'), 'a/../../secret.bin']) {
      assert.equal(problemOf(external('w', 'float', [1000], { location })).problem?.code, 'outside-folder');
    }
  });

  test('no location, and an offset that is no number', () => {
    assert.equal(problemOf(external('w', 'float', [1000], {})).problem?.code, 'no-location');
    for (const offset of ['-1', '0x10', '1e3', ' 5', '99999999999999999999']) {
      const { problem } = problemOf(external('w', 'float', [10], { location: 'w.bin', offset }));
      assert.equal(problem?.code, 'invalid-entry');
      assert.match(problem?.message ?? '', /whose offset is/);
    }
  });
});
