/** What an edit changed in a message, done to the bytes that the message had. */
import type { Bytes } from '../../model/model.ts';
import { encodeVarints } from '../../model/varints.ts';
import { type Origins, originsOf } from './align.ts';
import { contentOf, type Field, fieldsOf, wholeOf } from './fields.ts';
import type { FieldShape, MessageShape } from './message-shapes.ts';
import { Joined, keyOf, type RangeReader, sameBytes } from './rope.ts';

/** A message thrice. `original`: its bytes; `before`: what its text meant, written anew; `after`: what the edited text means. */
export interface Versions<T> {
  readonly original: T;
  readonly before: T;
  readonly after: T;
}

type Content = Versions<readonly Field[]>;

/**
 * The content of the edited message. Fields whose meaning the edit left alone are the original's bytes, in the original's order; what
 * was changed is in the place of what it was, and new fields are where their neighbours in the edited list or their numbers put
 * them.
 */
export function mergeContent(shape: MessageShape, content: Content, reader: RangeReader): Joined {
  const groups = {
    original: byNumber(shape, content.original),
    before: byNumber(shape, content.before),
    after: byNumber(shape, content.after),
  };
  if (orderMayMatter(shape, groups)) return joinedOf(content.after.map(wholeOf));
  const draft = new Draft(content.original);
  for (const number of new Set([...groups.before.keys(), ...groups.after.keys()])) {
    const group: Content = {
      original: groups.original.get(number) ?? noFields,
      before: groups.before.get(number) ?? noFields,
      after: groups.after.get(number) ?? noFields,
    };
    if (sameFields(group.before, group.after, reader)) continue;
    mergeGroup(draft, shape.fields.get(number), Math.abs(number), group, reader);
  }
  return draft.finish();
}

const noFields: readonly Field[] = [];

/** Fields of another wire type than theirs are unknown ones; their number is negative here. */
function byNumber(shape: MessageShape, fields: readonly Field[]): Map<number, Field[]> {
  const groups = new Map<number, Field[]>();
  for (const field of fields) {
    const kind = shape.fields.get(field.number)?.kind;
    const isKnown = field.wireType === 2 || (kind !== 'message' && kind !== 'strings');
    const number = isKnown ? field.number : -field.number;
    const group = groups.get(number);
    if (group === undefined) groups.set(number, [field]);
    else group.push(field);
  }
  return groups;
}

/** Of the fields of a oneof the last one counts, so where there are several they cannot be exchanged one by one. */
function orderMayMatter(
  shape: MessageShape,
  groups: Versions<ReadonlyMap<number, readonly Field[]>>,
): boolean {
  const present = (fields: ReadonlyMap<number, unknown>) =>
    shape.oneof.filter((number) => fields.has(number));
  const after = present(groups.after);
  const isOther = after.join() !== present(groups.before).join();
  return isOther && (present(groups.original).length > 1 || after.length > 1);
}

function sameFields(one: readonly Field[], two: readonly Field[], reader: RangeReader): boolean {
  return one.length === two.length && one.every((field, index) => sameField(field, two[index], reader));
}

function sameField(one: Field, two: Field | undefined, reader: RangeReader): boolean {
  if (two === undefined || one.end - one.start !== two.end - two.start) return false;
  return sameBytes(wholeOf(one), wholeOf(two), reader);
}

function mergeGroup(
  draft: Draft,
  shape: FieldShape | undefined,
  number: number,
  group: Content,
  reader: RangeReader,
): void {
  const { original, before, after } = group;
  const hasAll = original.length > 0 && before.length > 0 && after.length > 0;
  if (shape?.kind === 'message' && !shape.repeated && hasAll) {
    // Protobuf merges a message that comes several times.
    draft.replace(original, [mergedField(shape.shape, number, group, reader)]);
    return;
  }
  const isList = shape?.kind === 'strings' || (shape?.kind === 'message' && shape.repeated);
  if (isList && original.length === before.length && original.length > 0) {
    mergeList(draft, shape.kind === 'message' ? shape.shape : undefined, group, reader);
    return;
  }
  const isPacked =
    shape?.kind === 'numbers' && original.length > 0 && original.every(({ wireType }) => wireType === 2);
  const fields = isPacked ? packed(number, after) : after.map(wholeOf);
  if (original.length > 0) draft.replace(original, fields);
  else draft.insertByNumber(number, fields);
}

/** One field with the content of all of them. */
function mergedField(shape: MessageShape, number: number, group: Content, reader: RangeReader): Bytes[] {
  const content = mergeContent(
    shape,
    {
      original: group.original.flatMap(innerFields),
      before: group.before.flatMap(innerFields),
      after: group.after.flatMap(innerFields),
    },
    reader,
  );
  return [encodeVarints([number * 8 + 2, content.length]), ...content.pieces];
}

function innerFields({ rope, contentStart, end }: Field): Field[] {
  return fieldsOf(rope, contentStart, end);
}

/** Packed, as the original was, what is written one by one. */
function packed(number: number, fields: readonly Field[]): Bytes[][] {
  if (fields.length === 0) return [];
  const content = joinedOf(fields.map(contentOf));
  return [[encodeVarints([number * 8 + 2, content.length]), ...content.pieces]];
}

