/** Taking statements and list entries out of a text: with the lines that they leave empty, and the comments that are theirs. */
import type { TextChange } from '../../source-text.ts';

interface Place {
  readonly start: number;
  readonly end: number;
}

/**
 * The change that takes a statement out. Comments on the lines right above it and behind it on its last line go with it; other
 * comments stay. `floor`: where what stands before it ends.
 */
export function withoutStatement(text: string, { start, end }: Place, floor: number): TextChange {
  const lineStart = Math.max(text.lastIndexOf('\n', start - 1) + 1, floor);
  const beginsLine = isBlank(text.slice(lineStart, start));
  const lineEnd = endOfLineBehind(text, end);
  if (beginsLine && lineEnd !== undefined) {
    return { start: withCommentsAbove(text, lineStart, floor), end: lineEnd, text: '' };
  }
  if (lineEnd !== undefined) {
    // Something stands before it on its line: the line's end stays.
    return { start: start - blanksBefore(text, start), end, text: '' };
  }
  return { start, end: end + blanksAt(text, end), text: '' };
}

/** The changes that take some entries out of a list with commas; not all of them. Entries are in the order of the text. */
export function withoutEntries(
  text: string,
  entries: readonly Place[],
  isRemoved: (index: number) => boolean,
  floor: number,
): TextChange[] {
  const changes: TextChange[] = [];
  let lastKept = -1;
  for (let index = 0; index < entries.length; index++) {
    if (!isRemoved(index)) {
      lastKept = index;
    }
  }
  for (const [index, entry] of entries.entries()) {
    if (!isRemoved(index)) {
      continue;
    }
    const comma = commaBehind(text, entry.end);
    const isAdjacent = comma !== undefined && isBlank(text.slice(entry.end, comma));
    const place = { start: entry.start, end: isAdjacent ? comma + 1 : entry.end };
    const change = withoutStatement(text, place, entries[index - 1]?.end ?? floor);
    const isLast = index > lastKept && change.start === entry.start;
    changes.push(isLast ? { ...change, start: change.start - blanksBefore(text, change.start) } : change);
    if (comma !== undefined && !isAdjacent && index < lastKept) {
      changes.push({ start: comma, end: comma + 1, text: '' });
    }
  }
  const last = entries[lastKept];
  const comma = last && lastKept < entries.length - 1 ? commaBehind(text, last.end) : undefined;
  if (comma !== undefined) {
    changes.push({ start: comma, end: comma + 1, text: '' });
  }
  return withoutOverlaps(changes);
}

/** Offset of the comma that is next behind an entry, if one is. */
function commaBehind(text: string, offset: number): number | undefined {
  const at = skipBlanksAndComments(text, offset);
  return text[at] === ',' ? at : undefined;
}

export function skipBlanksAndComments(text: string, offset: number): number {
  for (let at = offset; ; ) {
    const code = text[at];
    if (code === '#') {
      const end = text.indexOf('\n', at);
      at = end < 0 ? text.length : end;
    } else if (code !== undefined && /\s/.test(code)) {
      at++;
    } else {
      return at;
    }
  }
}

/** Offset behind the line's end, where nothing but a comment follows on the line. */
function endOfLineBehind(text: string, offset: number): number | undefined {
  const at = offset + blanksAt(text, offset);
  const code = text[at];
  if (code !== undefined && code !== '\n' && code !== '\r' && code !== '#') {
    return undefined;
  }
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
}

function blanksAt(text: string, offset: number): number {
  let at = offset;
  while (text[at] === ' ' || text[at] === '\t') {
    at++;
  }
  return at - offset;
}

function blanksBefore(text: string, offset: number): number {
  let at = offset;
  while (text[at - 1] === ' ' || text[at - 1] === '\t') {
    at--;
  }
  return offset - at;
}

/** Start of the first of the comment lines that end at `lineStart`. */
function withCommentsAbove(text: string, lineStart: number, floor: number): number {
  let first = lineStart;
  while (first > floor) {
    const previous = text.lastIndexOf('\n', first - 2) + 1;
    // What stands before may end on that line, in a string even.
    if (previous < floor || !/^[ \t]*#/.test(text.slice(previous, first))) {
      break;
    }
    first = previous;
  }
  return first;
}

function isBlank(text: string): boolean {
  return text.trim() === '';
}

/** Neighbouring changes may both take the blanks between them. */
function withoutOverlaps(changes: TextChange[]): TextChange[] {
  const sorted = changes.sort((a, b) => a.start - b.start || a.end - b.end);
  const result: TextChange[] = [];
  for (const change of sorted) {
    const before = result.at(-1);
    if (before && change.start < before.end) {
      result[result.length - 1] = { ...before, end: Math.max(before.end, change.end) };
    } else {
      result.push(change);
    }
  }
  return result;
}
