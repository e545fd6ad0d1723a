import type { ByteSource } from '../../model/file-access.ts';
import type { Attribute, Bytes, Int64 } from '../../model/model.ts';
import { decodeUtf8, strictUtf8 } from '../../model/utf8.ts';
import { signedFromParts } from '../../model/varints.ts';
import { ModelReadError } from '../model-read-error.ts';
import { ListStack } from './list-stack.ts';
import { Slab } from './slab.ts';
import { StringPool } from './string-pool.ts';
import { Trail } from './trail.ts';

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
 * A position in a protobuf file, and a window of the file around it that moves along with it, jumps over what nobody needs, and
 * never lets a message's length lie about what is around it.
 *
 * This is what protobufjs's Reader does for a message in memory; here it must go on beyond the window, keep 64-bit numbers and
 * broken UTF-8 exactly, and say where in the file a problem is.
 */
export class WireCursor {
  readonly source: ByteSource;
  readonly limits: ReadLimits;
  /** Lists of the nodes that are being read. */
  readonly inputs = new ListStack<string>();
  readonly outputs = new ListStack<string>();
  readonly attributes = new ListStack<Attribute>();
  /** Lists of the attributes that are being read. */
  readonly ints = new ListStack<Int64>();
  readonly floats = new ListStack<number>();
  private window: Buffer = Buffer.alloc(0);
  private view = viewOf(this.window);
  /** Position in the window. */
  private at = 0;
  /** Offset in the file of the window's first byte. */
  private windowStart = 0;
  private windowBytes = smallestWindow;
  /** Offset in the file where the message being read ends. */
  private messageEnd: number;
  /** Offset in the file of the tag of the field being read. */
  private fieldStart = 0;
  private readonly trail = new Trail();
  private memoryLeft: number;
  private readonly strings = new StringPool();
  /** Parts of the varint read last, see readParts. */
  private low = 0;
  private middle = 0;
  private high = 0;
  private readonly slab = new Slab();

  constructor(source: ByteSource, limits: ReadLimits) {
    this.source = source;
    this.limits = limits;
    this.messageEnd = source.size;
    this.memoryLeft = limits.memoryBytes;
  }

  get position(): number {
    return this.windowStart + this.at;
  }

  /** Whether the message being read has another field. */
  more(): boolean {
    return this.windowStart + this.at < this.messageEnd;
  }

  /** Reads a field's tag: number times 8 plus wire type. Its value, length or group end is in the window afterwards. */
  tag(): number {
    if (this.window.length - this.at < fieldHeadBytes) this.moveWindow(fieldHeadBytes);
    this.fieldStart = this.windowStart + this.at;
    const tag = this.varint32() >>> 0;
    if (tag < 8) this.fail('field number 0 does not exist');
    return tag;
  }

  /** Reads a nested message with `read`, which must consume all its fields. `index` is negative where there is only one. */
  message<Result>(what: string, index: number, read: (cursor: WireCursor) => Result): Result;
  /** With something that `read` adds to, such as what an earlier field of the same number held: so protobuf merges messages. */
  message<Result, Base>(
    what: string,
    index: number,
    read: (cursor: WireCursor, base: Base) => Result,
    base: Base,
  ): Result;
  message<Result, Base>(
    what: string,
    index: number,
    read: (cursor: WireCursor, base?: Base) => Result,
    base?: Base,
  ): Result {
    const length = this.length();
    const outerEnd = this.messageEnd;
    const start = this.fieldStart;
    this.messageEnd = this.windowStart + this.at + length;
    this.trail.enter(what, index);
    if (this.trail.depth > maximumDepth) {
      this.fail(`messages are nested more than ${maximumDepth} deep, which no ONNX tool reads`);
    }
    this.charge(messageBytes);
    const value = read(this, base);
    if (this.position !== this.messageEnd) this.fail('a field is longer than the message that holds it');
    this.trail.leave();
    this.messageEnd = outerEnd;
    this.fieldStart = start;
    return value;
  }

