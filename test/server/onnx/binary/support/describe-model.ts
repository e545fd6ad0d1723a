/** What a Model holds, in the form of test/support/describe-models.py: to be compared with what the onnx package finds. */
import { createHash } from 'node:crypto';
import { nodeFileAccess } from '../../../../../server/src/node/file-access.ts';
import { readBytes } from '../../../../../server/src/onnx/model/bytes.ts';
import type {
  Attribute,
  Bytes,
  Dimension,
  FunctionDefinition,
  Graph,
  Int64,
  Model,
  Node,
  OpsetImport,
  SparseTensor,
  StringEntry,
  Tensor,
  Type,
  ValueInfo,
} from '../../../../../server/src/onnx/model/model.ts';

export function describeModel({ otherFields: _, ...model }: Model): unknown {
  return {
    ...model,
    ...(model.irVersion === undefined ? {} : { irVersion: String(model.irVersion) }),
    ...(model.modelVersion === undefined ? {} : { modelVersion: String(model.modelVersion) }),
    opsetImports: opsets(model.opsetImports),
    ...(model.graph === undefined ? {} : { graph: graphOf(model.graph) }),
    metadata: entries(model.metadata),
    functions: model.functions.map(functionOf),
  };
}

function graphOf({ otherFields: _, ...graph }: Graph): unknown {
  return {
    ...graph,
    nodes: graph.nodes.map(nodeOf),
    initializers: graph.initializers.map(tensorOf),
    inputs: graph.inputs.map(valueInfoOf),
    outputs: graph.outputs.map(valueInfoOf),
    valueInfos: graph.valueInfos.map(valueInfoOf),
    metadata: entries(graph.metadata),
  };
}

function functionOf({ otherFields: _, ...definition }: FunctionDefinition): unknown {
  return {
    ...definition,
    attributeDefaults: definition.attributeDefaults.map(attributeOf),
    nodes: definition.nodes.map(nodeOf),
    opsetImports: opsets(definition.opsetImports),
    valueInfos: definition.valueInfos.map(valueInfoOf),
    metadata: entries(definition.metadata),
  };
}

function nodeOf({ otherFields: _, ...node }: Node): unknown {
  return { ...node, attributes: node.attributes.map(attributeOf), metadata: entries(node.metadata) };
}

function attributeOf(attribute: Attribute): unknown {
  const { name, docString, type } = attribute;
  const common = { name, ...(docString === undefined ? {} : { docString }), type };
  switch (attribute.type) {
    case 'float':
      return { ...common, value: float(attribute.value) };
    case 'int':
      return { ...common, value: String(attribute.value) };
    case 'string':
      return { ...common, value: textOrDigest(attribute.value) };
    case 'tensor':
      return { ...common, value: tensorOf(attribute.value) };
    case 'graph':
      return { ...common, value: graphOf(attribute.value) };
    case 'sparse_tensor':
      return { ...common, value: sparseTensorOf(attribute.value) };
    case 'type_proto':
      return { ...common, value: typeOf(attribute.value) };
    case 'floats':
      return { ...common, value: attribute.value.map(float) };
    case 'ints':
      return { ...common, value: integers(attribute.value) };
    case 'strings':
      return { ...common, value: attribute.value.map(textOrDigest) };
    case 'tensors':
      return { ...common, value: attribute.value.map(tensorOf) };
    case 'graphs':
      return { ...common, value: attribute.value.map(graphOf) };
    case 'sparse_tensors':
      return { ...common, value: attribute.value.map(sparseTensorOf) };
    case 'type_protos':
      return { ...common, value: attribute.value.map(typeOf) };
    case 'reference':
      return { ...common, attributeType: attribute.attributeType, value: attribute.value };
    case 'undefined':
      return common;
  }
}

function tensorOf({ otherFields: _, ...tensor }: Tensor): unknown {
  return {
    ...tensor,
    dims: integers(tensor.dims),
    data: dataOf(tensor),
    metadata: entries(tensor.metadata),
  };
}

function dataOf({ data }: Tensor): unknown {
  switch (data.kind) {
    case 'raw':
      return ['raw', digest(data.bytes)];
    case 'typed':
      return ['typed', data.field, digest(data.bytes)];
    case 'strings':
      return ['strings', data.values.map(digest)];
    case 'external':
      return ['external', entries(data.entries)];
    case 'none':
      return ['none'];
  }
}

function sparseTensorOf({ values, indices, dims }: SparseTensor): unknown {
  return { values: tensorOf(values), indices: tensorOf(indices), dims: integers(dims) };
}

function valueInfoOf({ otherFields: _, ...value }: ValueInfo): unknown {
  return {
    ...value,
    ...(value.type === undefined ? {} : { type: typeOf(value.type) }),
    metadata: entries(value.metadata),
  };
}

function typeOf({ otherFields: _, ...type }: Type): unknown {
  switch (type.kind) {
    case 'tensor':
    case 'sparse_tensor':
      return type.shape === undefined ? type : { ...type, shape: type.shape.map(dimensionOf) };
    case 'sequence':
    case 'optional':
      return { ...type, element: typeOf(type.element) };
    case 'map':
      return { ...type, value: typeOf(type.value) };
    default:
      return type;
  }
}

function dimensionOf({ otherFields: _, ...dimension }: Dimension): unknown {
  return dimension.kind === 'value' ? { ...dimension, value: String(dimension.value) } : dimension;
}

function opsets(imports: readonly OpsetImport[]): unknown {
  return imports.map(({ domain, version }) => [domain, String(version)]);
}

function entries(list: readonly StringEntry[]): unknown {
  return list.map(({ key, value }) => [key, value]);
}

function integers(values: readonly Int64[]): string[] {
  return values.map(String);
}

/** As Python's repr writes it, as far as the numbers of the tests go. */
function float(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  const magnitude = Math.abs(value);
  if (value !== 0 && (magnitude < 1e-4 || magnitude >= 1e16)) {
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

function textOrDigest(value: string | Uint8Array): string {
  return typeof value === 'string' ? value : digest(value);
}

function digest(bytes: Bytes): string {
  return createHash('sha256').update(readBytes(bytes, nodeFileAccess)).digest('hex');
}
