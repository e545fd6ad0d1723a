/** Elements of small constant tensors. */

import { dataTypeOfNumber, elementCount } from '../model/data-types.ts';
import type { Bytes, Tensor } from '../model/model.ts';
import { decodeElements } from '../model/tensor-values.ts';
import type { Dim } from './expression.ts';

/** Shapes, axes, pads and split sizes are never longer. */
const maximumElements = 1024;

/**
 * The elements, or undefined where the tensor is large, of a type that no dim comes from, stored outside the model, or does
 * not hold as many as its dims say.
 */
export function readElements(
  tensor: Tensor,
  readBytes: (bytes: Bytes) => Uint8Array,
): readonly Dim[] | undefined {
  const count = elementCount(tensor.dims);
  const type = dataTypeOfNumber(tensor.dataType);
  if (count === undefined || count > maximumElements || type?.bits === undefined) return undefined;
  if (type.kind === 'complex' || (type.kind === 'float' && type.bits < 32)) return undefined;
  if (count === 0) return [];
  if (tensor.data.kind !== 'raw' && tensor.data.kind !== 'typed') return undefined;
  // A varint has up to 10 bytes: more are not this many elements.
  if (tensor.data.bytes.length > maximumElements * 10) return undefined;
  const elements = decodeElements(tensor, readBytes(tensor.data.bytes));
  // Slice's "to the end" is the largest int64; as a number it is large enough.
  return elements?.length === count ? elements.map(Number) : undefined;
}
