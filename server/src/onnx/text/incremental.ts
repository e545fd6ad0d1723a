/** Parsing a text anew after edits, by keeping every segment that the edits cannot have changed. */
import type { DocumentText } from './document-text.ts';
import { type Mode, mode } from './parser/modes.ts';
import { SegmentReader, type Segments } from './parser/segments.ts';
import { treeOf } from './parser/tree.ts';
import { WindowedReader } from './parser/windows.ts';
import type { Resumption, Segment, SyntaxTree } from './syntax-tree.ts';

/** An edit: the UTF-16 code units from `start` to `end` have become those from `start` to `newEnd`. */
export interface TextChange {
  readonly start: number;
  readonly end: number;
  readonly newEnd: number;
}

/** A stretch of text that edits have changed, in offsets of the text before and after all of them. */
interface Hunk {
  oldStart: number;
  oldEnd: number;
  newStart: number;
  newEnd: number;
}

/** Old segments that a new tree keeps, and how far the edits before them have moved the text. */
interface KeptRun {
  readonly from: number;
  readonly to: number;
  readonly shift: number;
}

/**
 * The tree of `newText`, equal to what `parseOnnxText` gives, but sharing the untouched segments of `tree`.
 *
 * `changes` lead from `tree.text` to `newText`. They are in the order they were made; the offsets of each are those of the text
 * that the ones before it left, as in LSP's didChange. Throws a RangeError where the lengths of the texts show that they do not.
 */
export function reparse(tree: SyntaxTree, newText: DocumentText, changes: readonly TextChange[]): SyntaxTree {
  const hunks = hunksOf(changes);
  const last = hunks.at(-1);
  if (newText.length - tree.text.length !== (last ? last.newEnd - last.oldEnd : 0)) {
    throw new RangeError('The changes do not lead from the text of the tree to the new text.');
  }
  if (!last) {
    return tree;
  }
  const { segments, starts } = tree;
  const { modes } = tree.resumption;
  const windows = new WindowedReader(newText);
  const reader = new SegmentReader();
  const pieces: (KeptRun | Segments)[] = [];
  let problemCount = tree.problemCount;
  let current: Mode = mode.start;
  // Old segments before this index are kept or dropped.
  let index = 0;
  let hunk = 0;
  let shift = 0;
  let pos = windows.firstSegment();
  while (current !== mode.end) {
    // The first old segment that can begin at the cursor.
    while (index < segments.length) {
      const start = starts[index] ?? 0;
      for (let next = hunks[hunk]; next && next.oldEnd <= start; next = hunks[++hunk]) {
        shift = next.newEnd - next.oldEnd;
      }
      const isReplaced = (hunks[hunk]?.oldStart ?? start) < start;
      if (!isReplaced && start + shift >= pos) {
        break;
      }
      problemCount -= segments[index]?.problems.length ?? 0;
      index++;
    }
    const limit = hunks[hunk]?.oldStart ?? Number.POSITIVE_INFINITY;
    const isHere = starts[index] === pos - shift && modes[index] === current;
    const keptEnd = isHere ? keptUntil(tree, index, limit) : index;
    if (keptEnd === index) {
      current = windows.read(pos, current, reader);
      pos = windows.pos;
      continue;
    }
    if (reader.length > 0) {
      pieces.push(reader.take());
    }
    pieces.push({ from: index, to: keptEnd, shift });
    index = keptEnd;
    current = index < segments.length ? ((modes[index] ?? mode.end) as Mode) : mode.end;
    pos = (starts[index] ?? 0) + shift;
  }
  for (; index < segments.length; index++) {
    problemCount -= segments[index]?.problems.length ?? 0;
  }
  if (reader.length > 0) {
    pieces.push(reader.take());
  }
  const whole = joined(tree, pieces);
  noteKept(tree, pieces, whole.segments);
  return treeOf(newText, whole, problemCount + reader.problemCount, tree);
}

/** Up to which segment all can be kept, from one that begins where it did: they were read without a look at or behind `limit`. */
function keptUntil({ starts, resumption }: SyntaxTree, from: number, limit: number): number {
  const { lookaheads } = resumption;
  let index = from;
  while (index < starts.length) {
    const lookahead = lookaheads[index] ?? -1;
    if (lookahead < 0 || (starts[index] ?? 0) + lookahead > limit) {
      break;
    }
    index++;
  }
  return index;
}

/** How many segments at the beginning and at the end of a tree are those of the tree that it was made of. */
export interface KeptEnds {
  readonly before: WeakRef<readonly object[]>;
  readonly front: number;
  readonly back: number;
}

const keptEnds = new WeakMap<readonly object[], KeptEnds>();

/** By the segments of a tree; undefined for one that `reparse` has not made. Spares a comparison of all segments. */
export function keptEndsOf(segments: readonly object[]): KeptEnds | undefined {
  return keptEnds.get(segments);
}

function noteKept(
  { segments }: SyntaxTree,
  pieces: readonly (KeptRun | Segments)[],
  after: readonly Segment[],
): void {
  const [first, last] = [pieces[0], pieces.at(-1)];
  const front = first && 'from' in first && first.from === 0 ? first.to : 0;
  const isKept = last && last !== first && 'from' in last && last.to === segments.length;
  const back = isKept ? last.to - last.from : 0;
  keptEnds.set(after, { before: new WeakRef(segments), front, back });
}

function joined(old: SyntaxTree, pieces: readonly (KeptRun | Segments)[]): Segments {
  const length = pieces.reduce((sum, piece) => sum + lengthOf(piece), 0);
  const placed: Placed[] = [];
  let at = 0;
  let keepsPlaces = length === old.segments.length;
  for (const piece of pieces) {
    placed.push({ at, piece });
    keepsPlaces &&= 'segments' in piece || piece.from === at;
    at += lengthOf(piece);
  }
  return keepsPlaces ? inPlace(old, placed) : moved(old, placed, length);
}

