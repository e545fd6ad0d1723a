import { encodeTensorData } from '../../binary/write/encode-tensor.ts';
import { encodeFields } from '../../binary/write/field-sink.ts';
import { elementCount } from '../../model/data-types.ts';
import type { Bytes, SparseTensor, StringEntry, Tensor, TensorData } from '../../model/model.ts';
import { decodeElements, elementField, type TensorElement } from '../../model/tensor-values.ts';
import { decodeUtf8 } from '../../model/utf8.ts';
import { annotated, annotationsOf, entriesLine, isPlainMessage, rangeEntries } from './annotation-lines.ts';
import { indentStep, type PrintContext } from './context.ts';
import { elidedRange } from './elision.ts';
import { float32, float64 } from './floats.ts';
import { spread } from './lists.ts';
import { identifier, quoted } from './literals.ts';
import { tensorType } from './types.ts';

/** `float[2] name = {1, 2}` with the annotations before it; continuation lines start with `indent`. */
export function initializerText(context: PrintContext, tensor: Tensor, indent: string): string {
  return tensorText(context, tensor, indent, ` ${identifier(tensor.name)} = `);
}

/** As the value of an attribute: the name is optional, and `=` stands only where the syntax needs it. */
export function attributeTensorText(context: PrintContext, tensor: Tensor, indent: string): string {
  const name = tensor.name === '' ? '' : ` ${identifier(tensor.name)}`;
  const isReference = tensor.data.kind === 'external' || elidedRange(tensor, context.inlineElements);
  return tensorText(context, tensor, indent, isReference ? `${name} = ` : `${name} `);
}

/** Extension: the dense type, then values and indices. */
export function sparseTensorText(context: PrintContext, sparse: SparseTensor, indent: string): string {
  // A word that stands for the dense tensor; the element type that counts is that of the values.
  const type = `sparse_tensor(${tensorType(Math.max(0, sparse.values.dataType), sparse.dims)})`;
  const parts = [sparse.values, sparse.indices].map((tensor) =>
    attributeTensorText(context, tensor, indent + indentStep),
  );
  if (!parts.some((part) => part.startsWith('#@ '))) return `${type} {${parts.join(', ')}}`;
  return `${type} {\n${parts.map((part) => indent + indentStep + part).join(',\n')}\n${indent}}`;
}

interface DataText {
  readonly text: string;
  readonly flags: readonly string[];
  /** What the text says nothing of. */
  readonly fields?: readonly Bytes[];
}

function tensorText(context: PrintContext, tensor: Tensor, indent: string, separator: string): string {
  if (tensor.dataType < 0) return tensorText(context, withSerializedDataType(tensor), indent, separator);
  const data = dataText(context, tensor, indent);
  const text = tensorType(tensor.dataType, tensor.dims) + separator + data.text;
  if (
    data.flags.length === 0 &&
    data.fields === undefined &&
    isPlainMessage(context, 'TensorProto', tensor, text)
  )
    return text;
  const annotations = annotationsOf(context, 'TensorProto', tensor, {
    docString: tensor.docString,
    metadata: tensor.metadata,
    flags: data.flags,
    fields: data.fields ?? [],
    text,
    *strings() {
      yield ['name', tensor.name];
      if (tensor.data.kind === 'external') {
        for (const [index, { key, value }] of tensor.data.entries.entries()) {
          yield [`external_data[${index}].key`, key];
          yield [`external_data[${index}].value`, value];
        }
      }
      if (tensor.data.kind !== 'strings' || tensor.dataType !== stringType) return;
      for (const [index, value] of tensor.data.values.entries()) yield [String(index), decodeUtf8(value)];
    },
  });
  return annotated(annotations, indent, text);
}

/** No word of the syntax is a negative data type; it goes the way of unknown fields. */
function withSerializedDataType(tensor: Tensor): Tensor {
  const field = encodeFields((sink) => sink.varint(2, tensor.dataType));
  return { ...tensor, dataType: 0, otherFields: [...(tensor.otherFields ?? []), ...field] };
}

const noFlags: readonly string[] = [];

function dataText(context: PrintContext, tensor: Tensor, indent: string): DataText {
  const { data } = tensor;
  switch (data.kind) {
    case 'external':
      return externalText(context, tensor, data.entries);
    case 'strings':
      if (tensor.dataType !== stringType) return unshown(context, tensor, serializedData(tensor.data));
      return {
        text: list(
          data.values.map((value) => quoted(decodeUtf8(value))),
          indent,
        ),
        flags: noFlags,
      };
    case 'none':
      return unshown(context, tensor, []);
    default: {
      const range = elidedRange(tensor, context.inlineElements);
      if (context.inlineElements === Number.POSITIVE_INFINITY) assertFewEnough(tensor);
      if (range === undefined) return elementsText(context, tensor, context.readBytes(data.bytes), indent);
      const entries = [...rangeEntries(context, range), ['field', elementField(tensor)] as const];
      return { text: entriesText(entries), flags: noFlags };
    }
  }
}

