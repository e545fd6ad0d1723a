/** Which tensors are shown and which are referred to. */
import { isFileRange } from '../../model/bytes.ts';
import { elementCount } from '../../model/data-types.ts';
import type { FileRange, Tensor } from '../../model/model.ts';

/** No element takes more: a complex128 or a varint. A tensor whose bytes are many though its dims say few is referred to. */
const mostBytesPerElement = 16;

/** The bytes of a tensor that the text refers to, or undefined where it shows the elements. */
export function elidedRange(tensor: Tensor, inlineElements: number): FileRange | undefined {
  const { data } = tensor;
  if ((data.kind !== 'raw' && data.kind !== 'typed') || !isFileRange(data.bytes)) return undefined;
  const isShort = data.bytes.length <= inlineElements * mostBytesPerElement;
  const isSmall = isShort && (elementCount(tensor.dims) ?? Number.POSITIVE_INFINITY) <= inlineElements;
  return isSmall ? undefined : data.bytes;
}
