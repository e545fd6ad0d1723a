import type { NetworkTensor } from '../../../../native-bridge/src/protocol.ts';
import { onnxTypeOf } from '../../engine/tensorrt-data-types.ts';
import { formatDim, formatType } from '../../onnx/inference/format.ts';
import type { ValueType } from '../../onnx/inference/value.ts';
import { dataTypeName } from '../../onnx/model/data-types.ts';

/** A dimension: its size, a name or an expression of names, or null where nothing is known. */
export type ShapeDimension = number | string | null;

export interface TypedShape {
  /** `float32`, `int64` …; a type of ONNX text for values that are no tensors: `seq(float[N])`. */
  readonly type: string;
  /** Absent for values that are no tensors, and where not even the rank is known. */
  readonly dims?: readonly ShapeDimension[];
}

export function shapeOfNetworkTensor({ type, dims, dimensionNames }: NetworkTensor): TypedShape {
  const known = onnxTypeOf(type);
  const name = known ? elementTypeName(known.number) : type;
  if (!dims) return { type: name };
  return { type: name, dims: dims.map((dim, index) => (dim >= 0 ? dim : dimensionNames[index] || null)) };
}

export function shapeOfType(type: ValueType): TypedShape {
  if (type.kind !== 'tensor') return { type: formatType(type) };
  const name = elementTypeName(type.elementType);
  if (!type.shape) return { type: name };
  return {
    type: name,
    dims: type.shape.map((dim) => {
      if (typeof dim === 'number') return dim;
      const text = formatDim(dim);
      // `?` and expressions of it name nothing.
      return text.includes('?') ? null : text;
    }),
  };
}

/** The first shape, with what the others have for dimensions that it does not know. */
export function withNames(shape: TypedShape, ...others: readonly (TypedShape | undefined)[]): TypedShape {
  const { dims } = shape;
  if (!dims) return shape;
  const fitting = others.flatMap((other) => (other?.dims?.length === dims.length ? [other.dims] : []));
  return {
    ...shape,
    dims: dims.map((dim, index) => {
      if (dim !== null) return dim;
      return (
        fitting.map((other) => other[index]).find((other) => other !== null && other !== undefined) ?? null
      );
    }),
  };
}

/** ONNX text calls float32 `float` and float64 `double`. */
function elementTypeName(elementType: number): string {
  if (elementType === 0) return '?';
  const name = dataTypeName(elementType);
  return name === 'float' ? 'float32' : name === 'double' ? 'float64' : name;
}
