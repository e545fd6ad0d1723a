import protobuf from 'protobufjs/minimal.js';
import type { ByteSource } from '../../model/file-access.ts';
import type { Bytes, Int64 } from '../../model/model.ts';
import { decodeUtf8 } from '../../model/utf8.ts';
import { signedFromParts } from '../../model/varints.ts';
import { ModelReadError } from '../model-read-error.ts';
import { StringPool } from './string-pool.ts';

export interface ReadLimits {
  /** Data of at most this many bytes is read into memory, longer data stays in the file as a FileRange. */
  readonly inlineBytes: number;
  /** Roughly how many bytes of memory the model may take; a hostile file ends in an error, not in a dead process. */
  readonly memoryBytes: number;
}

/** Protobuf's own default: what is nested deeper no other program reads either. */
const maximumDepth = 100;

/** After a jump little is read, as the next jump may be near; reading on doubles the window. */
const smallestWindow = 16 * 1024;
const largestWindow = 1024 * 1024;

/** JavaScript's strings end at twice this, in bytes. */
const longestString = 2 ** 28;

/** Enough for a tag and the varint behind it. */
const fieldHeadBytes = 20;

/**
 * A position in a protobuf file, and a window of the file around it. protobufjs reads what lies in the window; the cursor moves
 * the window along, jumps over what nobody needs, and never lets a message's length lie about what is around it.
 */
export class WireCursor {
  readonly source: ByteSource;
  readonly limits: ReadLimits;
  private reader = protobuf.Reader.create(Buffer.alloc(0));
  /** Offset in the file of the window's first byte. */
  private windowStart = 0;
  private windowBytes = smallestWindow;
  /** Offset in the file where the message being read ends. */
  private messageEnd: number;
  /** Offset in the file of the tag of the field being read. */
  private fieldStart = 0;
  /** What is being read, outermost first: `graph`, `node 12`, `attribute 0`. */
  private readonly trail: { what: string; index: number }[] = [];
  private depth = 0;
  private memoryLeft: number;
  private readonly strings = new StringPool();

  constructor(source: ByteSource, limits: ReadLimits) {
    this.source = source;
    this.limits = limits;
    this.messageEnd = source.size;
    this.memoryLeft = limits.memoryBytes;
  }

  get position(): number {
    return this.windowStart + this.reader.pos;
  }

  /** Whether the message being read has another field. */
  more(): boolean {
    return this.windowStart + this.reader.pos < this.messageEnd;
  }

  /** Reads a field's tag: number times 8 plus wire type. Its value, length or group end is in the window afterwards. */
  tag(): number {
    if (this.reader.len - this.reader.pos < fieldHeadBytes) this.moveWindow(fieldHeadBytes);
    this.fieldStart = this.windowStart + this.reader.pos;
    const tag = this.varint32();
    if (tag < 8) this.fail('field number 0 does not exist');
    return tag;
  }

  /** Reads a nested message with `read`, which must consume all its fields. `index` is negative where there is only one. */
  message<T>(what: string, index: number, read: (cursor: WireCursor) => T): T {
    const length = this.length();
    const outerEnd = this.messageEnd;
    const start = this.fieldStart;
    this.messageEnd = this.position + length;
    this.enter(what, index);
    this.charge(messageBytes);
    const value = read(this);
    if (this.position !== this.messageEnd) this.fail('a field is longer than the message that holds it');
    this.depth--;
    this.messageEnd = outerEnd;
    this.fieldStart = start;
    return value;
  }

  /** Reads a packed field or a field of its own, value by value. */
  packed(readValue: () => void): void {
    const length = this.length();
    const outerEnd = this.messageEnd;
    this.messageEnd = this.position + length;
    while (this.more()) {
      if (this.reader.len - this.reader.pos < fieldHeadBytes) this.moveWindow(fieldHeadBytes);
      readValue();
    }
    if (this.position !== this.messageEnd) this.fail('a packed value is cut off');
    this.messageEnd = outerEnd;
  }

  string(): string {
    const length = this.length();
    if (length > longestString) this.fail(`a string of ${length} bytes is too long to be read`);
    this.require(length);
    const { buf, pos } = this.reader;
    this.reader.pos = pos + length;
    const pooled = this.strings.find(buf, pos, length);
    if (pooled !== undefined) return pooled;
    this.charge(stringBytes + length);
    return this.strings.add(decodeUtf8(buf.subarray(pos, pos + length)), length);
  }

