/** Protobuf fields on their way out. The same encoding functions run twice: to measure, then to write. */
import { isFileRange } from '../../model/bytes.ts';
import type { Bytes, Int64 } from '../../model/model.ts';
import { encodeUtf8, utf8Length } from '../../model/utf8.ts';
import { varintLength, writeVarint } from '../../model/varints.ts';
import { type SerializedField, splitFields } from './split-fields.ts';

export interface FieldSink {
  /** int64, int32 or enumeration. */
  varint(field: number, value: Int64): void;
  float(field: number, value: number): void;
  string(field: number, text: string): void;
  /** A bytes field, or the content of a packed field. */
  bytes(field: number, bytes: Bytes): void;
  message<T>(field: number, value: T, encode: (sink: FieldSink, value: T) => void): void;
  /** Fields that are serialized already, here and now. */
  serialized(pieces: readonly Bytes[]): void;
  /**
   * Fields of the message being written that are serialized already, each to be written before the named fields of its number
   * and above, where protobuf's own writers have it. Must come before the message's named fields, which must ascend.
   */
  inOrder(pieces: readonly Bytes[]): void;
}

/** The fields that `encode` gives to its sink, as pieces that follow each other. Ranges of files stay ranges. */
export function encodeFields(encode: (sink: FieldSink) => void): Bytes[] {
  const measuring = new MeasuringSink();
  measuring.all(encode);
  const writing = new WritingSink(measuring);
  writing.all(encode);
  return writing.finish();
}

const varintWire = 0;
const delimitedWire = 2;
const fixed32Wire = 5;

function tag(field: number, wireType: number): number {
  return field * 8 + wireType;
}

/** Each list is split to be measured and to be written, and thousands of nodes may share one. */
const splitBefore = new WeakMap<readonly Bytes[], readonly SerializedField[]>();

abstract class OrderingSink {
  /** Fields of the message being written that wait for their turn, the last one first. */
  private waiting: SerializedField[] = [];

  abstract serialized(pieces: readonly Bytes[]): void;

  inOrder(pieces: readonly Bytes[]): void {
    let fields = splitBefore.get(pieces);
    if (fields === undefined) {
      fields = splitFields(pieces).reverse();
      splitBefore.set(pieces, fields);
    }
    this.waiting = fields.slice();
  }

  /** Encodes the outermost message. */
  all(encode: (sink: this) => void): void {
    encode(this);
    this.before(Number.POSITIVE_INFINITY);
  }

  /** Writes what comes before a named field of this number. */
  protected before(field: number): void {
    for (let next = this.waiting.at(-1); next !== undefined && next.number <= field; ) {
      this.waiting.pop();
      this.serialized(next.pieces);
      next = this.waiting.at(-1);
    }
  }

  /** Encodes a nested message, whose own waiting fields are not this message's. */
  protected nested<T>(value: T, encode: (sink: this, value: T) => void): void {
    const outer = this.waiting;
    this.waiting = [];
    encode(this, value);
    this.before(Number.POSITIVE_INFINITY);
    this.waiting = outer;
  }
}

class MeasuringSink extends OrderingSink implements FieldSink {
  /** Lengths of the nested messages, in the order in which they begin. */
  readonly messageLengths: number[] = [];
  length = 0;
  /** Bytes of `length` that stay in files. */
  rangeLength = 0;

  varint(field: number, value: Int64): void {
    this.before(field);
    this.length += varintLength(field * 8) + varintLength(value);
  }

  float(field: number): void {
    this.before(field);
    this.length += varintLength(field * 8) + 4;
  }

  string(field: number, text: string): void {
    this.delimited(field, utf8Length(text));
  }

  bytes(field: number, bytes: Bytes): void {
    this.delimited(field, bytes.length);
    if (isFileRange(bytes)) this.rangeLength += bytes.length;
  }

  message<T>(field: number, value: T, encode: (sink: FieldSink, value: T) => void): void {
    this.before(field);
    const slot = this.messageLengths.push(0) - 1;
    const start = this.length;
    this.nested(value, encode);
    const length = this.length - start;
    this.messageLengths[slot] = length;
    this.length += varintLength(field * 8) + varintLength(length);
  }

  serialized(pieces: readonly Bytes[]): void {
    for (const piece of pieces) {
      this.length += piece.length;
      if (isFileRange(piece)) this.rangeLength += piece.length;
    }
  }

  private delimited(field: number, length: number): void {
    this.before(field);
    this.length += varintLength(field * 8) + varintLength(length) + length;
  }
}

class WritingSink extends OrderingSink implements FieldSink {
  private readonly messageLengths: readonly number[];
  private nextMessage = 0;
  private readonly memory: Uint8Array;
  private readonly view: DataView;
  private written = 0;
  private pieceStart = 0;
  private readonly pieces: Bytes[] = [];

  constructor(measured: MeasuringSink) {
    super();
    this.messageLengths = measured.messageLengths;
    this.memory = new Uint8Array(measured.length - measured.rangeLength);
    this.view = new DataView(this.memory.buffer);
  }

  varint(field: number, value: Int64): void {
    this.before(field);
    this.number(tag(field, varintWire));
    this.number(value);
  }

  float(field: number, value: number): void {
    this.before(field);
    this.number(tag(field, fixed32Wire));
    this.view.setFloat32(this.written, value, true);
    this.written += 4;
  }

  string(field: number, text: string): void {
    this.before(field);
    this.number(tag(field, delimitedWire));
    if (text.length <= shortString && this.ascii(text)) return;
    const bytes = encodeUtf8(text);
    this.number(bytes.length);
    this.memory.set(bytes, this.written);
    this.written += bytes.length;
  }

  bytes(field: number, bytes: Bytes): void {
    this.before(field);
    this.number(tag(field, delimitedWire));
    this.number(bytes.length);
    this.piece(bytes);
  }

  message<T>(field: number, value: T, encode: (sink: FieldSink, value: T) => void): void {
    this.before(field);
    this.number(tag(field, delimitedWire));
    this.number(this.messageLengths[this.nextMessage++] ?? 0);
    this.nested(value, encode);
  }

  serialized(pieces: readonly Bytes[]): void {
    for (const piece of pieces) this.piece(piece);
  }

  finish(): Bytes[] {
    this.endPiece();
    return this.pieces;
  }

  /** Writes a length below 128 and as many characters. False, and nothing is written, where they are not ASCII. */
  private ascii(text: string): boolean {
    const { memory } = this;
    let at = this.written + 1;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code >= 0x80) return false;
      memory[at++] = code;
    }
    memory[this.written] = text.length;
    this.written = at;
    return true;
  }

  private number(value: Int64): void {
    this.written = writeVarint(this.memory, this.written, value);
  }

  private piece(bytes: Bytes): void {
    if (isFileRange(bytes)) {
      this.endPiece();
      this.pieces.push(bytes);
    } else {
      this.memory.set(bytes, this.written);
      this.written += bytes.length;
    }
  }

  private endPiece(): void {
    if (this.written > this.pieceStart) this.pieces.push(this.memory.subarray(this.pieceStart, this.written));
    this.pieceStart = this.written;
  }
}

const shortString = 127;
