/** Elements of small constant tensors. */

import { dataTypeOfNumber, elementCount } from '../model/data-types.ts';
import type { Bytes, Tensor } from '../model/model.ts';
import { bfloat16Value, float16Value } from '../model/small-floats.ts';
import { decodeElements } from '../model/tensor-values.ts';
import type { Dim } from './expression.ts';

/** Shapes, axes, pads and split sizes are never longer. */
const maximumElements = 1024;

/** Where the data of a tensor outside the model lies; undefined where that is not known. */
export type ExternalBytes = (tensor: Tensor) => Bytes | undefined;

/**
 * The elements, or undefined where the tensor is large, of a type that no dim comes from, stored where nobody knows, or does
 * not hold as many as its dims say.
 */
export function readElements(
  tensor: Tensor,
  readBytes: (bytes: Bytes) => Uint8Array,
  external?: ExternalBytes,
): readonly Dim[] | undefined {
  const count = elementCount(tensor.dims);
  const type = dataTypeOfNumber(tensor.dataType);
  if (count === undefined || count > maximumElements || type?.bits === undefined) return undefined;
  if (type.kind === 'complex') return undefined;
  const toNumber = type.kind === 'float' && type.bits < 32 ? smallFloats.get(type.name) : Number;
  if (toNumber === undefined) return undefined;
  if (count === 0) return [];
  const data = tensor.data.kind === 'external' ? rawData(tensor, external) : tensor.data;
  if (data?.kind !== 'raw' && data?.kind !== 'typed') return undefined;
  // A varint has up to 10 bytes: more are not this many elements.
  if (data.bytes.length > maximumElements * 10) return undefined;
  const elements = decodeElements({ ...tensor, data }, readBytes(data.bytes));
  // Slice's "to the end" is the largest int64; as a number it is large enough.
  return elements?.length === count ? elements.map(toNumber) : undefined;
}

function rawData(tensor: Tensor, external: ExternalBytes | undefined): Tensor['data'] | undefined {
  const bytes = external?.(tensor);
  return bytes && { kind: 'raw', bytes };
}

/** Elements of these types are bit patterns; scales of a Resize may be of them. */
const smallFloats: ReadonlyMap<string, (element: unknown) => number> = new Map([
  ['float16', (bits) => float16Value(Number(bits))],
  ['bfloat16', (bits) => bfloat16Value(Number(bits))],
]);