/** More would be hundreds of megabytes of text in a single statement, and gigabytes of memory until it is written. */
const mostShownElements = 10_000_000;

function assertFewEnough({ name, dims }: Tensor): void {
  const count = elementCount(dims);
  if (count === undefined || count <= mostShownElements) return;
  throw new Error(
    `The tensor ${name || '(without a name)'} has ${count} elements, and text shows at most ${mostShownElements} of one. Print the model without --weights inline, and the text refers to them; --format textproto and json have all weights.`,
  );
}

/** Real external data keep their entries; those that the text would take for something else go the way of unknown fields. */
function externalText(context: PrintContext, tensor: Tensor, entries: readonly StringEntry[]): DataText {
  if (entries.length > 0 && entries.every(({ key }) => key !== 'field')) {
    return { text: entriesText(entries.map(({ key, value }) => [key, value])), flags: noFlags };
  }
  return unshown(context, tensor, serializedData(tensor.data));
}

function serializedData(data: TensorData): Bytes[] {
  return encodeFields((sink) => encodeTensorData(sink, data));
}

function entriesText(entries: readonly (readonly [string, string])[]): string {
  return `[${entries.map(([key, value]) => `${quoted(key)}: ${quoted(value)}`).join(', ')}]`;
}

function elementsText(context: PrintContext, tensor: Tensor, bytes: Uint8Array, indent: string): DataText {
  // Bytes that are no elements of the tensor's type go the way of unknown fields.
  return (
    shownElements(tensor, bytes, context.defaults.rawData, indent) ??
    unshown(context, tensor, serializedData(tensor.data))
  );
}

/**
 * `{1, 2}` and the annotations that the tensor needs with it. Undefined where the bytes are no elements of its type. `rawByDefault`:
 * whether the document says that shown tensors hold raw_data.
 */
export function shownElements(
  tensor: Tensor,
  bytes: Uint8Array,
  rawByDefault: boolean,
  indent: string,
): { readonly text: string; readonly flags: readonly string[] } | undefined {
  const elements = decodeElements(tensor, bytes);
  if (elements === undefined) return undefined;
  const texts = elements.map(elementFormat(tensor.dataType));
  const flags = formFlags(rawByDefault, tensor, tensor.data.kind === 'raw');
  const bits = markNaNs(texts, bytes);
  return {
    text: list(texts, indent),
    flags: bits.length === 0 ? flags : [...flags, entriesLine('nan_bits', bits)],
  };
}

function list(elements: readonly string[], indent: string): string {
  return spread('{', elements, '}', indent);
}

function elementFormat(dataType: number): (element: TensorElement) => string {
  switch (dataType) {
    case 1: // FLOAT
    case 14: // COMPLEX64
      return (element) => float32(Number(element));
    case 11: // DOUBLE
    case 15: // COMPLEX128
      return (element) => float64(Number(element));
    default:
      return String;
  }
}

/** No elements at all, and the fields that say what there is instead. */
function unshown(context: PrintContext, tensor: Tensor, fields: readonly Bytes[]): DataText {
  return { text: '{}', flags: formFlags(context.defaults.rawData, tensor, false), fields };
}

/** Whether the elements lie in raw_data, where the document does not say so already. */
function formFlags(rawByDefault: boolean, tensor: Tensor, isRaw: boolean): readonly string[] {
  if (isRaw === rawByDefault || tensor.dataType === stringType) return noFlags;
  return isRaw ? ['#@ raw_data'] : ['#@ typed_data'];
}
const stringType = 8;

/** Tells NaNs apart: the sign shows as `-nan`; other bits are returned as hexadecimal numbers by index. */
function markNaNs(texts: string[], bytes: Uint8Array): (readonly [string, string])[] {
  const entries: (readonly [string, string])[] = [];
  const size = bytes.length / texts.length;
  for (let index = texts.indexOf('nan'); index >= 0; index = texts.indexOf('nan', index + 1)) {
    const bits = Buffer.from(bytes.subarray(index * size, (index + 1) * size))
      .reverse()
      .toString('hex');
    if (/^ff(?:c0|f80{8})0{4}$/.test(bits)) texts[index] = '-nan';
    else if (!/^7f(?:c0|f80{8})0{4}$/.test(bits)) entries.push([String(index), bits]);
  }
  return entries;
}
