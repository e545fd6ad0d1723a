/** The head of NumPy's `.npy` files as numpy.save writes it; see read-header.ts. */
import { npyMagic } from './read-header.ts';

/** NumPy aligns the elements so, for memory maps. */
const alignment = 64;

/** What stands in front of the elements, in C order. `descr`: `<f4`, `|u1`, the byte order, kind and bytes of an element. */
export function npyHeader(descr: string, dims: readonly number[]): Uint8Array {
  const shape = dims.length === 1 ? `(${dims[0]},)` : `(${dims.join(', ')})`;
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`;
  const isLong = text.length + alignment > 0xffff;
  const prefix = npyMagic.length + 2 + (isLong ? 4 : 2);
  const length = Math.ceil((prefix + text.length + 1) / alignment) * alignment;
  const bytes = new Uint8Array(length).fill(0x20);
  const view = new DataView(bytes.buffer);
  bytes.set([...npyMagic, isLong ? 2 : 1, 0]);
  if (isLong) view.setUint32(8, length - prefix, true);
  else view.setUint16(8, length - prefix, true);
  bytes.set(new TextEncoder().encode(text), prefix);
  bytes[length - 1] = 0x0a;
  return bytes;
}