  /** Reads a packed field, value by value. */
  packed(readValue: () => void): void {
    const length = this.length();
    const outerEnd = this.messageEnd;
    this.messageEnd = this.position + length;
    while (this.more()) {
      if (this.window.length - this.at < fieldHeadBytes) this.moveWindow(fieldHeadBytes);
      readValue();
    }
    if (this.position !== this.messageEnd) this.fail('a packed value is cut off');
    this.messageEnd = outerEnd;
  }

  string(): string {
    const start = this.content(longestString);
    return this.asciiFrom(start) ?? decodeUtf8(this.window.subarray(start, this.at));
  }

  /** A bytes field that should be text: a string where it is valid UTF-8, else the bytes. */
  text(): string | Uint8Array {
    const start = this.content(longestString);
    return (
      this.asciiFrom(start) ??
      strictUtf8(this.window.subarray(start, this.at)) ??
      this.copy(start, this.at - start)
    );
  }

  int64(): Int64 {
    const first = this.window[this.at] ?? 0x80;
    if (first < 0x80) {
      this.at++;
      return first;
    }
    const second = this.window[this.at + 1] ?? 0x80;
    if (second < 0x80) {
      this.at += 2;
      return (first & 0x7f) | (second << 7);
    }
    this.readParts();
    return signedFromParts(this.low, this.middle, this.high);
  }

  /** As protobuf reads an int32 or an enumeration: the low 32 bits. */
  int32(): number {
    return this.varint32();
  }

  /** The bits of a float. */
  fixed32(): number {
    this.require(4);
    const bits = this.view.getUint32(this.at, true);
    this.at += 4;
    return bits;
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
    this.at += length;
    return this.copy(this.at - length, length);
  }

  /** Length of the length-delimited field whose tag was read last, without reading on. */
  peekLength(): number {
    const start = this.at;
    const length = this.length();
    this.at = start;
    return length;
  }

  /** A length-delimited field's content in memory, however long; the memory limit bounds it. */
  bytesInMemory(): Uint8Array {
    const start = this.content(this.limits.memoryBytes);
    return this.copy(start, this.at - start);
  }

  /** Jumps over the value of the field whose tag was read last. */
  skip(tag: number): void {
    const wireType = tag & 7;
    if (wireType === 3) this.skipGroup(tag);
    else this.skipValue(wireType);
  }

  /**
   * The field read or skipped last. Where it is long, its tag and length are one piece and its content, which stays in the file,
   * another.
   */
  lastField(): readonly Bytes[] {
    const offset = this.fieldStart;
    const end = this.position;
    if (end > this.messageEnd) this.fail('a field is longer than the message that holds it');
    const length = end - offset;
    const start = offset - this.windowStart;
    if (length <= this.limits.inlineBytes) {
      return [start < 0 ? this.read(offset, length) : this.copy(start, length)];
    }
    this.charge(2 * rangeBytes);
    const { path } = this.source;
    const head = this.read(offset, Math.min(length, fieldHeadBytes));
    const headLength = delimitedHeadLength(head);
    if (headLength === undefined) return [{ path, offset, length }];
    return [head.slice(0, headLength), { path, offset: offset + headLength, length: length - headLength }];
  }