  int64(): Int64 {
    const { buf } = this.reader;
    let { pos } = this.reader;
    let low = 0;
    let middle = 0;
    let high = 0;
    for (let count = 0; ; count++) {
      if (pos >= this.reader.len) this.failAtEnd();
      if (count === 10) this.fail('a number is longer than ten bytes');
      const byte = buf[pos++] ?? 0;
      if (count < 4) low |= (byte & 0x7f) << (7 * count);
      else if (count < 8) middle |= (byte & 0x7f) << (7 * (count - 4));
      else high |= (byte & 0x7f) << (7 * (count - 8));
      if (byte < 0x80) break;
    }
    this.reader.pos = pos;
    return signedFromParts(low, middle, high & 0xff);
  }

  /** As protobuf reads an int32 or an enumeration: the low 32 bits. */
  int32(): number {
    return this.varint32() | 0;
  }

  /** The bits of a float. */
  fixed32(): number {
    this.require(4);
    return this.reader.fixed32();
  }

  /** A length-delimited field's content: in memory where it is short, as a range of the file otherwise. */
  bytes(): Bytes {
    const length = this.length();
    const offset = this.position;
    if (length > this.limits.inlineBytes) {
      this.jump(offset + length);
      this.charge(rangeBytes);
      return { path: this.source.path, offset, length };
    }
    this.require(length);
    this.charge(rangeBytes + length);
    const start = this.reader.pos;
    this.reader.pos = start + length;
    return Uint8Array.prototype.slice.call(this.reader.buf, start, start + length);
  }

  /** Length of the length-delimited field whose tag was read last, without reading on. */
  peekLength(): number {
    const start = this.reader.pos;
    const length = this.length();
    this.reader.pos = start;
    return length;
  }

  /** A length-delimited field's content in memory, however long; the memory limit bounds it. */
  bytesInMemory(): Uint8Array {
    const length = this.length();
    this.charge(rangeBytes + length);
    this.require(length);
    const start = this.reader.pos;
    this.reader.pos = start + length;
    return Uint8Array.prototype.slice.call(this.reader.buf, start, start + length);
  }

  /** Jumps over the value of the field whose tag was read last. */
  skip(tag: number): void {
    const wireType = tag & 7;
    if (wireType === 3) this.skipGroup(tag);
    else this.skipValue(wireType);
  }

  /** The field read or skipped last, tag included. */
  lastField(): Bytes {
    const offset = this.fieldStart;
    const end = this.position;
    if (end > this.messageEnd) this.fail('a field is longer than the message that holds it');
    const length = end - offset;
    this.charge(rangeBytes + Math.min(length, this.limits.inlineBytes));
    if (length > this.limits.inlineBytes) return { path: this.source.path, offset, length };
    const start = offset - this.windowStart;
    if (start < 0) return this.read(offset, length);
    return Uint8Array.prototype.slice.call(this.reader.buf, start, start + length);
  }

  /** Counts memory that the model takes. */
  charge(bytes: number): void {
    this.memoryLeft -= bytes;
    if (this.memoryLeft >= 0) return;
    const megabytes = Math.round(this.limits.memoryBytes / 1e6);
    throw new ModelReadError(
      `This model cannot be read: its structure alone (nodes, names, attributes; not the weights) takes more than ${megabytes} MB of memory.`,
      this.position,
    );
  }

  /** Reads bytes of the file, wherever they are. */
  read(offset: number, length: number): Uint8Array {
    try {
      return this.source.read(offset, length);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ModelReadError(`Reading the model fails at byte ${offset}: ${reason}`, offset, {
        cause: error,
      });
    }
  }

  /** Throws; `problem` completes the sentence "The model is damaged at byte N, inside …: …". */
  fail(problem: string): never {
    throw new ModelReadError(
      `The model is damaged at byte ${this.fieldStart}, ${this.where()}: ${problem}.`,
      this.fieldStart,
    );
  }

  /** Reads a length and checks it against the message being read, which is why no length can reach out of the file. */
  private length(): number {
    const length = this.int64();
    const end = this.position + Number(length);
    if (length >= 0 && end <= this.messageEnd) return Number(length);
    if (length >= 0 && end > this.source.size && length < 2 ** 31) {
      throw new ModelReadError(
        `The file ends at byte ${this.source.size} ${this.where()}: the field at byte ${this.fieldStart} says that it goes on to byte ${end}. The file looks truncated.`,
        this.fieldStart,
      );
    }
    return this.fail(`the field's length of ${length} bytes reaches beyond what it is part of`);
  }

