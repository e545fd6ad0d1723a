/** Parsing a text anew after edits, by keeping every segment that the edits cannot have changed. */
import { Cursor } from './parser/cursor.ts';
import { type Mode, mode } from './parser/document.ts';
import { SegmentReader, type Segments, toFirstSegment } from './parser/segments.ts';
import { treeOf } from './parser/tree.ts';
import type { Segment, SyntaxTree } from './syntax-tree.ts';

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

/**
 * The tree of `newText`, equal to what `parseOnnxText` gives, but sharing the untouched segments of `tree`.
 *
 * `changes` lead from `tree.text` to `newText`. They are in the order they were made; the offsets of each are those of the text
 * that the ones before it left, as in LSP's didChange.
 */
export function reparse(tree: SyntaxTree, newText: string, changes: readonly TextChange[]): SyntaxTree {
  const hunks = hunksOf(changes);
  if (hunks.length === 0) {
    return tree;
  }
  const old = { ...tree.resumption, segments: tree.segments, starts: tree.starts };
  const cursor = new Cursor(newText, 64);
  const reader = new SegmentReader();
  const pieces: Segments[] = [];
  let problemCount = tree.problemCount;
  let current: Mode = mode.start;
  // Old segments before this index are kept or dropped; `shift` is how far the edits before it have moved the text.
  let index = 0;
  let hunk = 0;
  let shift = 0;
  toFirstSegment(cursor);
  while (current !== mode.end) {
    // The first old segment that can begin at the cursor.
    while (index < old.segments.length) {
      const start = old.starts[index] ?? 0;
      for (let next = hunks[hunk]; next && next.oldEnd <= start; next = hunks[++hunk]) {
        shift = next.newEnd - next.oldEnd;
      }
      const isReplaced = (hunks[hunk]?.oldStart ?? start) < start;
      if (!isReplaced && start + shift >= cursor.pos) {
        break;
      }
      problemCount -= old.segments[index]?.problems.length ?? 0;
      index++;
    }
    const limit = hunks[hunk]?.oldStart ?? Number.POSITIVE_INFINITY;
    const isHere = old.starts[index] === cursor.pos - shift && old.modes[index] === current;
    const kept = isHere ? keptUntil(old, index, limit) : index;
    if (kept === index) {
      current = reader.read(cursor, current);
      continue;
    }
    if (reader.length > 0) {
      pieces.push(reader.take());
    }
    pieces.push(sliced(old, index, kept, shift));
    index = kept;
    current = kept < old.segments.length ? ((old.modes[kept] ?? mode.end) as Mode) : mode.end;
    cursor.pos = (old.starts[kept] ?? 0) + shift;
  }
  for (; index < old.segments.length; index++) {
    problemCount -= old.segments[index]?.problems.length ?? 0;
  }
  if (reader.length > 0) {
    pieces.push(reader.take());
  }
  return treeOf(newText, joined(pieces), problemCount + reader.problemCount);
}

/** Up to which segment all can be kept, from one that begins where it did: they were read without a look at or behind `limit`. */
function keptUntil({ starts, lookaheads }: Segments, from: number, limit: number): number {
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

function sliced(old: Segments, from: number, to: number, shift: number): Segments {
  return {
    segments: old.segments.slice(from, to),
    starts:
      shift === 0
        ? old.starts.subarray(from, to)
        : old.starts.subarray(from, to).map((start) => start + shift),
    modes: old.modes.subarray(from, to),
    lookaheads: old.lookaheads.subarray(from, to),
    bodyEnds: old.bodyEnds.subarray(from, to),
    roles: old.roles.subarray(from, to),
  };
}

function joined(pieces: readonly Segments[]): Segments {
  const length = pieces.reduce((sum, piece) => sum + piece.segments.length, 0);
  const whole = {
    segments: ([] as Segment[]).concat(...pieces.map((piece) => piece.segments)),
    starts: new Int32Array(length),
    modes: new Uint8Array(length),
    lookaheads: new Int32Array(length),
    bodyEnds: new Int32Array(length),
    roles: new Uint8Array(length),
  };
  let at = 0;
  for (const piece of pieces) {
    whole.starts.set(piece.starts, at);
    whole.modes.set(piece.modes, at);
    whole.lookaheads.set(piece.lookaheads, at);
    whole.bodyEnds.set(piece.bodyEnds, at);
    whole.roles.set(piece.roles, at);
    at += piece.segments.length;
  }
  return whole;
}

/** The changed stretches, apart from each other and ascending. */
function hunksOf(changes: readonly TextChange[]): readonly Hunk[] {
  const hunks: Hunk[] = [];
  for (const { start, end, newEnd } of changes) {
    const growth = newEnd - end;
    // Those that the change touches become one with it.
    let first = hunks.findIndex((hunk) => hunk.newEnd >= start);
    first = first < 0 ? hunks.length : first;
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

function shiftBehind(hunk: Hunk | undefined): number {
  return hunk ? hunk.newEnd - hunk.oldEnd : 0;
}
