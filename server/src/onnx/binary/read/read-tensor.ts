/** TensorProto and SparseTensorProto. */
import { byteCount, concatenate, isFileRange } from '../../model/bytes.ts';
import { dataTypeOfNumber } from '../../model/data-types.ts';
import type { Bytes, Int64, SparseTensor, Tensor, TensorData, TypedDataField } from '../../model/model.ts';
import { varintLength, writeVarint } from '../../model/varints.ts';
import { encodeEntries } from '../write/encode-model.ts';
import { dataFieldNumbers, encodeTensorData, isBlank } from '../write/encode-tensor.ts';
import { encodeFields } from '../write/field-sink.ts';
import {
  appendEmpty,
  appendOthers,
  finishOthers,
  type Mutable,
  type OtherFields,
  withOther,
} from './other-fields.ts';
import { type EntryList, entriesOf, readEntry, withSerialized } from './read-entries.ts';
import { readInts } from './read-numbers.ts';
import type { WireCursor } from './wire-cursor.ts';

/** A typed field that is spread over several pieces or not packed is put together in memory, up to this many bytes. */
const largestScattered = 64 * 1024 * 1024;

/** What has been read of a tensor; a second field of the same number adds to it. */
export interface TensorParts {
  name: string;
  dataType: number;
  readonly dims: Int64[];
  raw?: Bytes;
  /** Contents of the typed fields that are there, packed, in pieces. */
  typed?: Map<TypedDataField, PackedPieces>;
  strings?: Uint8Array[];
  external?: EntryList;
  isExternal: boolean;
  docString?: string;
  metadata?: EntryList;
  other: OtherFields;
}

export function newTensorParts(): TensorParts {
  return { name: '', dataType: 0, dims: [], isExternal: false, other: undefined };
}

export function readTensor(cursor: WireCursor): Tensor {
  const parts = newTensorParts();
  readTensorFields(cursor, parts);
  return finishTensor(cursor, parts);
}

export function readTensorFields(cursor: WireCursor, parts: TensorParts): void {
  while (cursor.more()) {
    const tag = cursor.tag();
    switch (tag) {
      case 0x08: // 1: dims
      case 0x0a:
        readInts(cursor, tag, parts.dims);
        break;
      case 0x10: // 2: data_type
        parts.dataType = cursor.int32();
        if (parts.dataType === 0) keepField(cursor, parts);
        break;
      case 0x22: // 4: float_data
      case 0x25:
        readTyped(cursor, tag, parts, 'float_data');
        break;
      case 0x2a: // 5: int32_data
      case 0x28:
        readTyped(cursor, tag, parts, 'int32_data');
        break;
      case 0x32: // 6: string_data
        parts.strings ??= [];
        parts.strings.push(cursor.bytesInMemory());
        break;
      case 0x3a: // 7: int64_data
      case 0x38:
        readTyped(cursor, tag, parts, 'int64_data');
        break;
      case 0x42: // 8: name
        parts.name = cursor.string();
        if (parts.name === '') parts.other = appendEmpty(parts.other, tag);
        break;
      case 0x4a: // 9: raw_data
        parts.raw = cursor.bytes();
        break;
      case 0x52: // 10: double_data
      case 0x51:
        readTyped(cursor, tag, parts, 'double_data');
        break;
      case 0x5a: // 11: uint64_data
      case 0x58:
        readTyped(cursor, tag, parts, 'uint64_data');
        break;
      case 0x62: // 12: doc_string
        parts.docString = cursor.string();
        break;
      case 0x6a: // 13: external_data
        parts.external = readEntry(cursor, 13, parts.external);
        break;
      case 0x70: // 14: data_location
        readLocation(cursor, parts);
        break;
      case 0x82: // 16: metadata_props
        parts.metadata = readEntry(cursor, 16, parts.metadata);
        break;
      default:
        cursor.skip(tag);
        keepField(cursor, parts);
    }
  }
}

