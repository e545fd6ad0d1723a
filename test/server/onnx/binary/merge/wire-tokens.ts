/** What a serialized model consists of, for comparing two byte by byte but for the lengths of the messages around an edit. */
import { nodeFileAccess } from '../../../../../server/src/node/file-access.ts';
import {
  contentOf,
  type Field,
  fieldsOf,
  wholeOf,
} from '../../../../../server/src/onnx/binary/merge/fields.ts';
import { type MessageShape, modelShape } from '../../../../../server/src/onnx/binary/merge/message-shapes.ts';
import { keyOf, Rope, rangeReader } from '../../../../../server/src/onnx/binary/merge/rope.ts';
import { encodeVarints } from '../../../../../server/src/onnx/model/varints.ts';

const reader = rangeReader(nodeFileAccess);

function rootFields(bytes: Uint8Array): Field[] {
  return fieldsOf(new Rope([bytes], reader), 0, bytes.length);
}

/** Each field that is no message as its path of field numbers and its bytes; a message as its path alone. In order. */
export function tokensOf(bytes: Uint8Array): string[] {
  const tokens: string[] = [];
  const visit = (shape: MessageShape, fields: readonly Field[], path: string) => {
    for (const field of fields) {
      const here = `${path}/${field.number}`;
      const inner = shape.fields.get(field.number);
      if (inner?.kind === 'message' && field.wireType === 2) {
        const content = fieldsOf(field.rope, field.contentStart, field.end);
        // One that may come in several parts is its parts' content, unless it has none.
        if (inner.repeated || content.length === 0) tokens.push(here);
        visit(inner.shape, content, here);
      } else tokens.push(`${here} ${keyOf(wholeOf(field))}`);
    }
  };
  visit(modelShape, rootFields(bytes), '');
  return tokens;
}

/** Whether a message that there is one of comes in several parts, which protobuf puts together and an edit inside of it does, too. */
export function hasSplitMessage(bytes: Uint8Array): boolean {
  const visit = (shape: MessageShape, fields: readonly Field[]): boolean => {
    const seen = new Set<number>();
    return fields.some((field) => {
      const inner = shape.fields.get(field.number);
      if (inner?.kind !== 'message' || field.wireType !== 2) return false;
      if (!inner.repeated && seen.has(field.number)) return true;
      seen.add(field.number);
      return visit(inner.shape, fieldsOf(field.rope, field.contentStart, field.end));
    });
  };
  return visit(modelShape, rootFields(bytes));
}

export interface TokenChanges {
  removed: readonly string[];
  readonly added: readonly string[];
  /** Whether what stayed has kept its order. */
  readonly inOrder: boolean;
}

export function changesBetween(before: Uint8Array, after: Uint8Array): TokenChanges {
  const old = tokensOf(before);
  const now = tokensOf(after);
  const removed = withoutAll(old, now);
  const added = withoutAll(now, old);
  return { removed, added, inOrder: isInOrder(old, now, removed.length, added.length) };
}

function withoutAll(tokens: readonly string[], others: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const token of others) counts.set(token, (counts.get(token) ?? 0) + 1);
  return tokens.filter((token) => {
    const count = counts.get(token) ?? 0;
    counts.set(token, count - 1);
    return count <= 0;
  });
}

/** Whether `now` follows from `old` by taking out and putting in that many tokens and no more. */
function isInOrder(old: readonly string[], now: readonly string[], removed: number, added: number): boolean {
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start++;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end)) end++;
  const one = old.slice(start, old.length - end);
  const two = now.slice(start, now.length - end);
  return one.length + two.length - 2 * longestCommon(one, two) === removed + added;
}

function longestCommon(one: readonly string[], two: readonly string[]): number {
  let row = new Uint32Array(two.length + 1);
  for (const token of one) {
    const next = new Uint32Array(two.length + 1);
    for (let index = 0; index < two.length; index++) {
      next[index + 1] =
        token === two[index] ? (row[index] ?? 0) + 1 : Math.max(row[index + 1] ?? 0, next[index] ?? 0);
    }
    row = next;
  }
  return row[two.length] ?? 0;
}

/** The same model as a writer of other habits would have written it, with fields that no reader of today knows. */
export function scrambled(bytes: Uint8Array, random: () => number): Uint8Array {
  return scrambledFields(modelShape, rootFields(bytes), random);
}

function scrambledFields(shape: MessageShape, fields: readonly Field[], random: () => number): Uint8Array {
  /** Fields of one number keep their order, which has a meaning. */
  const groups = new Map<number, Uint8Array[]>();
  for (const field of fields) {
    const inner = shape.fields.get(field.number);
    const group = groups.get(field.number) ?? [];
    groups.set(field.number, group);
    if (inner?.kind === 'message' && field.wireType === 2) {
      const content = fieldsOf(field.rope, field.contentStart, field.end);
      group.push(delimitedField(field.number, scrambledFields(inner.shape, content, random), random));
    } else if (inner?.kind === 'numbers' && field.wireType === 0 && random() < 0.5) {
      group.push(delimitedField(field.number, Buffer.concat(contentOf(field).map(bytesOf)), random));
    } else if (field.wireType === 2) {
      group.push(delimitedField(field.number, Buffer.concat(contentOf(field).map(bytesOf)), random));
    } else group.push(Buffer.concat(wholeOf(field).map(bytesOf)));
  }
  if (random() < 0.3) groups.set(1000, [delimitedField(1000, Buffer.from(`unknown ${random()}`), random)]);
  if (random() < 0.1) groups.set(1001, [encodeVarints([1001 * 8, 7]), encodeVarints([1001 * 8, 8])]);
  const queues = [...groups.values()].map((group) => group.slice());
  const written: Uint8Array[] = [];
  for (let open = queues; open.length > 0; open = open.filter(({ length }) => length > 0)) {
    const next = open[Math.floor(random() * open.length)]?.shift();
    if (next !== undefined) written.push(next);
  }
  return Buffer.concat(written);
}

/** Now and then with a length that is longer than it need be. */
function delimitedField(number: number, content: Uint8Array, random: () => number): Uint8Array {
  const length = encodeVarints([content.length]);
  const padded =
    random() < 0.1
      ? Buffer.from([...length, 0].map((byte, index) => (index < length.length ? byte | 0x80 : byte)))
      : length;
  return Buffer.concat([encodeVarints([number * 8 + 2]), padded, content]);
}

function bytesOf(bytes: unknown): Uint8Array {
  if (bytes instanceof Uint8Array) return bytes;
  throw new Error('These bytes should be in memory.');
}

/** A small generator of numbers from 0 to 1 that always gives the same ones (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
