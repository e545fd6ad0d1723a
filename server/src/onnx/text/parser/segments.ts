import type { Segment } from '../syntax-tree.ts';
import type { Cursor } from './cursor.ts';
import type { SegmentReading } from './document.ts';
import { type Mode, mode } from './modes.ts';

/** What a segment is to the declaration it belongs to. */
export const role = { none: 0, signature: 1, value: 2, node: 3 } as const;

/** The arrays of a tree, one element per segment each: SyntaxTree and Resumption say what they hold. */
export interface Segments {
  readonly segments: readonly Segment[];
  readonly starts: Int32Array;
  readonly modes: Uint8Array;
  readonly lookaheads: Int32Array;
  readonly bodyEnds: Int32Array;
  readonly roles: Uint8Array;
}

/** Moves a new cursor to the first segment of the text. */
export function toFirstSegment(cursor: Cursor): void {
  cursor.begin();
  cursor.peek();
  cursor.noteReach();
  cursor.toFirstAnnotation();
}

/** Segments as they are read, one after the other. */
export class SegmentReader {
  problemCount = 0;
  readonly #segments: Segment[] = [];
  readonly #starts: number[] = [];
  readonly #modes: number[] = [];
  readonly #lookaheads: number[] = [];
  readonly #bodyEnds: number[] = [];
  readonly #roles: number[] = [];

  get length(): number {
    return this.#segments.length;
  }

  /** Takes over the segment that a cursor has just read, whose text begins at `offset` of the document's; the mode of the next one. */
  add({ segment, next }: SegmentReading, cursor: Cursor, current: Mode, offset: number): Mode {
    const { base, reach, lookedBehind, bodyEnd } = cursor;
    this.problemCount += segment.problems.length;
    this.#segments.push(segment);
    this.#starts.push(offset + base);
    this.#modes.push(current);
    this.#lookaheads.push(lookedBehind ? -1 : reach - base);
    this.#bodyEnds.push(bodyEnd > base ? bodyEnd - base : 0);
    this.#roles.push(roleOf(segment, current));
    return next;
  }

  /** What has been read since the last call. */
  take(): Segments {
    const taken = {
      segments: this.#segments.slice(),
      starts: new Int32Array(this.#starts),
      modes: new Uint8Array(this.#modes),
      lookaheads: new Int32Array(this.#lookaheads),
      bodyEnds: new Int32Array(this.#bodyEnds),
      roles: new Uint8Array(this.#roles),
    };
    for (const list of [
      this.#segments,
      this.#starts,
      this.#modes,
      this.#lookaheads,
      this.#bodyEnds,
      this.#roles,
    ]) {
      list.length = 0;
    }
    return taken;
  }
}

/** Skipped text belongs to what is expected where it stands. */
function roleOf(segment: Segment, current: Mode): number {
  switch (segment.kind) {
    case 'model-header':
      return role.none;
    case 'graph-signature':
    case 'function-signature':
      return role.signature;
    case 'value-declaration':
      return role.value;
    case 'node-statement':
      return role.node;
    case 'skipped':
      if (current === mode.graphValues || current === mode.functionValues) {
        return role.value;
      }
      return current === mode.graphBody || current === mode.functionBody ? role.node : role.none;
  }
}