export function finishTensor(cursor: WireCursor, parts: TensorParts): Tensor {
  const { data, other } = chooseData(cursor, parts);
  const tensor: Mutable<Tensor> = {
    name: parts.name,
    dataType: parts.dataType,
    dims: parts.dims.slice(),
    data,
    metadata: entriesOf(parts.metadata),
  };
  if (parts.docString !== undefined) tensor.docString = parts.docString;
  const others = withSerialized(other, parts.metadata);
  if (others !== undefined) tensor.otherFields = finishOthers(others);
  return tensor;
}

export function readSparseTensor(cursor: WireCursor): SparseTensor {
  const parts = newSparseTensorParts();
  readSparseTensorFields(cursor, parts);
  return finishSparseTensor(cursor, parts);
}

export interface SparseTensorParts {
  values?: TensorParts;
  indices?: TensorParts;
  readonly dims: Int64[];
  other: OtherFields;
}

export function newSparseTensorParts(): SparseTensorParts {
  return { dims: [], other: undefined };
}

export function readSparseTensorFields(cursor: WireCursor, parts: SparseTensorParts): void {
  while (cursor.more()) {
    const tag = cursor.tag();
    switch (tag) {
      case 0x0a: // 1: values
        parts.values ??= newTensorParts();
        cursor.message('values', -1, readTensorFields, parts.values);
        break;
      case 0x12: // 2: indices
        parts.indices ??= newTensorParts();
        cursor.message('indices', -1, readTensorFields, parts.indices);
        break;
      case 0x18: // 3: dims
      case 0x1a:
        readInts(cursor, tag, parts.dims);
        break;
      default:
        cursor.skip(tag);
        parts.other = appendOthers(parts.other, cursor.lastField());
    }
  }
}

export function finishSparseTensor(cursor: WireCursor, parts: SparseTensorParts): SparseTensor {
  let { other } = parts;
  // A tensor that is there without saying anything looks like none at all, so it is kept as an empty field.
  const finish = (tensor: TensorParts | undefined, tag: number) => {
    if (tensor === undefined) return blankTensor;
    const finished = finishTensor(cursor, tensor);
    if (isBlank(finished)) other = appendEmpty(other, tag);
    return finished;
  };
  const values = finish(parts.values, 0x0a);
  const indices = finish(parts.indices, 0x12);
  return { values, indices, dims: parts.dims, ...withOther(other) };
}

const blankTensor: Tensor = { name: '', dataType: 0, dims: [], data: { kind: 'none' }, metadata: [] };

function keepField(cursor: WireCursor, parts: TensorParts): void {
  parts.other = appendOthers(parts.other, cursor.lastField());
}

function readLocation(cursor: WireCursor, parts: TensorParts): void {
  const location = cursor.int32();
  // An enumeration of proto2: values that it does not know (beyond EXTERNAL = 1) are unknown fields.
  if (location === 0 || location === 1) parts.isExternal = location === 1;
  if (location !== 1) keepField(cursor, parts);
}

function readTyped(cursor: WireCursor, tag: number, parts: TensorParts, field: TypedDataField): void {
  parts.typed ??= new Map();
  let pieces = parts.typed.get(field);
  if (pieces === undefined) {
    pieces = new PackedPieces();
    parts.typed.set(field, pieces);
  }
  switch (tag & 7) {
    case 0:
      pieces.addVarint(cursor);
      return;
    case 1:
      pieces.addFixed(cursor, 2);
      return;
    case 5:
      pieces.addFixed(cursor, 1);
      return;
    default:
      pieces.add(cursor.bytes());
  }
}

/** A packed field's content: whole packed fields, and values that came one by one. */
class PackedPieces {
  readonly pieces: Bytes[] = [];
  private single = new Uint8Array(0);
  private singleLength = 0;

  add(piece: Bytes): void {
    if (piece.length === 0) return;
    this.flush();
    this.pieces.push(piece);
  }

