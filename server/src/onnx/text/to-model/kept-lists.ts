/**
 * What is made of the lists of a declaration. Lists that an edit leaves alone stay the same arrays (ModelCache), and so does what is
 * made of them here: whoever compares two versions of a model, as shape inference does, sees at once that they are the same.
 */
import type { ChangedPart } from '../../analysis/changed-part.ts';
import type { FunctionDefinition, Node, Tensor, ValueInfo } from '../../model/model.ts';
import type { Conversion } from './context.ts';
import { withBody } from './functions.ts';
import { type Declared, initializersOf, valuesOf } from './graphs.ts';

/** What was kept of the segments from `from` to `end`, in an array of its own; undefined for those that have to be converted. */
export function keptBySegment(old: Conversion['old'], from: number, end: number): (object | undefined)[] {
  if (!old) return unknown(end - from);
  const { lists, changed } = old;
  const moved = changed.newTo - changed.oldTo;
  const whole = lists.get(from);
  // Mostly the edit is within the list, and the list is as long as before.
  if (whole && moved === 0 && whole.to === end && from <= changed.from && changed.newTo <= end) {
    return whole.bySegment.slice().fill(undefined, changed.from - from, changed.newTo - from);
  }
  const found = unknown(end - from);
  for (const [first, list] of lists) copyKept(first, list.bySegment, changed, from, found);
  return found;
}

function copyKept(
  first: number,
  bySegment: readonly (object | undefined)[],
  { from, oldTo, newTo }: ChangedPart,
  start: number,
  found: (object | undefined)[],
): void {
  const copy = (begin: number, end: number, shift: number) => {
    const last = Math.min(end, start + found.length - shift);
    for (let index = Math.max(begin, start - shift); index < last; index++) {
      found[index + shift - start] = bySegment[index - first];
    }
  };
  copy(first, Math.min(first + bySegment.length, from), 0);
  copy(Math.max(first, oldTo), first + bySegment.length, newTo - oldTo);
}

function unknown(length: number): (object | undefined)[] {
  return new Array<object | undefined>(length).fill(undefined);
}

const values = new WeakMap<readonly Declared[], readonly ValueInfo[]>();

export function keptValuesOf(declared: readonly Declared[]): readonly ValueInfo[] {
  let known = values.get(declared);
  if (!known) {
    known = valuesOf(declared);
    values.set(declared, known);
  }
  return known;
}

interface Initializers {
  readonly inputs: readonly Declared[];
  readonly initializers: readonly Tensor[];
}

const initializers = new WeakMap<readonly Declared[], Initializers>();

export function keptInitializersOf(
  inputs: readonly Declared[],
  listed: readonly Declared[],
): readonly Tensor[] {
  let known = initializers.get(listed);
  if (known?.inputs !== inputs) {
    known = { inputs, initializers: initializersOf(inputs, listed) };
    initializers.set(listed, known);
  }
  return known.initializers;
}

interface Body {
  readonly listed: readonly Declared[];
  readonly nodes: readonly Node[];
  readonly definition: FunctionDefinition;
}

/** By the function without its body. */
const bodies = new WeakMap<FunctionDefinition, Body>();

export function keptWithBody(
  head: FunctionDefinition,
  listed: readonly Declared[],
  nodes: readonly Node[],
): FunctionDefinition {
  let known = bodies.get(head);
  if (known?.listed !== listed || known.nodes !== nodes) {
    known = { listed, nodes, definition: withBody(head, keptValuesOf(listed), nodes) };
    bodies.set(head, known);
  }
  return known.definition;
}
