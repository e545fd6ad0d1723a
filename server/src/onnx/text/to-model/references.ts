/** References: bytes that the text names by their place in a file instead of showing them. */
import { byteLength, dataTypeOfNumber, elementCount, isPackedInInt32Data } from '../../model/data-types.ts';
import type { ByteSource } from '../../model/file-access.ts';
import { fingerprint } from '../../model/fingerprint.ts';
import type { FileRange, Tensor, TensorData } from '../../model/model.ts';
import type { ElementField } from '../../model/tensor-values.ts';
import { dataFields, isElementField } from '../annotations/data-fields.ts';
import { varintAt } from '../annotations/wire-fields.ts';
import type { Span, StringEntrySyntax } from '../syntax-tree.ts';
import { windowedSource } from '../windowed-source.ts';
import { type Conversion, report } from './context.ts';
import { findWeights, indexWeights } from './moved-weights.ts';

/** The data of a tensor whose entries have a `field`; problems are pinned on the entry that is wrong. */
export function referencedData(
  conversion: Conversion,
  entries: readonly StringEntrySyntax[],
  span: Span,
  tensor: Pick<Tensor, 'name' | 'dataType' | 'dims'>,
): TensorData {
  const fieldEntry = entries.find((entry) => entry.key.name === 'field');
  const fieldName = fieldEntry?.value.name ?? '';
  const written = rangeOf(
    conversion,
    entries.map((entry) => ({ key: entry.key.name, value: entry.value.name, span: entry })),
    span,
  );
  if (!isElementField(fieldName)) {
    const fields = Object.keys(dataFields).join(', ');
    const message = `\`${fieldName}\` is no field of a tensor that a reference can name. Those are ${fields}.`;
    report(conversion, fieldEntry?.value ?? span, 'onnx.reference.invalid', message);
    return { kind: 'none' };
  }
  if (written === undefined) return { kind: 'none' };
  const spanOf = (key: string) => entries.find((entry) => entry.key.name === key)?.value ?? span;
  const check = entries.find((entry) => entry.key.name === 'check')?.value.name;
  const sourceEntry = entries.find((entry) => entry.key.name === 'source');
  if (sourceEntry !== undefined && !isBareSource(conversion, sourceEntry, fieldName, check))
    return { kind: 'none' };
  const found =
    sourceEntry === undefined
      ? foundRange(conversion, written, { name: tensor.name, field: fieldName, check }, spanOf)
      : bareRange(conversion, written, check, spanOf);
  if (found !== undefined) checkLength(conversion, found.length, fieldName, tensor, spanOf);
  const range = found ?? written;
  return fieldName === 'raw_data'
    ? { kind: 'raw', bytes: range }
    : { kind: 'typed', field: fieldName, bytes: range };
}

/**
 * Where the fields of a `fields` annotation are that stayed in their file. `missing`: how many bytes the field before them lacks,
 * which these are the next of; 0 where they are fields of their own. Undefined where the reference makes no sense.
 */
export function fieldsReference(
  conversion: Conversion,
  entries: readonly { readonly key: string; readonly value: string }[],
  missing: number,
  span: Span,
): FileRange | undefined {
  const range = rangeOf(
    conversion,
    entries.map((entry) => ({ ...entry, span })),
    span,
  );
  if (range === undefined) return undefined;
  const source = sourceOf(conversion, range.path, span);
  if (source === undefined) return range;
  const isThere = range.offset + range.length <= source.size;
  const fits = missing > 0 ? range.length <= missing : beginsWithField(source, range);
  const check = entries.find(({ key }) => key === 'check')?.value;
  const isSame = isThere && (check === undefined || check === fingerprintAt(source, range));
  if (!isSame || !fits) report(conversion, span, 'onnx.reference.stale', staleMessage(range));
  return range;
}

/** Whether a field is there that is no longer than the range; the fields behind it are not looked at, as there may be megabytes. */
function beginsWithField(source: ByteSource, range: FileRange): boolean {
  const head = readWithin(source, range.offset, Math.min(range.length, longestHead));
  const tag = head && varintAt(head, 0);
  if (head === undefined || tag === undefined || tag.value < 8) return false;
  const wireType = tag.value & 7;
  if (wireType !== 2) return wireType < 6 && wireType !== 4;
  const length = varintAt(head, tag.end);
  return length !== undefined && length.end + length.value <= range.length;
}