  addVarint(cursor: WireCursor): void {
    const value = cursor.int64();
    this.reserve(cursor, varintLength(value));
    this.singleLength = writeVarint(this.single, this.singleLength, value);
  }

  addFixed(cursor: WireCursor, words: number): void {
    this.reserve(cursor, words * 4);
    const view = new DataView(this.single.buffer);
    for (let word = 0; word < words; word++, this.singleLength += 4) {
      view.setUint32(this.singleLength, cursor.fixed32(), true);
    }
  }

  /** Moves the values that came one by one to the pieces. */
  flush(): void {
    if (this.singleLength > 0) this.pieces.push(this.single.slice(0, this.singleLength));
    this.singleLength = 0;
  }

  private reserve(cursor: WireCursor, bytes: number): void {
    if (this.singleLength + bytes <= this.single.length) return;
    const larger = new Uint8Array(Math.max(64, 2 * this.single.length));
    cursor.charge(larger.length - this.single.length);
    larger.set(this.single.subarray(0, this.singleLength));
    this.single = larger;
  }
}

/** The data that counts, in the order in which ONNX's own tools look for it. Data beside it is kept as other fields. */
function chooseData(cursor: WireCursor, parts: TensorParts): { data: TensorData; other: OtherFields } {
  if (!parts.isExternal && parts.typed === undefined && parts.external === undefined) {
    // What nearly all tensors look like.
    if (parts.strings === undefined) {
      return {
        data: parts.raw === undefined ? { kind: 'none' } : { kind: 'raw', bytes: parts.raw },
        other: parts.other,
      };
    }
  }
  const found: TensorData[] = [];
  let { other } = parts;
  if (parts.isExternal) found.push({ kind: 'external', entries: entriesOf(parts.external) });
  if (parts.raw !== undefined) found.push({ kind: 'raw', bytes: parts.raw });
  const typed: TensorData[] = [];
  for (const [field, packed] of parts.typed ?? []) {
    packed.flush();
    const bytes = joined(cursor, packed.pieces);
    if (bytes !== undefined) typed.push({ kind: 'typed', field, bytes });
    else for (const piece of packed.pieces) other = keepData(other, { kind: 'typed', field, bytes: piece });
  }
  if (parts.strings !== undefined) typed.push({ kind: 'strings', values: parts.strings });
  const ownField = dataTypeOfNumber(parts.dataType)?.field;
  typed.sort((one, two) => Number(fieldOf(two) === ownField) - Number(fieldOf(one) === ownField));
  found.push(...typed);
  const [data = { kind: 'none' } as const, ...rest] = found;
  for (const extra of rest) other = keepData(other, extra);
  if (!parts.isExternal && parts.external !== undefined) {
    other = appendOthers(other, externalEntries(parts.external));
  }
  return { data, other: withSerialized(other, parts.external) };
}

function fieldOf(data: TensorData): string | undefined {
  return data.kind === 'typed' ? data.field : data.kind === 'strings' ? 'string_data' : undefined;
}

function keepData(other: OtherFields, data: TensorData): OtherFields {
  return appendOthers(
    other,
    encodeFields((sink) => encodeTensorData(sink, data)),
  );
}

/** external_data of a tensor that is not external. */
function externalEntries(list: EntryList): Bytes[] {
  return encodeFields((sink) => encodeEntries(sink, dataFieldNumbers.external_data, list.entries));
}

/** One run of bytes; undefined where there is none, or where putting it together would take too much memory. */
function joined(cursor: WireCursor, pieces: readonly Bytes[]): Bytes | undefined {
  const [first, ...rest] = pieces;
  if (first === undefined || rest.length === 0) return first;
  if (byteCount(pieces) > largestScattered) return undefined;
  cursor.charge(byteCount(pieces));
  return concatenate(
    pieces.map((piece) => (isFileRange(piece) ? cursor.read(piece.offset, piece.length) : piece)),
  );
}
