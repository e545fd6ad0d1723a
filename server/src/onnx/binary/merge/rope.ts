/** Bytes in memory and ranges of files, one behind the other, as if they were one array. */
import { isFileRange } from '../../model/bytes.ts';
import type { FileAccess } from '../../model/file-access.ts';
import type { Bytes, FileRange } from '../../model/model.ts';

/** Reads ranges of files; `close` when done. */
export interface RangeReader {
  read(path: string, offset: number, length: number): Uint8Array;
  close(): void;
}

/** Opens each file once. */
export function rangeReader(files: FileAccess): RangeReader {
  const sources = new Map<string, ReturnType<FileAccess['open']>>();
  return {
    read(path, offset, length) {
      let source = sources.get(path);
      if (source === undefined) {
        source = files.open(path);
        sources.set(path, source);
      }
      return source.read(offset, length);
    },
    close() {
      for (const source of sources.values()) source.close();
      sources.clear();
    },
  };
}

/** A window onto a file grows while reads go on behind it; a read elsewhere begins with a small one. Bytes. */
const smallestWindow = 512;
const largestWindow = 256 * 1024;

export class Rope {
  readonly length: number;
  readonly #pieces: readonly Bytes[];
  /** Where each piece begins. */
  readonly #starts: readonly number[];
  readonly reader: RangeReader;
  #window: Uint8Array = new Uint8Array();
  #windowStart = 0;
  #windowBytes = smallestWindow;

  constructor(pieces: readonly Bytes[], reader: RangeReader) {
    const starts: number[] = [];
    let length = 0;
    for (const piece of pieces) {
      starts.push(length);
      length += piece.length;
    }
    this.#pieces = pieces;
    this.#starts = starts;
    this.reader = reader;
    this.length = length;
  }

  byteAt(position: number): number {
    const byte = this.#window[position - this.#windowStart];
    if (byte !== undefined) return byte;
    this.#moveWindow(position);
    return this.#window[position - this.#windowStart] ?? 0;
  }

  /** The bytes from `start` to `end`, those of files as ranges. */
  slice(start: number, end: number): Bytes[] {
    const slices: Bytes[] = [];
    let index = this.#pieceAt(start);
    for (let position = start; position < end; index++) {
      const piece = this.#pieces[index];
      const pieceStart = this.#starts[index];
      if (piece === undefined || pieceStart === undefined) throw new RangeError('A slice beyond the bytes.');
      const from = position - pieceStart;
      const to = Math.min(piece.length, end - pieceStart);
      if (to > from) slices.push(part(piece, from, to));
      position = pieceStart + to;
    }
    return slices;
  }

  /** Index of the last piece that begins at or before the position and is not empty there. */
  #pieceAt(position: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #moveWindow(position: number): void {
    const index = this.#pieceAt(position);
    const piece = this.#pieces[index];
    const pieceStart = this.#starts[index] ?? 0;
    if (piece === undefined || position >= pieceStart + piece.length) {
      throw new RangeError('A read beyond the bytes.');
    }
    if (!isFileRange(piece)) {
      this.#window = piece;
      this.#windowStart = pieceStart;
      return;
    }
    const goesOn = position - this.#windowStart - this.#window.length;
    const isNear = goesOn >= 0 && goesOn < this.#windowBytes;
    this.#windowBytes = isNear ? Math.min(2 * this.#windowBytes, largestWindow) : smallestWindow;
    const from = position - pieceStart;
    const length = Math.min(this.#windowBytes, piece.length - from);
    this.#window = this.reader.read(piece.path, piece.offset + from, length);
    this.#windowStart = position;
  }
}

function part(piece: Bytes, from: number, to: number): Bytes {
  if (from === 0 && to === piece.length) return piece;
  return isFileRange(piece)
    ? { path: piece.path, offset: piece.offset + from, length: to - from }
    : piece.subarray(from, to);
}

/** Bytes that are compared at a time where they lie in different files. */
const comparedBytes = 256 * 1024;

/** Whether both are the same bytes. Equal ranges of a file are, without a look at them. */
export function sameBytes(one: readonly Bytes[], two: readonly Bytes[], reader: RangeReader): boolean {
  const left = new Pieces(one);
  const right = new Pieces(two);
  for (;;) {
    const first = left.current;
    const second = right.current;
    if (first === undefined || second === undefined) return first === second;
    const both = isFileRange(first) && isFileRange(second);
    const isSameRange = both && first.path === second.path && first.offset === second.offset;
    const available = Math.min(first.length, second.length);
    const length =
      isSameRange || !(isFileRange(first) || isFileRange(second))
        ? available
        : Math.min(available, comparedBytes);
    if (!isSameRange) {
      const mine = inMemory(part(first, 0, length), reader);
      if (Buffer.compare(mine, inMemory(part(second, 0, length), reader)) !== 0) return false;
    }
    left.advance(length);
    right.advance(length);
  }
}

class Pieces {
  current: Bytes | undefined;
  readonly #rest: Bytes[];

  constructor(pieces: readonly Bytes[]) {
    this.#rest = pieces.filter(({ length }) => length > 0).reverse();
    this.current = this.#rest.pop();
  }

  advance(length: number): void {
    const { current } = this;
    if (current === undefined) return;
    this.current = length === current.length ? this.#rest.pop() : part(current, length, current.length);
  }
}

function inMemory(bytes: Bytes, reader: RangeReader): Uint8Array {
  return isFileRange(bytes) ? reader.read(bytes.path, bytes.offset, bytes.length) : bytes;
}

/** A string that equal bytes share, as far as ranges of files can be told to be equal by their place. */
export function keyOf(pieces: readonly Bytes[]): string {
  return pieces
    .map((piece) =>
      isFileRange(piece)
        ? `\u{1f4c4}${piece.path}:${piece.offset}+${piece.length}`
        : Buffer.from(piece.buffer, piece.byteOffset, piece.length).toString('latin1'),
    )
    .join('');
}

/** Pieces one behind the other, neighbouring ranges of a file put together. */
export class Joined {
  readonly pieces: Bytes[] = [];
  length = 0;

  add(pieces: readonly Bytes[]): void {
    for (const piece of pieces) {
      if (piece.length === 0) continue;
      this.length += piece.length;
      const last = this.pieces.at(-1);
      if (last !== undefined && isFileRange(last) && isFileRange(piece) && follows(last, piece)) {
        this.pieces[this.pieces.length - 1] = { ...last, length: last.length + piece.length };
      } else this.pieces.push(piece);
    }
  }
}

function follows(one: FileRange, two: FileRange): boolean {
  return one.path === two.path && one.offset + one.length === two.offset;
}
