/** What inference knows of a value: its type with symbolic dims and, for small tensors, elements. */

import type { Shape, Tensor, Type } from '../model/model.ts';
import { anonymousSymbol, type Dim, equalDims, symbol } from './expression.ts';

export type ValueType =
  | TensorType
  | { readonly kind: 'sequence'; readonly element: ValueType | undefined }
  | { readonly kind: 'optional'; readonly element: ValueType | undefined }
  | { readonly kind: 'map'; readonly key: number; readonly value: ValueType | undefined }
  | { readonly kind: 'opaque'; readonly domain: string; readonly name: string };

export interface TensorType {
  readonly kind: 'tensor' | 'sparse_tensor';
  /** TensorProto.DataType number; 0 where unknown. */
  readonly elementType: number;
  /** Undefined where not even the rank is known. */
  readonly shape: readonly Dim[] | undefined;
}

export interface Value {
  readonly type: ValueType | undefined;
  /** Elements of a small tensor in row-major order; booleans are 0 and 1. */
  readonly data: readonly Dim[] | undefined;
  /** The tensor that the value always is; its elements are read when a rule asks. */
  readonly constant: Tensor | undefined;
}

export const unknownValue: Value = { type: undefined, data: undefined, constant: undefined };

export function valueWith(type: ValueType | undefined, data?: readonly Dim[]): Value {
  return { type, data, constant: undefined };
}

export function tensorOf(elementType: number, shape: readonly Dim[] | undefined): TensorType {
  return { kind: 'tensor', elementType, shape };
}

export function shapeOf(type: ValueType | undefined): readonly Dim[] | undefined {
  return type?.kind === 'tensor' || type?.kind === 'sparse_tensor' ? type.shape : undefined;
}

export function elementTypeOf(type: ValueType | undefined): number {
  return type?.kind === 'tensor' || type?.kind === 'sparse_tensor' ? type.elementType : 0;
}

/** The type of a tensor that the model holds; negative or huge dims are unknown. */
export function typeOfTensor(tensor: Tensor): TensorType {
  return tensorOf(tensor.dataType, tensor.dims.map(checkedDim));
}

/** A type as the model declares it, its dim parameters as symbols. Undefined for a type without a value. */
export function declaredType(type: Type | undefined, depth = 0): ValueType | undefined {
  if (type === undefined || depth > 64) return undefined;
  switch (type.kind) {
    case 'tensor':
    case 'sparse_tensor':
      return {
        kind: type.kind,
        elementType: type.elementType,
        shape: type.shape && declaredShape(type.shape),
      };
    case 'sequence':
    case 'optional':
      return { kind: type.kind, element: declaredType(type.element, depth + 1) };
    case 'map':
      return { kind: 'map', key: type.key, value: declaredType(type.value, depth + 1) };
    case 'opaque':
      return { kind: 'opaque', domain: type.domain ?? '', name: type.name ?? '' };
    case 'undefined':
      return undefined;
  }
}

export function equalTypes(a: ValueType | undefined, b: ValueType | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a.kind !== b.kind) return false;
  switch (a.kind) {
    case 'tensor':
    case 'sparse_tensor':
      return b.kind === a.kind && a.elementType === b.elementType && equalDimLists(a.shape, b.shape);
    case 'sequence':
    case 'optional':
      return b.kind === a.kind && equalTypes(a.element, b.element);
    case 'map':
      return b.kind === 'map' && a.key === b.key && equalTypes(a.value, b.value);
    case 'opaque':
      return b.kind === 'opaque' && a.domain === b.domain && a.name === b.name;
  }
}

export function equalDimLists(a: readonly Dim[] | undefined, b: readonly Dim[] | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a.length !== b.length) return false;
  return a.every((dim, index) => equalDims(dim, b[index]));
}

export function equalValues(a: Value, b: Value): boolean {
  return (
    a === b || (a.constant === b.constant && equalTypes(a.type, b.type) && equalDimLists(a.data, b.data))
  );
}

/** What two types have in common: dims and ranks that differ are unknown. Undefined where their kinds differ. */
export function commonType(a: ValueType | undefined, b: ValueType | undefined): ValueType | undefined {
  if (a === undefined || b === undefined) return undefined;
  if (equalTypes(a, b)) return a;
  switch (a.kind) {
    case 'tensor':
    case 'sparse_tensor':
      if (b.kind !== a.kind) return undefined;
      return {
        kind: a.kind,
        elementType: a.elementType === b.elementType ? a.elementType : 0,
        shape: commonShape(a.shape, b.shape),
      };
    case 'sequence':
    case 'optional':
      return b.kind === a.kind ? { kind: a.kind, element: commonType(a.element, b.element) } : undefined;
    case 'map':
      return b.kind === 'map' && b.key === a.key
        ? { kind: 'map', key: a.key, value: commonType(a.value, b.value) }
        : undefined;
    case 'opaque':
      return undefined;
  }
}

function commonShape(
  a: readonly Dim[] | undefined,
  b: readonly Dim[] | undefined,
): readonly Dim[] | undefined {
  if (a === undefined || b === undefined || a.length !== b.length) return undefined;
  return a.map((dim, index) => (equalDims(dim, b[index]) ? dim : undefined));
}

function declaredShape(shape: Shape): readonly Dim[] {
  return shape.map((dimension) => {
    if (dimension.kind === 'value') return checkedDim(dimension.value);
    return dimension.kind === 'parameter' ? namedDim(dimension.name) : undefined;
  });
}

/** Names that exporters and onnx's own inference give to what they do not know are no names. */
function namedDim(name: string): Dim {
  if (/^unk__\d+$/.test(name)) return anonymousSymbol(name);
  return /^[?\s]*$|^-\d+$/.test(name) ? undefined : symbol(name);
}

function checkedDim(dim: number | bigint): Dim {
  return typeof dim === 'number' && dim >= 0 ? dim : undefined;
}