interface Placed {
  /** Index of the first segment of the piece in the new tree. */
  readonly at: number;
  readonly piece: KeptRun | Segments;
}

/** Mostly no statement more or less: then copies with few changes are fastest, and what is as before needs no copy. */
function inPlace(old: SyntaxTree, placed: readonly Placed[]): Segments {
  const segments = old.segments.slice();
  const starts = old.starts.slice();
  const fresh: { readonly at: number; readonly piece: Segments }[] = [];
  for (const { at, piece } of placed) {
    if ('segments' in piece) {
      fresh.push({ at, piece });
      starts.set(piece.starts, at);
      copySegments(piece.segments, 0, piece.segments.length, segments, at);
    } else if (piece.shift !== 0) {
      for (let place = piece.from; place < piece.to; place++) {
        starts[place] = (starts[place] ?? 0) + piece.shift;
      }
    }
  }
  const { modes, lookaheads, bodyEnds, roles } = old.resumption;
  const numbers = <Key extends keyof Resumption>(key: Key) =>
    fresh.map(({ at, piece }) => ({ at, values: piece[key] }));
  return {
    segments,
    starts,
    modes: patched(modes, numbers('modes')),
    lookaheads: patched(lookaheads, numbers('lookaheads')),
    bodyEnds: patched(bodyEnds, numbers('bodyEnds')),
    roles: patched(roles, numbers('roles')),
  };
}

/** The array itself where nothing in it is another number than before. */
function patched<Numbers extends Uint8Array | Int32Array>(
  before: Numbers,
  patches: readonly { readonly at: number; readonly values: Numbers }[],
): Numbers {
  const isSame = ({ at, values }: { readonly at: number; readonly values: Numbers }) => {
    for (let index = 0; index < values.length; index++) {
      if (before[at + index] !== values[index]) return false;
    }
    return true;
  };
  if (patches.every(isSame)) return before;
  const after = before.slice() as Numbers;
  for (const { at, values } of patches) after.set(values, at);
  return after;
}

function moved(old: SyntaxTree, placed: readonly Placed[], length: number): Segments {
  const { modes, lookaheads, bodyEnds, roles } = old.resumption;
  const segments = new Array<Segment>(length);
  const whole = {
    segments,
    starts: new Int32Array(length),
    modes: new Uint8Array(length),
    lookaheads: new Int32Array(length),
    bodyEnds: new Int32Array(length),
    roles: new Uint8Array(length),
  };
  for (const { at, piece } of placed) {
    if ('segments' in piece) {
      whole.starts.set(piece.starts, at);
      whole.modes.set(piece.modes, at);
      whole.lookaheads.set(piece.lookaheads, at);
      whole.bodyEnds.set(piece.bodyEnds, at);
      whole.roles.set(piece.roles, at);
      copySegments(piece.segments, 0, piece.segments.length, segments, at);
    } else {
      const { from, to, shift } = piece;
      whole.starts.set(old.starts.subarray(from, to), at);
      for (let place = at; shift !== 0 && place < at + to - from; place++) {
        whole.starts[place] = (whole.starts[place] ?? 0) + shift;
      }
      whole.modes.set(modes.subarray(from, to), at);
      whole.lookaheads.set(lookaheads.subarray(from, to), at);
      whole.bodyEnds.set(bodyEnds.subarray(from, to), at);
      whole.roles.set(roles.subarray(from, to), at);
      copySegments(old.segments, from, to, segments, at);
    }
  }
  return whole;
}

function lengthOf(piece: KeptRun | Segments): number {
  return 'segments' in piece ? piece.segments.length : piece.to - piece.from;
}

function copySegments(
  source: readonly Segment[],
  from: number,
  to: number,
  target: Segment[],
  at: number,
): void {
  for (let index = from; index < to; index++) {
    const segment = source[index];
    if (segment) {
      target[at + index - from] = segment;
    }
  }
}

/** The changed stretches, apart from each other and ascending. */
function hunksOf(changes: readonly TextChange[]): readonly Hunk[] {
  const hunks: Hunk[] = [];
  for (const { start, end, newEnd } of changes) {
    const growth = newEnd - end;
    // Those that the change touches become one with it.
    const first = firstEndingFrom(hunks, start);
    let behind = first;
    while (behind < hunks.length && (hunks[behind]?.newStart ?? 0) <= end) {
      behind++;
    }
    const shiftBefore = shiftBehind(hunks[first - 1]);
    const shiftAfter = shiftBehind(hunks[behind - 1]);
    const newStart = Math.min(start, behind > first ? (hunks[first]?.newStart ?? start) : start);
    const mergedEnd = Math.max(end, behind > first ? (hunks[behind - 1]?.newEnd ?? end) : end);
    for (let index = behind; index < hunks.length; index++) {
      const hunk = hunks[index];
      if (hunk) {
        hunk.newStart += growth;
        hunk.newEnd += growth;
      }
    }
    hunks.splice(first, behind - first, {
      oldStart: newStart - shiftBefore,
      oldEnd: mergedEnd - shiftAfter,
      newStart,
      newEnd: mergedEnd + growth,
    });
  }
  return hunks;
}

/** Index of the first hunk that does not end before an offset of the new text. */
function firstEndingFrom(hunks: readonly Hunk[], offset: number): number {
  let low = 0;
  let high = hunks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((hunks[middle]?.newEnd ?? 0) < offset) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

function shiftBehind(hunk: Hunk | undefined): number {
  return hunk ? hunk.newEnd - hunk.oldEnd : 0;
}
