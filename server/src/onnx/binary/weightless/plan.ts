/** What becomes of one tensor's data. */
import path from 'node:path';
import { isFileRange } from '../../model/bytes.ts';
import { byteLength } from '../../model/data-types.ts';
import type { FileRange, StringEntry, Tensor } from '../../model/model.ts';
import { isInside } from './common-folder.ts';
import type { FileSizes } from './file-sizes.ts';

/** A tensor whose weights cannot be found. */
export interface WeightProblem {
  readonly code:
    | 'no-location'
    | 'outside-folder'
    | 'unreadable-file'
    | 'invalid-entry'
    | 'out-of-bounds'
    | 'wrong-length';
  /** Name of the tensor; may be empty for one in an attribute. */
  readonly tensor: string;
  /** What the tensor says of where it lies, which tells tensors of one name apart; none for weights in the model's own file. */
  readonly entries?: readonly StringEntry[];
  /** Key of the entry that is wrong, where it is one. */
  readonly wrongEntry?: string;
  /** Absolute path of the file, where the tensor names one. */
  readonly file?: string;
  /** A sentence for people, which names the tensor and the file. */
  readonly message: string;
}

export type Plan = { readonly problem?: WeightProblem } & (
  | { readonly kind: 'keep' }
  /** External data that is these bytes; `entries` are all but the location. */
  | { readonly kind: 'reference'; readonly range: FileRange; readonly entries: readonly StringEntry[] }
  | { readonly kind: 'zero'; readonly byteLength: number }
  | { readonly kind: 'without-data' }
);

export interface PlanContext {
  readonly modelDirectory: string;
  readonly sizes: FileSizes;
  /** Whether this tensor may be handed over as zeros: an initializer of the main graph whose values do not matter. */
  readonly canBeZero: () => boolean;
}

/** Data up to this many bytes is copied where it cannot be referred to, whatever it is. */
const alwaysCopied = 1024 * 1024;

/** Data of more bytes than this is referred to even if the parser then refuses it in other words than it would inside. */
const copiedAtMost = 256 * 1024 * 1024;

export function planTensor(tensor: Tensor, context: PlanContext): Plan {
  const { data } = tensor;
  if (data.kind === 'external') return planExternal(tensor, data.entries, context);
  if ((data.kind !== 'raw' && data.kind !== 'typed') || !isFileRange(data.bytes)) return { kind: 'keep' };
  const range = data.bytes;
  const problem = findProblem(tensor, range, context.sizes);
  if (problem !== undefined) return withoutFile(tensor, problem, context);
  // Packed floats are stored as raw_data stores them.
  const isRaw = data.kind === 'raw' || (data.field === 'float_data' && tensor.dataType === 1);
  // Of another length than dims say, it is refused either way; in the same words only where it is.
  const isWhole = range.length === byteLength(tensor.dataType, tensor.dims);
  const canBeReferred = isWhole && referable.has(tensor.dataType);
  if (!isRaw || !canBeReferred) {
    if (range.length <= alwaysCopied) return { kind: 'keep' };
    const zero = zeroPlan(tensor, context);
    if (zero !== undefined) return zero;
    if (!isRaw || range.length <= copiedAtMost) return { kind: 'keep' };
  }
  return {
    kind: 'reference',
    range,
    entries: [
      { key: 'offset', value: String(range.offset) },
      { key: 'length', value: String(range.length) },
    ],
  };
}

/** Where a file lies, seen from a folder: with forward slashes. Undefined where it does not lie in it. */
export function locationIn(folder: string, file: string): string | undefined {
  return isInside(folder, file) ? path.relative(folder, file).replaceAll(path.sep, '/') : undefined;
}

function planExternal(tensor: Tensor, entries: readonly StringEntry[], context: PlanContext): Plan {
  const range = externalRange(tensor, entries, context);
  if ('code' in range) return withoutFile(tensor, range, context);
  const problem = findProblem(tensor, range, context.sizes);
  if (problem !== undefined) return withoutFile(tensor, problem, context);
  return {
    kind: 'reference',
    range,
    entries: entries.filter(({ key }) => key !== 'location'),
  };
}