/** A tag and a varint, at their longest. */
const longestHead = 20;

interface Entry {
  readonly key: string;
  readonly value: string;
  readonly span: Span;
}

function rangeOf(conversion: Conversion, entries: readonly Entry[], span: Span): FileRange | undefined {
  const known = new Map(entries.map((entry) => [entry.key, entry]));
  const offset = wholeNumber(conversion, known.get('offset'), 'offset', span);
  const length = wholeNumber(conversion, known.get('length'), 'length', span);
  const location = known.get('location');
  if (location === undefined) {
    report(conversion, span, 'onnx.reference.invalid', 'A reference needs the `location` of its file.');
    return undefined;
  }
  const path = conversion.context.resolveLocation(location.value);
  if (path === undefined) {
    const message = `\`${location.value}\` is relative to the folder of this text, which is in no folder yet. Save it beside the model.`;
    report(conversion, location.span, 'onnx.reference.missing-file', message);
    return undefined;
  }
  return offset === undefined || length === undefined ? undefined : { path, offset, length };
}

function wholeNumber(
  conversion: Conversion,
  entry: Entry | undefined,
  key: string,
  span: Span,
): number | undefined {
  const value = entry !== undefined && /^\d+$/.test(entry.value) ? Number(entry.value) : undefined;
  if (value !== undefined && Number.isSafeInteger(value)) return value;
  const message =
    entry === undefined
      ? `A reference needs its \`${key}\` in bytes.`
      : `\`${entry.value}\` is no ${key} in bytes. Write a whole number in quotes.`;
  report(conversion, entry?.span ?? span, 'onnx.reference.invalid', message);
  return undefined;
}

/**
 * The range, where the field's tag and length in front of the bytes and their fingerprint say that they are meant; else the place to
 * which a save has moved them. Undefined, and reported, where they are nowhere.
 */
function foundRange(
  conversion: Conversion,
  range: FileRange,
  { name, field, check }: { name: string; field: ElementField; check: string | undefined },
  spanOf: (key: string) => Span,
): FileRange | undefined {
  const source = sourceOf(conversion, range.path, spanOf('location'));
  if (source === undefined) return undefined;
  if (isThere(source, range, field, check)) return range;
  if (check !== undefined) {
    const { weights } = conversion;
    let index = weights.get(range.path);
    if (index === undefined) {
      index = indexWeights(source);
      weights.set(range.path, index);
    }
    const kept = conversion.context.files?.keptWeights?.(range.path) ?? [];
    const moved = findWeights({ name, field, length: range.length, check }, source, index, kept);
    if (moved !== undefined) return moved;
  }
  report(conversion, spanOf('offset'), 'onnx.reference.stale', staleMessage(range));
  return undefined;
}

/** Whether the entry says, as it may, that the bytes lie in a file of external data, where no field is around them. */
function isBareSource(
  conversion: Conversion,
  { value }: StringEntrySyntax,
  field: ElementField,
  check: string | undefined,
): boolean {
  const message =
    value.name !== 'external'
      ? `\`${value.name}\` is no source of a reference. It is \`external\` for bytes of external data, and is left out for those of a model.`
      : field !== 'raw_data'
        ? 'Bytes of external data can only become `raw_data`.'
        : check === undefined
          ? 'A reference into external data needs the `check` of its bytes: nothing else tells whether they are the ones that are meant.'
          : undefined;
  if (message !== undefined) report(conversion, value, 'onnx.reference.invalid', message);
  return message === undefined;
}

/** The range, where its fingerprint is right; undefined, and reported, where it is not. */
function bareRange(
  conversion: Conversion,
  range: FileRange,
  check: string | undefined,
  spanOf: (key: string) => Span,
): FileRange | undefined {
  const source = sourceOf(conversion, range.path, spanOf('location'));
  if (source === undefined) return undefined;
  const isWithin = range.offset + range.length <= source.size;
  if (isWithin && check === fingerprintAt(source, range)) return range;
  report(conversion, spanOf('offset'), 'onnx.reference.stale', staleMessage(range));
  return undefined;
}