function mergeList(draft: Draft, shape: MessageShape | undefined, group: Content, reader: RangeReader): void {
  const { original, before, after } = group;
  const origins = originsIn(shape, before, after, reader);
  const merged = after.map((field, index): Bytes[] | Field => {
    const origin = origins[index];
    const old = origin === undefined ? undefined : original[origin];
    const meant = origin === undefined ? undefined : before[origin];
    if (old === undefined || meant === undefined) return wholeOf(field);
    if (sameField(meant, field, reader)) return old;
    if (shape === undefined) return wholeOf(field);
    return mergedField(shape, field.number, { original: [old], before: [meant], after: [field] }, reader);
  });
  // Items that keep their order stay where they are; the others are taken out and put where they belong now.
  const staying = stayingItems(origins);
  draft.replace(
    original.filter((_, index) => !staying.has(index)),
    [],
  );
  let anchor: Field | undefined;
  const leading: Bytes[][] = [];
  for (const [index, item] of merged.entries()) {
    const bytes = Array.isArray(item) ? item : wholeOf(item);
    const origin = origins[index];
    const place = origin !== undefined && staying.has(origin) ? original[origin] : undefined;
    if (place !== undefined) {
      if (Array.isArray(item)) draft.replace([place], [bytes]);
      if (anchor === undefined) draft.insertBefore(place, leading);
      anchor = place;
    } else if (anchor === undefined) leading.push(bytes);
    else draft.insertAfter(anchor, [bytes]);
  }
  const [first] = original;
  if (anchor === undefined && first !== undefined) draft.insertBefore(first, leading);
}

/** Indexes before the edit, of the longest run of items that it left in order. */
function stayingItems(origins: Origins): Set<number> {
  const staying = new Set<number>();
  const tails: Tail[] = [];
  for (const origin of origins) {
    if (origin === undefined) continue;
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((tails[middle]?.origin ?? 0) < origin) low = middle + 1;
      else high = middle;
    }
    tails[low] = { origin, previous: tails[low - 1] };
  }
  for (let tail = tails.at(-1); tail !== undefined; tail = tail.previous) staying.add(tail.origin);
  return staying;
}

/** The last item of a run, and the run before it. */
interface Tail {
  readonly origin: number;
  readonly previous: Tail | undefined;
}

function originsIn(
  shape: MessageShape | undefined,
  before: readonly Field[],
  after: readonly Field[],
  reader: RangeReader,
): Origins {
  const keys = new Map<Field, string>();
  const key = (field: Field | undefined): string => {
    if (field === undefined) return '';
    let text = keys.get(field);
    if (text === undefined) {
      text = keyOf(contentOf(field));
      keys.set(field, text);
    }
    return text;
  };
  const parts = new Map<Field, ReadonlyMap<string, number>>();
  const partsOf = (field: Field): ReadonlyMap<string, number> => {
    let known = parts.get(field);
    if (known === undefined) {
      known = weighedParts(shape, field);
      parts.set(field, known);
    }
    return known;
  };
  return originsOf({
    before: before.length,
    after: after.length,
    same: (one, two) => {
      const field = before[one];
      return field !== undefined && sameField(field, after[two], reader);
    },
    keyBefore: (index) => key(before[index]),
    keyAfter: (index) => key(after[index]),
    likeness: (one, two) => {
      const mine = before[one];
      const theirs = after[two];
      // Strings that differ have nothing in common; the order tells which was which.
      if (mine === undefined || theirs === undefined || shape === undefined) return 0;
      let likeness = 0;
      const other = partsOf(theirs);
      for (const [part, weight] of partsOf(mine)) if (other.has(part)) likeness += weight;
      // Something is more like what stands at its place than nothing is, if only a little.
      return likeness + 0.5;
    },
  });
}

/** What a message consists of; a name weighs more than all else. */
function weighedParts(shape: MessageShape | undefined, field: Field): ReadonlyMap<string, number> {
  const parts = new Map<string, number>();
  for (const inner of innerFields(field)) {
    parts.set(`${inner.number} ${keyOf(contentOf(inner))}`, shape?.identity.includes(inner.number) ? 100 : 1);
  }
  return parts;
}

function joinedOf(fields: readonly (readonly Bytes[])[]): Joined {
  const joined = new Joined();
  for (const field of fields) joined.add(field);
  return joined;
}

/** The original's fields, and what is to become of them. */
class Draft {
  readonly #original: readonly Field[];
  readonly #replaced = new Map<Field, readonly Bytes[][]>();
  readonly #before = new Map<Field, Bytes[][]>();
  readonly #after = new Map<Field | undefined, Bytes[][]>();

  constructor(original: readonly Field[]) {
    this.#original = original;
  }

  /** Puts fields where the last one of these was: of a value that comes several times the last one counted. */
  replace(fields: readonly Field[], by: readonly Bytes[][]): void {
    const last = fields.at(-1);
    for (const field of fields) this.#replaced.set(field, field === last ? by : []);
  }

  insertBefore(place: Field, fields: readonly Bytes[][]): void {
    add(this.#before, place, fields);
  }

  insertAfter(place: Field, fields: readonly Bytes[][]): void {
    add(this.#after, place, fields);
  }

  /** Behind the last field of a lower number. */
  insertByNumber(number: number, fields: readonly Bytes[][]): void {
    add(
      this.#after,
      this.#original.findLast((field) => field.number < number),
      fields,
    );
  }

  finish(): Joined {
    const joined = new Joined();
    const addAll = (fields: readonly Bytes[][] | undefined) => {
      for (const field of fields ?? []) joined.add(field);
    };
    addAll(this.#after.get(undefined));
    for (const field of this.#original) {
      addAll(this.#before.get(field));
      const replaced = this.#replaced.get(field);
      if (replaced === undefined) joined.add(wholeOf(field));
      else addAll(replaced);
      addAll(this.#after.get(field));
    }
    return joined;
  }
}

function add<Key>(map: Map<Key, Bytes[][]>, key: Key, fields: readonly Bytes[][]): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [...fields]);
  else known.push(...fields);
}
