import type { ParserErrorRecord } from '../../../../native-bridge/src/protocol.ts';

/** Stable codes of diagnostics that come from TensorRT's parser; each has a page docs/diagnostics/CODE.md. */
export type TensorRtCode =
  | 'trt.cycle'
  | 'trt.dynamic-shape'
  | 'trt.function-arguments'
  | 'trt.input-not-constant'
  | 'trt.internal-error'
  | 'trt.invalid-graph'
  | 'trt.invalid-model'
  | 'trt.invalid-node'
  | 'trt.invalid-value'
  | 'trt.out-of-memory'
  | 'trt.plugin-not-found'
  | 'trt.refused'
  | 'trt.shape-mismatch'
  | 'trt.shape-tensor-type'
  | 'trt.too-many-outputs'
  | 'trt.undefined-value'
  | 'trt.unsupported-attribute'
  | 'trt.unsupported-graph'
  | 'trt.unsupported-initializer'
  | 'trt.unsupported-input-type'
  | 'trt.unsupported-node'
  | 'trt.unsupported-shape'
  | 'trt.unsupported-type';

/** The part of a node or declaration that the parser's words are about. */
export type Target =
  | { readonly kind: 'operator' }
  | { readonly kind: 'attribute'; readonly name: string }
  | { readonly kind: 'input'; readonly index: number }
  /** The input of this name. */
  | { readonly kind: 'value'; readonly name: string }
  /** The first output beyond a number of them. */
  | { readonly kind: 'output'; readonly index: number }
  /** The first input that nothing defines. */
  | { readonly kind: 'undefined-input' }
  /** The element type of a declaration. */
  | { readonly kind: 'type' };

/** What is known about the node beyond the parser's record, where it could be located. */
export interface NodeContext {
  /** Empty: ai.onnx. */
  readonly domain: string;
  /** Whether ONNX itself defines an operator of this domain and name. */
  readonly isStandardOperator: boolean;
}

export interface RuleInput {
  readonly record: ParserErrorRecord;
  readonly match: RegExpExecArray;
  /** `TensorRT 11.2.1`. */
  readonly runtime: string;
  readonly node: NodeContext | undefined;
}

/** What the parser's words mean, and what to do. Texts are plain sentences. */
export interface Rule {
  readonly code: TensorRtCode;
  /** Of the whole description. */
  readonly words: RegExp;
  /** Of the parser's own function, where the words alone do not tell. */
  readonly function?: RegExp;
  readonly explanation: (input: RuleInput) => string;
  readonly advice: (input: RuleInput) => string;
  readonly target?: (input: RuleInput) => Target;
}
