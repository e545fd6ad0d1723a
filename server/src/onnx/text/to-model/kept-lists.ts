/**
 * What is made of the lists of a declaration. Lists that an edit leaves alone stay the same arrays (ModelCache), and so does what is
 * made of them here: whoever compares two versions of a model, as shape inference does, sees at once that they are the same.
 */
import type { FunctionDefinition, Node, Tensor, ValueInfo } from '../../model/model.ts';
import { withBody } from './functions.ts';
import { type Declared, initializersOf, valuesOf } from './graphs.ts';

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
