/** Places in row-major tensors. */

export function countOf(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

export function stridesOf(dims: readonly number[]): number[] {
  const strides = new Array<number>(dims.length).fill(1);
  for (let axis = dims.length - 2; axis >= 0; axis--) {
    strides[axis] = (strides[axis + 1] ?? 1) * (dims[axis + 1] ?? 1);
  }
  return strides;
}

/** For each element of a tensor of these dims, in order, the offset that its index has with these strides. */
export function offsetsWith(dims: readonly number[], strides: readonly number[], start = 0): number[] {
  let offsets = [start];
  for (const [axis, dim] of dims.entries()) {
    const stride = strides[axis] ?? 0;
    offsets = offsets.flatMap((offset) => Array.from({ length: dim }, (_, index) => offset + index * stride));
  }
  return offsets;
}

/** ONNX's multidirectional broadcasting; undefined where the dims do not fit. */
export function broadcast(shapes: readonly (readonly number[])[]): number[] | undefined {
  const rank = Math.max(...shapes.map((dims) => dims.length));
  const result = new Array<number>(rank).fill(1);
  for (const dims of shapes) {
    for (const [axis, dim] of dims.entries()) {
      const at = rank - dims.length + axis;
      if (dim === 1) continue;
      if (result[at] !== 1 && result[at] !== dim) return undefined;
      result[at] = dim;
    }
  }
  return result;
}

/** For each element of the broadcast tensor, the offset of the element of a tensor of `dims` that it is. */
export function broadcastOffsets(dims: readonly number[], to: readonly number[]): number[] {
  const own = stridesOf(dims);
  const strides = to.map((_, axis) => {
    const at = axis - (to.length - dims.length);
    return at < 0 || dims[at] === 1 ? 0 : (own[at] ?? 0);
  });
  return offsetsWith(to, strides);
}
