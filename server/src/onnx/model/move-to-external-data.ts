/** Moving a model's big weights out of its file, which protobuf does not let grow beyond two gigabytes. */
import { isFileRange } from './bytes.ts';
import { byteLength } from './data-types.ts';
import type { Bytes, FileRange, Model, Tensor } from './model.ts';

export interface ExternalDataOptions {
  /** Path of the data file, relative to the model's folder, with `/`. */
  readonly location: string;
  /** Tensors of fewer bytes stay in the model. */
  readonly threshold: number;
}

export interface MovedTensors {
  /** Of the same length and order as the given ones. */
  readonly tensors: readonly Tensor[];
  /** The content of the data file. Ranges of files stay ranges. */
  readonly data: readonly Bytes[];
  /** The tensors as they were, and where their bytes are in the data file. */
  readonly places: readonly { readonly tensor: Tensor; readonly offset: number; readonly length: number }[];
}

/** As the onnx package does: where a program maps the file into memory, each tensor begins a page. */
const pageBytes = 4096;
/** Smaller tensors would waste their pages. */
const smallestPaged = 65_536;
const smallAlignment = 64;

export interface MovedModel extends Omit<MovedTensors, 'tensors'> {
  readonly model: Model;
}

/** The initializers of the main graph, in their order. */
export function moveToExternalData(model: Model, options: ExternalDataOptions): MovedModel {
  const { graph } = model;
  const { tensors: initializers, ...moved } = tensorsToExternalData(graph?.initializers ?? [], options);
  return { model: graph === undefined ? model : { ...model, graph: { ...graph, initializers } }, ...moved };
}

/**
 * Weights in raw_data, float_data and double_data move, which are the same bytes in external data; integers in typed fields are of
 * variable length there, few and small, and stay.
 */
export function tensorsToExternalData(
  tensors: readonly Tensor[],
  { location, threshold }: ExternalDataOptions,
): MovedTensors {
  const data: Bytes[] = [];
  let end = 0;
  const places: { tensor: Tensor; offset: number; length: number }[] = [];
  const moved = (tensor: Tensor): Tensor => {
    const bytes = movableBytes(tensor);
    if (bytes === undefined || bytes.length < threshold) return tensor;
    const alignment = bytes.length < smallestPaged ? smallAlignment : pageBytes;
    const offset = Math.ceil(end / alignment) * alignment;
    if (offset > end) data.push(new Uint8Array(offset - end));
    data.push(bytes);
    end = offset + bytes.length;
    places.push({ tensor, offset, length: bytes.length });
    const entries = [
      { key: 'location', value: location },
      { key: 'offset', value: String(offset) },
      { key: 'length', value: String(bytes.length) },
    ];
    return { ...tensor, data: { kind: 'external', entries } };
  };
  return { tensors: tensors.map(moved), data, places };
}

/** Undefined where the bytes are not what external data would be. */
function movableBytes({ data, dataType, dims }: Tensor): Bytes | undefined {
  const isPlain =
    data.kind === 'raw' || (data.kind === 'typed' && /^(?:float|double)_data$/.test(data.field));
  if (!isPlain) return undefined;
  // Bytes that do not fit the shape are a mistake to be shown, not moved.
  return byteLength(dataType, dims) === data.bytes.length ? data.bytes : undefined;
}

/** The tensors whose data has not been read, and where it is. */
export function rangesIn(
  tensors: Iterable<Tensor>,
): { readonly tensor: Tensor; readonly range: FileRange }[] {
  return [...tensors].flatMap((tensor) => {
    const { data } = tensor;
    if ((data.kind !== 'raw' && data.kind !== 'typed') || !isFileRange(data.bytes)) return [];
    return [{ tensor, range: data.bytes }];
  });
}
