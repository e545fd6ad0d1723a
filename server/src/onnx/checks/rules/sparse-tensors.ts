/** Sparse tensors in attributes: values and indices have to fit the dense shape and each other. */

import type {
  AttributeValueSyntax,
  NodeStatement,
  Span,
  SparseTensorSyntax,
  TensorSyntax,
  TypeSyntax,
} from '../../text/syntax-tree.ts';
import type { Report } from '../finding.ts';
import { count } from '../words.ts';

export function checkSparseTensors(node: NodeStatement, report: Report): void {
  for (const { value } of node.attributes) {
    if (value.kind === 'sparse-tensor') tell(value.value, report);
    if (value.kind === 'list' && value.elements[0]?.kind === 'sparse-tensor') {
      for (const element of value.elements) checkElement(element, report);
    }
  }
}

function checkElement(value: AttributeValueSyntax, report: Report): void {
  if (value.kind === 'sparse-tensor') tell(value.value, report);
}

function tell(tensor: SparseTensorSyntax, report: Report): void {
  const complaint = complaintOf(tensor);
  if (complaint) report('onnx.sparse-tensor', ...complaint);
}

type Complaint = readonly [span: Span, message: string];

function complaintOf({ type, values, indices }: SparseTensorSyntax): Complaint | undefined {
  const dims = dimsOf(type);
  if (!dims) return undefined;
  if (dims.length === 0) return [type, 'A sparse tensor has at least one dimension.'];
  if (dims.some((dim) => dim <= 0)) return [type, 'The dimensions of a sparse tensor are positive.'];
  const valueDims = dimsOf(values.type);
  if (!valueDims) return undefined;
  const [number] = valueDims;
  if (valueDims.length !== 1 || number === undefined) {
    return [values.type, 'The values of a sparse tensor are a list: they have one dimension.'];
  }
  return complaintOfIndices(indices, dims, number);
}

function complaintOfIndices(
  { type, data }: TensorSyntax,
  dims: readonly number[],
  number: number,
): Complaint | undefined {
  const shape = dimsOf(type);
  if (!shape) return undefined;
  if (type.kind === 'tensor' && type.element.name !== 'int64') {
    return [type.element, 'The indices of a sparse tensor are of type int64.'];
  }
  const [first, second] = shape;
  if (shape.length !== 1 && shape.length !== 2) {
    return [type, 'The indices of a sparse tensor have one dimension, or two.'];
  }
  if (first !== number) return [type, `There are ${count(number, 'value')}, and indices for ${first}.`];
  if (shape.length === 2 && second !== dims.length) {
    return [type, `Each index has ${second} parts; the tensor has ${count(dims.length, 'dimension')}.`];
  }
  if (data?.kind !== 'values') return undefined;
  const parts = shape.length === 2 ? dims : [dims.reduce((product, dim) => product * dim, 1)];
  let before = -1;
  for (let at = 0; at + parts.length <= data.elements.length; at += parts.length) {
    let place = 0;
    for (let axis = 0; axis < parts.length; axis++) {
      const [index, size] = [Number(data.elements[at + axis]), parts[axis] ?? 0];
      if (index < 0 || index >= size) {
        return [data, `Index ${index} is not in the range 0 to ${size - 1}.`];
      }
      place = place * size + index;
    }
    if (place <= before) return [data, 'The indices of a sparse tensor are in ascending order.'];
    before = place;
  }
  return undefined;
}

/** Undefined where a dim is no number. */
function dimsOf(type: TypeSyntax): readonly number[] | undefined {
  if (type.kind !== 'tensor' && type.kind !== 'sparse_tensor') return undefined;
  const dims = (type.dims ?? []).map((dim) => (dim.kind === 'value' ? Number(dim.value) : Number.NaN));
  return dims.some(Number.isNaN) ? undefined : dims;
}
