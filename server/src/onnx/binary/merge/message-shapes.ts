/** Which fields of onnx.proto's messages are messages or lists; all others are single values or unknown, and taken as wholes. */

export interface MessageShape {
  readonly name: string;
  readonly fields: ReadonlyMap<number, FieldShape>;
  /** Fields of which only the last one counts. */
  readonly oneof: readonly number[];
  /** Fields by which a person would say that it is still the same thing. */
  readonly identity: readonly number[];
}

export type FieldShape =
  | { readonly kind: 'message'; readonly shape: MessageShape; readonly repeated: boolean }
  /** Repeated strings. */
  | { readonly kind: 'strings' }
  /** Repeated numbers, packed or not. */
  | { readonly kind: 'numbers' };

type Row = readonly [number, FieldShape];

interface MutableShape extends MessageShape {
  readonly fields: Map<number, FieldShape>;
}

function shapeOf(
  name: string,
  identity: readonly number[] = [],
  oneof: readonly number[] = [],
): MutableShape {
  return { name, identity, oneof, fields: new Map() };
}

const one = (number: number, shape: MessageShape): Row => [
  number,
  { kind: 'message', shape, repeated: false },
];
const many = (number: number, shape: MessageShape): Row => [
  number,
  { kind: 'message', shape, repeated: true },
];
const strings = (number: number): Row => [number, { kind: 'strings' }];
const numbers = (number: number): Row => [number, { kind: 'numbers' }];

const entry = shapeOf('StringStringEntryProto', [1]);
const opsetImport = shapeOf('OperatorSetIdProto', [1]);
const dimension = shapeOf('TensorShapeProto.Dimension', [], [1, 2]);
const shape = shapeOf('TensorShapeProto');
const tensorType = shapeOf('TypeProto.Tensor');
const elementType = shapeOf('TypeProto.Sequence');
const mapType = shapeOf('TypeProto.Map');
const type = shapeOf('TypeProto', [], [1, 4, 5, 7, 8, 9]);
const valueInfo = shapeOf('ValueInfoProto', [1]);
const tensor = shapeOf('TensorProto', [8]);
const sparseTensor = shapeOf('SparseTensorProto');
const attribute = shapeOf('AttributeProto', [1]);
const node = shapeOf('NodeProto', [2, 3]);
const graph = shapeOf('GraphProto', [2]);
const annotation = shapeOf('TensorAnnotation', [1]);
const definition = shapeOf('FunctionProto', [1, 10, 13]);
const training = shapeOf('TrainingInfoProto');

/** ModelProto. */
export const modelShape = shapeOf('ModelProto');

fill(
  modelShape,
  one(7, graph),
  many(8, opsetImport),
  many(14, entry),
  many(20, training),
  many(25, definition),
);
fill(training, one(1, graph), one(2, graph), many(3, entry), many(4, entry));
fill(
  graph,
  many(1, node),
  many(5, tensor),
  many(11, valueInfo),
  many(12, valueInfo),
  many(13, valueInfo),
  many(14, annotation),
  many(15, sparseTensor),
  many(16, entry),
);
fill(annotation, many(2, entry));
fill(node, strings(1), strings(2), many(5, attribute), many(9, entry));
fill(
  attribute,
  one(5, tensor),
  one(6, graph),
  numbers(7),
  numbers(8),
  strings(9),
  many(10, tensor),
  many(11, graph),
  one(14, type),
  many(15, type),
  one(22, sparseTensor),
  many(23, sparseTensor),
);
fill(
  tensor,
  numbers(1),
  numbers(4),
  numbers(5),
  strings(6),
  numbers(7),
  numbers(10),
  numbers(11),
  many(13, entry),
  many(16, entry),
);
fill(sparseTensor, one(1, tensor), one(2, tensor), numbers(3));
fill(valueInfo, one(2, type), many(4, entry));
fill(type, one(1, tensorType), one(4, elementType), one(5, mapType), one(8, tensorType), one(9, elementType));
fill(tensorType, one(2, shape));
fill(elementType, one(1, type));
fill(mapType, one(2, type));
fill(shape, many(1, dimension));
fill(
  definition,
  strings(4),
  strings(5),
  strings(6),
  many(7, node),
  many(9, opsetImport),
  many(11, attribute),
  many(12, valueInfo),
  many(14, entry),
);

function fill({ fields }: MutableShape, ...rows: readonly Row[]): void {
  for (const [number, field] of rows) fields.set(number, field);
}