  /** Counts memory that the model takes. */
  charge(bytes: number): void {
    this.memoryLeft -= bytes;
    if (this.memoryLeft < 0) this.failForMemory();
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
      `The model is damaged at byte ${this.fieldStart}, ${this.trail.describe()}: ${problem}.`,
      this.fieldStart,
    );
  }

  /** Reads a length and checks it against the message being read, which is why no length can reach out of the file. */
  private length(): number {
    const length = this.int64();
    const end = this.windowStart + this.at + Number(length);
    if (length >= 0 && end <= this.messageEnd) return Number(length);
    if (length >= 0 && end > this.source.size && length < 2 ** 31) {
      throw new ModelReadError(
        `The file ends at byte ${this.source.size}, ${this.trail.describe()}: the field at byte ${this.fieldStart} says that it goes on to byte ${end}. The file looks truncated.`,
        this.fieldStart,
      );
    }
    return this.fail(`the field's length of ${length} bytes reaches beyond what it is part of`);
  }

  /** Moves over a length-delimited field's content; the answer is where it begins in the window, the position its end. */
  private content(longest: number): number {
    const length = this.length();
    if (length > longest) this.fail(`a string of ${length} bytes is too long to be read`);
    // Before the window grows to hold it.
    this.charge(length > largestWindow ? length : slotBytes);
    this.require(length);
    this.at += length;
    return this.at - length;
  }

  /** The window from `start` to the position, where it is ASCII. */
  private asciiFrom(start: number): string | undefined {
    const decoded = this.strings.decodedBytes;
    const text = this.strings.ascii(this.window, this.view, start, this.at);
    if (text === undefined || this.strings.decodedBytes !== decoded)
      this.charge(stringBytes + this.at - start);
    return text;
  }

  private varint32(): number {
    const first = this.window[this.at] ?? 0x80;
    if (first < 0x80) {
      this.at++;
      return first;
    }
    const second = this.window[this.at + 1] ?? 0x80;
    if (second < 0x80) {
      this.at += 2;
      return (first & 0x7f) | (second << 7);
    }
    this.readParts();
    return this.low | (this.middle << 28);
  }

  /** Reads a varint into its low 28 bits, the next 28 bits, and the highest 8. */
  private readParts(): void {
    let low = 0;
    let middle = 0;
    let high = 0;
    for (let count = 0; ; count++) {
      if (count === 10) this.fail('a number is longer than ten bytes');
      const byte = this.window[this.at++];
      if (byte === undefined) this.failAtEnd();
      const bits = byte & 0x7f;
      if (count < 4) low |= bits << (7 * count);
      else if (count < 8) middle |= bits << (7 * (count - 4));
      else high |= bits << (7 * (count - 8));
      if (byte < 0x80) break;
    }
    this.low = low;
    this.middle = middle;
    this.high = high & 0xff;
  }

  private failAtEnd(): never {
    throw new ModelReadError(
      `The file ends at byte ${this.source.size}, ${this.trail.describe()}: it looks truncated.`,
      this.source.size,
    );
  }

  private failForMemory(): never {
    const megabytes = Math.round(this.limits.memoryBytes / 1e6);
    throw new ModelReadError(
      `This model cannot be read: its structure alone (nodes, names, attributes; not the weights) takes more than ${megabytes} MB of memory.`,
      this.position,
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
      // Not memory but time, which must have an end as well.
      this.charge(slotBytes);
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
    if (this.window.length - this.at >= bytes) return;
    this.moveWindow(bytes);
    if (this.window.length - this.at < bytes) this.failAtEnd();
  }

  private jump(target: number): void {
    const inWindow = target - this.windowStart;
    if (inWindow >= 0 && inWindow <= this.window.length) {
      this.at = inWindow;
      return;
    }
    this.setWindow(this.window.subarray(0, 0));
    this.windowStart = target;
    this.windowBytes = smallestWindow;
  }

  /** Reads a new window that begins at the position and has `minimum` bytes, or all that the file has left. */
  private moveWindow(minimum: number): void {
    const start = this.position;
    const left = this.source.size - start;
    if (this.window.length - this.at >= left) return;
    const length = Math.min(left, Math.max(minimum, this.windowBytes));
    this.windowBytes = Math.min(this.windowBytes * 2, largestWindow);
    const bytes = this.read(start, length);
    this.setWindow(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    this.windowStart = start;
  }

  private setWindow(window: Buffer): void {
    this.window = window;
    this.view = viewOf(window);
    this.at = 0;
  }

  /** A copy of a part of the window, which does not keep the window alive. */
  private copy(start: number, length: number): Uint8Array {
    this.charge(rangeBytes + length);
    return this.slab.copy(this.window, start, start + length);
  }
}

/** Bytes of a length-delimited field's tag and length. Undefined for other fields. */
function delimitedHeadLength(head: Uint8Array): number | undefined {
  const tagEnd = head.findIndex((byte) => byte < 0x80) + 1;
  if (((head[0] ?? 0) & 7) !== 2) return undefined;
  return head.findIndex((byte, index) => index >= tagEnd && byte < 0x80) + 1;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** What a message, a string and a range take in memory, roughly: objects, their properties and the array slots that hold them. */
const messageBytes = 160;
const stringBytes = 32;
const rangeBytes = 64;
/** An array that grows has up to half as many slots again, and is copied. */
const slotBytes = 16;