/** The bytes that external data means (onnx.proto, TensorProto.external_data), or what is wrong with it. */
export function externalRange(
  tensor: Tensor,
  entries: readonly StringEntry[],
  { modelDirectory, sizes }: Pick<PlanContext, 'modelDirectory' | 'sizes'>,
): FileRange | WeightProblem {
  const values = new Map(entries.map(({ key, value }) => [key, value]));
  const location = values.get('location') ?? '';
  if (location === '') {
    return problemOf(
      tensor,
      'no-location',
      undefined,
      'is external data without a location, the file that holds it.',
    );
  }
  const file = path.resolve(modelDirectory, location);
  if (path.isAbsolute(location) || !isInside(modelDirectory, file)) {
    return problemOf(
      tensor,
      'outside-folder',
      file,
      `is external data at "${location}". ONNX takes relative paths that stay in the folder of the model only.`,
      'location',
    );
  }
  const offset = parseCount(values.get('offset') ?? '0');
  const length = parseCount(values.get('length') ?? '0');
  if (offset === undefined || length === undefined) {
    const key = offset === undefined ? 'offset' : 'length';
    return problemOf(
      tensor,
      'invalid-entry',
      file,
      `is external data whose ${key} is "${values.get(key)}", which is no number of bytes.`,
      key,
    );
  }
  if (length > 0) return { path: file, offset, length };
  // No length, or 0, means all the file from the offset on.
  const size = sizes.of(file);
  const rest = typeof size === 'number' ? Math.max(0, size - offset) : 0;
  return { path: file, offset, length: Math.max(rest, byteLength(tensor.dataType, tensor.dims) ?? 0) };
}

function parseCount(text: string): number | undefined {
  const count = /^\d+$/.test(text) ? Number(text) : undefined;
  return count !== undefined && Number.isSafeInteger(count) ? count : undefined;
}

/** A parser that is told of bytes behind the end of a file may take them, and die of it when it reads them. */
export function findProblem(tensor: Tensor, range: FileRange, sizes: FileSizes): WeightProblem | undefined {
  const size = sizes.of(range.path);
  if (typeof size === 'string') {
    return problemOf(tensor, 'unreadable-file', range.path, `cannot be read: ${size}`, 'location');
  }
  const end = range.offset + range.length;
  if (end <= size) return undefined;
  return problemOf(
    tensor,
    'out-of-bounds',
    range.path,
    `lies at bytes ${range.offset} to ${end} of ${range.path}, which has ${size} bytes.`,
    range.offset < size && statesLength(tensor) ? 'length' : 'offset',
  );
}

export function problemOf(
  tensor: Tensor,
  code: WeightProblem['code'],
  file: string | undefined,
  predicate: string,
  wrongEntry?: string,
): WeightProblem {
  const { data } = tensor;
  const subject = tensor.name === '' ? 'A tensor without a name' : `The tensor "${tensor.name}"`;
  return {
    code,
    tensor: tensor.name,
    ...(data.kind === 'external' && { entries: data.entries }),
    ...(wrongEntry !== undefined && { wrongEntry }),
    ...(file === undefined ? {} : { file }),
    message: `${subject} ${predicate}`,
  };
}

/** Without a length, or with 0, external data is all of its file from the offset on. */
export function statesLength({ data }: Tensor): boolean {
  return (
    data.kind === 'external' && data.entries.some(({ key, value }) => key === 'length' && !/^0*$/.test(value))
  );
}

function withoutFile(tensor: Tensor, problem: WeightProblem, context: PlanContext): Plan {
  const zero = zeroPlan(tensor, context);
  return zero === undefined ? { kind: 'without-data', problem } : { ...zero, problem };
}

function zeroPlan(tensor: Tensor, context: PlanContext): (Plan & { kind: 'zero' }) | undefined {
  const length = byteLength(tensor.dataType, tensor.dims);
  const smallest = smallestZero.get(tensor.dataType);
  if (length === undefined || smallest === undefined || length <= smallest) return undefined;
  return context.canBeZero() ? { kind: 'zero', byteLength: length } : undefined;
}

/**
 * Data types that TensorRT takes from outside the model exactly when it takes them inside: float, uint8, int8, int32, int64, bool,
 * float16, bfloat16, float8e4m3fn, int4, float4e2m1. It takes double inside only (10.15, 11.2: it expects half the bytes outside),
 * and 16- and 32-bit integers that it does not know outside only.
 */
const referable = new Set([1, 2, 3, 6, 7, 9, 10, 16, 17, 22, 23]);

/**
 * Data types that TensorRT imports, and how many bytes of one may be a description of something: values that change a verdict are
 * small (scales of a Resize, limits of a Range) or integers (shapes, axes).
 */
const smallestZero = new Map([
  [1, 1024], // float
  [2, 1024], // uint8
  [3, 1024], // int8
  [6, 65536], // int32
  [7, 65536], // int64
  [9, 65536], // bool
  [10, 1024], // float16
  [11, 1024], // double
  [16, 1024], // bfloat16
  [17, 1024], // float8e4m3fn
  [22, 1024], // int4
  [23, 1024], // float4e2m1
]);
