/** What does not fit together in a model, as data for diagnostics. */

import type { FunctionDefinition, Node } from '../model/model.ts';

/** Stable: documentation and settings name them. */
export type ProblemCode =
  /** A value has a type that its place does not take, or another one than declared. */
  | 'onnx.type-mismatch'
  /** Ranks or dims that cannot go together, or others than declared. */
  | 'onnx.shape-mismatch'
  /** An attribute or a constant input asks for what the shapes do not allow, as an axis beyond the rank. */
  | 'onnx.argument-out-of-range'
  /** What only the types, the shapes or other attributes of a node make too much or too little. */
  | 'onnx.missing-attribute'
  | 'onnx.missing-input'
  | 'onnx.missing-output'
  | 'onnx.surplus-input'
  | 'onnx.surplus-output'
  /** A function calls itself, directly or through others. */
  | 'onnx.recursive-function'
  /** Calls and subgraphs are nested too deep, or expand to too much, to be looked into. */
  | 'onnx.inference-limit'
  /** A rule failed; a mistake of this program. */
  | 'onnx.inference-failed';

/** One of the things that do not fit together. */
export interface Side {
  readonly role: 'input' | 'output' | 'attribute' | 'declaration';
  /** Index of the input or output. */
  readonly index?: number;
  /** Of an attribute that is a graph: index of that graph's output which is meant. */
  readonly graphOutput?: number;
  /** Name of the value or attribute. */
  readonly name: string;
  /** Its type, shape or value as people read it. */
  readonly text: string;
}

/** A problem without the way to its node. */
export interface LocalProblem {
  readonly code: ProblemCode;
  readonly message: string;
  readonly sides: readonly Side[];
}

/** One step into a node: into the function it calls, or into the graph of an attribute. */
export interface PathStep {
  readonly node: Node;
  /** Absent for a call. */
  readonly attribute?: string;
}

export interface Problem extends LocalProblem {
  /** From the model's graph to the body that has the node; empty for a function that nobody calls. */
  readonly path: readonly PathStep[];
  /** The function in whose body the node is; absent in the model's graph. */
  readonly function?: FunctionDefinition;
  readonly node: Node;
}