function isThere(
  source: ByteSource,
  range: FileRange,
  field: ElementField,
  check: string | undefined,
): boolean {
  const headLength = Math.min(range.offset, longestHead);
  const head = readWithin(source, range.offset - headLength, headLength);
  const ends = range.offset + range.length <= source.size;
  if (!ends || head === undefined || !endsWithHead(head, dataFields[field], range.length)) return false;
  if (check === undefined) return true;
  return check === fingerprintAt(source, range);
}

/** Undefined where the file became shorter meanwhile. */
function fingerprintAt(source: ByteSource, range: FileRange): string | undefined {
  try {
    return fingerprint(range.length, (offset, length) => source.read(range.offset + offset, length));
  } catch {
    return undefined;
  }
}

/** Whether the bytes end with the field's tag and this length (which a writer may have padded). */
function endsWithHead(head: Uint8Array, field: number, length: number): boolean {
  for (let start = head.length - 2; start >= 0; start--) {
    const tag = varintAt(head, start);
    if (tag?.value !== field * 8 + 2) continue;
    const found = varintAt(head, tag.end);
    if (found?.end === head.length && found.value === length) return true;
  }
  return false;
}

function checkLength(
  conversion: Conversion,
  length: number,
  field: ElementField,
  tensor: Pick<Tensor, 'dataType' | 'dims'>,
  spanOf: (key: string) => Span,
): void {
  const type = dataTypeOfNumber(tensor.dataType);
  if (type === undefined) return;
  if (field !== 'raw_data' && field !== type.field) {
    const message = `Elements of type ${type.name} do not lie in ${field}, but in raw_data or ${type.field}.`;
    report(conversion, spanOf('field'), 'onnx.reference.length-mismatch', message);
    return;
  }
  const [least, most] = expectedLength(field, tensor);
  if (least === undefined || (length >= least && length <= most)) return;
  const expected = least === most ? `${least}` : `${least} to ${most}`;
  const message = `${length} bytes are no ${type.name}[${tensor.dims.join(',')}], which takes ${expected} bytes in ${field}. Print the model again, or correct the type.`;
  report(conversion, spanOf('length'), 'onnx.reference.length-mismatch', message);
}

/** Bytes that the elements may take: varints are one to ten bytes long. */
function expectedLength(
  field: ElementField,
  { dataType, dims }: Pick<Tensor, 'dataType' | 'dims'>,
): readonly [number, number] | readonly [undefined, undefined] {
  const bytes = byteLength(dataType, dims);
  if (bytes === undefined) return [undefined, undefined];
  if (field === 'raw_data' || field === 'float_data' || field === 'double_data') return [bytes, bytes];
  const type = dataTypeOfNumber(dataType);
  const entries = type && isPackedInInt32Data(type) ? bytes : (elementCount(dims) ?? 0);
  return [entries, entries * 10];
}

/** The file, opened once. Undefined where it is not checked or not there; that is reported for each reference. */
function sourceOf(conversion: Conversion, path: string, span: Span): ByteSource | undefined {
  const { files } = conversion.context;
  if (files === undefined) return undefined;
  let source = conversion.sources.get(path);
  if (source === undefined) {
    try {
      source = windowedSource(files.open(path));
    } catch (error) {
      source = error instanceof Error ? error.message : String(error);
    }
    conversion.sources.set(path, source);
  }
  if (typeof source !== 'string') return source;
  const message = `${source} The weights that this text refers to are in that file. Put it there, or correct the location.`;
  report(conversion, span, 'onnx.reference.missing-file', message);
  return undefined;
}

function readWithin(source: ByteSource, offset: number, length: number): Uint8Array | undefined {
  if (offset < 0 || offset + length > source.size) return undefined;
  try {
    return source.read(offset, length);
  } catch {
    // It became shorter while it was read, or its disk is gone: not what the text was printed from, either way.
    return undefined;
  }
}

function staleMessage(range: FileRange): string {
  return `${range.path} has changed since this text was printed: what is referred to is no longer at byte ${range.offset}. Print the model again.`;
}