  private varint32(): number {
    const start = this.reader.pos;
    try {
      return this.reader.uint32();
    } catch (error) {
      // protobufjs knows neither the offset nor what is being read.
      this.reader.pos = start;
      if (this.reader.len - start < 10) return this.failAtEnd();
      throw new ModelReadError(
        `The model is damaged at byte ${this.position}, ${this.where()}: a number is longer than ten bytes.`,
        this.position,
        { cause: error },
      );
    }
  }

  private enter(what: string, index: number): void {
    const entry = this.trail[this.depth];
    if (entry === undefined) this.trail.push({ what, index });
    else {
      entry.what = what;
      entry.index = index;
    }
    this.depth++;
    if (this.depth > maximumDepth) {
      this.fail(`messages are nested more than ${maximumDepth} deep, which no ONNX tool reads`);
    }
  }

  /** `in attribute 0 of node 12 of the graph`. */
  private where(): string {
    if (this.depth === 0) return 'in the model itself';
    const names = this.trail
      .slice(Math.max(0, this.depth - 7), this.depth)
      .reverse()
      .map(({ what, index }) => (index < 0 ? `the ${what}` : `${what} ${index}`));
    if (this.depth > names.length) names.push('…');
    return `in ${names.join(' of ')}`;
  }

  private failAtEnd(): never {
    throw new ModelReadError(
      `The file ends at byte ${this.source.size}, ${this.where()}: it looks truncated.`,
      this.source.size,
    );
  }

  private skipValue(wireType: number): void {
    if (wireType === 0) this.int64();
    else if (wireType === 1) this.jumpWithinMessage(8);
    else if (wireType === 2) this.jumpWithinMessage(this.length());
    else if (wireType === 5) this.jumpWithinMessage(4);
    else this.fail(`wire type ${wireType} does not exist or ends no group`);
  }

  /** Groups (wire types 3 and 4) are no part of ONNX, and may be unknown fields all the same. */
  private skipGroup(tag: number): void {
    const start = this.fieldStart;
    const groups = [tag >>> 3];
    while (groups.length > 0) {
      if (!this.more()) this.fail('a group has no end');
      const inner = this.tag();
      if ((inner & 7) === 3) groups.push(inner >>> 3);
      else if ((inner & 7) !== 4) this.skipValue(inner & 7);
      else if (groups.pop() !== inner >>> 3) this.fail('a group ends that was not begun');
      if (groups.length > maximumDepth) this.fail(`groups are nested more than ${maximumDepth} deep`);
    }
    this.fieldStart = start;
  }

  private jumpWithinMessage(bytes: number): void {
    const target = this.position + bytes;
    if (target > this.source.size) this.failAtEnd();
    if (target > this.messageEnd) this.fail('a field is longer than the message that holds it');
    this.jump(target);
  }

  /** Makes sure that the next `bytes` bytes are in the window. */
  private require(bytes: number): void {
    if (this.reader.len - this.reader.pos < bytes) this.moveWindow(bytes);
    if (this.reader.len - this.reader.pos < bytes) this.failAtEnd();
  }

  private jump(target: number): void {
    const inWindow = target - this.windowStart;
    if (inWindow >= 0 && inWindow <= this.reader.len) {
      this.reader.pos = inWindow;
      return;
    }
    this.reader = protobuf.Reader.create(Buffer.alloc(0));
    this.windowStart = target;
    this.windowBytes = smallestWindow;
  }

  /** Reads a new window that begins at the position and has `minimum` bytes, or all that the file has left. */
  private moveWindow(minimum: number): void {
    const start = this.position;
    const left = this.source.size - start;
    if (this.reader.len - this.reader.pos >= left) return;
    const length = Math.min(left, Math.max(minimum, this.windowBytes));
    this.windowBytes = Math.min(this.windowBytes * 2, largestWindow);
    const bytes = this.read(start, length);
    this.reader = protobuf.Reader.create(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    this.windowStart = start;
  }
}

/** What a message, a string and a range take in memory, roughly: objects, their properties and the array slots that hold them. */
const messageBytes = 160;
const stringBytes = 32;
const rangeBytes = 64;
