/**
 * The syntax tree of ONNX text. Any text has one; what could not be understood is in `problems` and in `incomplete` nodes.
 *
 * A document is cut into segments: each model header, graph or function signature, entry of a value list, and each node
 * statement of a body is one. Offsets inside a segment are relative to the segment's start, so that an edit elsewhere moves
 * no node and a tree can share all untouched segments with its predecessor (100,000 statements, one keystroke).
 *
 * Between segments there are only white space, comments and the punctuation of lists and bodies. A segment begins at its first
 * annotation, if it has any.
 */

import type { DocumentText } from './document-text.ts';

/** Half-open range in UTF-16 code units, relative to the start of the segment that holds it. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * An identifier, quoted or plain; `name` is its unescaped value, the span includes the quotes. An omitted optional input is an
 * empty name, and so is a name that is missing where one has to be: then its span is empty and a problem says so.
 */
export interface Identifier extends Span {
  readonly name: string;
}

/**
 * `#@ key` or `#@ key: value` before a construct: what the official syntax cannot say. See docs/onnx-text.md. The span is the
 * comment without its line end.
 */
export interface Annotation extends Span {
  readonly key: string;
  readonly value: AnnotationValue;
}

export type AnnotationValue =
  | { readonly kind: 'flag' }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'strings'; readonly values: readonly string[] }
  | {
      readonly kind: 'entries';
      readonly entries: readonly { readonly key: string; readonly value: string }[];
    };

interface Annotated {
  readonly annotations: readonly Annotation[];
}

export type Segment =
  | ModelHeader
  | GraphSignature
  | FunctionSignature
  | ValueDeclaration
  | NodeStatement
  | SkippedText;

interface SegmentBase extends Span, Annotated {
  /**
   * Absolute offsets are `start of segment + relative offset`; `start` is 0 for a segment itself, `end` its length. The
   * problems of a segment are all those inside it and in the punctuation that follows it. A statement or declaration inside
   * another segment has none of its own.
   */
  readonly problems: readonly SyntaxProblem[];
}

export interface ModelHeader extends SegmentBase {
  readonly kind: 'model-header';
  readonly entries: readonly HeaderEntry[];
}

export interface HeaderEntry extends Span {
  readonly key: Identifier;
  readonly value: HeaderValue;
}

export type HeaderValue =
  | (Span & { readonly kind: 'integer'; readonly value: number | bigint })
  | (Span & { readonly kind: 'string'; readonly value: string })
  | (Span & { readonly kind: 'opset-imports'; readonly imports: readonly OpsetImportSyntax[] })
  | (Span & { readonly kind: 'metadata'; readonly entries: readonly StringEntrySyntax[] })
  | (Span & { readonly kind: 'incomplete' });

export interface OpsetImportSyntax extends Span {
  readonly domain: Identifier;
  readonly version: Span & { readonly value: number | bigint };
}

export interface StringEntrySyntax extends Span {
  readonly key: Identifier;
  readonly value: Identifier;
}

export interface GraphSignature extends SegmentBase {
  readonly kind: 'graph-signature';
  readonly name: Identifier;
  readonly inputs: readonly ValueDeclaration[];
  readonly outputs: readonly ValueDeclaration[];
}

export interface FunctionSignature extends SegmentBase {
  readonly kind: 'function-signature';
  /** The `<domain: …, opset_import: …>` before the name. */
  readonly header: readonly HeaderEntry[];
  readonly name: Identifier;
  /** Attribute parameters without a default. */
  readonly attributeParameters: readonly Identifier[];
  readonly attributeDefaults: readonly AttributeSyntax[];
  /** A declaration without `type` is a bare name. */
  readonly inputs: readonly ValueDeclaration[];
  readonly outputs: readonly ValueDeclaration[];
}

/** `type name`, `type name = data`, or a bare `name`: an input, output, initializer or value info. */
export interface ValueDeclaration extends SegmentBase {
  readonly kind: 'value-declaration';
  readonly type?: TypeSyntax;
  readonly name: Identifier;
  readonly data?: TensorDataSyntax;
}

export interface NodeStatement extends SegmentBase {
  readonly kind: 'node-statement';
  /** `[label]`: NodeProto.name. */
  readonly label?: Identifier;
  readonly outputs: readonly Identifier[];
  /** The dotted domain before the operator, without its last dot and without quotes or blanks; absent for ai.onnx. */
  readonly domain?: Identifier;
  readonly operator: Identifier;
  readonly overload?: Identifier;
  readonly attributes: readonly AttributeSyntax[];
  readonly inputs: readonly Identifier[];
}

/** Text between segments that is no part of any. */
export interface SkippedText extends SegmentBase {
  readonly kind: 'skipped';
}

export interface AttributeSyntax extends Span, Annotated {
  readonly name: Identifier;
  /**
   * As written. Where the value is a list, `int`, `float` and `string` mean `ints`, `floats` and `strings`, as the reference
   * parser reads them; `undefined` goes with an empty list and is an attribute without a value.
   */
  readonly type?: Identifier;
  readonly value: AttributeValueSyntax;
}

export type AttributeValueSyntax =
  | (Span & { readonly kind: 'integer'; readonly value: number | bigint })
  | (Span & { readonly kind: 'float'; readonly value: number })
  | (Span & { readonly kind: 'string'; readonly value: string })
  | (Span & { readonly kind: 'tensor'; readonly value: TensorSyntax })
  | (Span & { readonly kind: 'sparse-tensor'; readonly value: SparseTensorSyntax })
  | (Span & { readonly kind: 'graph'; readonly value: GraphSyntax })
  | (Span & { readonly kind: 'type'; readonly value: TypeSyntax })
  | (Span & { readonly kind: 'reference'; readonly name: Identifier })
  | (Span & { readonly kind: 'list'; readonly elements: readonly AttributeValueSyntax[] })
  | (Span & { readonly kind: 'incomplete' });

/** A graph inside an attribute. Its offsets are relative to the enclosing segment, like all others. */
export interface GraphSyntax extends Span, Annotated {
  readonly name: Identifier;
  readonly inputs: readonly ValueDeclaration[];
  readonly outputs: readonly ValueDeclaration[];
  readonly values: readonly ValueDeclaration[];
  readonly nodes: readonly NodeStatement[];
}

export interface TensorSyntax extends Span, Annotated {
  readonly type: TypeSyntax;
  readonly name?: Identifier;
  readonly data?: TensorDataSyntax;
}

/** Extension: `sparse_tensor(float[4,4]) {values, indices}`; see docs/onnx-text.md. */
export interface SparseTensorSyntax extends Span {
  readonly type: TypeSyntax;
  readonly values: TensorSyntax;
  readonly indices: TensorSyntax;
}

export type TensorDataSyntax =
  /** The literals fit the element type. An empty span after `=` is a tensor without data, as the reference parser allows. */
  | (Span & { readonly kind: 'values'; readonly elements: readonly (number | bigint | string)[] })
  | (Span & { readonly kind: 'external'; readonly entries: readonly StringEntrySyntax[] })
  | (Span & { readonly kind: 'incomplete' });

/** `dims` are what is in the brackets: absent for a scalar (`float`), empty for a tensor of unknown rank (`float[]`). */
export type TypeSyntax =
  | (Span & {
      readonly kind: 'tensor';
      readonly element: Identifier;
      readonly dims?: readonly DimensionSyntax[];
    })
  | (Span & {
      readonly kind: 'sparse_tensor';
      readonly element: Identifier;
      readonly dims?: readonly DimensionSyntax[];
    })
  | (Span & { readonly kind: 'seq'; readonly element: TypeSyntax })
  | (Span & { readonly kind: 'optional'; readonly element: TypeSyntax })
  | (Span & { readonly kind: 'map'; readonly key: Identifier; readonly value: TypeSyntax })
  | (Span & { readonly kind: 'opaque'; readonly domain?: Identifier; readonly name?: Identifier })
  | (Span & { readonly kind: 'incomplete' });

export type DimensionSyntax =
  | (Span & { readonly kind: 'value'; readonly value: number | bigint })
  | (Span & { readonly kind: 'parameter'; readonly name: string })
  | (Span & { readonly kind: 'unknown' });

export interface SyntaxProblem extends Span {
  /** Stable: `onnx.syntax.expected-operator` … */
  readonly code: string;
  /** A sentence that says what is wrong and what to write. */
  readonly message: string;
}

/**
 * The graph or one function, as index ranges into the segments: `from` inclusive, `to` exclusive. The ranges may hold skipped
 * text, too.
 */
export interface Declaration {
  readonly kind: 'graph' | 'function';
  /** Segment index of its GraphSignature or FunctionSignature. */
  readonly signature: number;
  readonly values: { readonly from: number; readonly to: number };
  readonly nodes: { readonly from: number; readonly to: number };
  /** Absolute offset behind the `}` of the body; where it is missing, the end of the last segment. */
  readonly end: number;
}

export interface SyntaxTree {
  readonly text: DocumentText;
  readonly segments: readonly Segment[];
  /** Absolute offset of each segment, ascending; same length as `segments`. */
  readonly starts: Int32Array;
  /** Segment index of the model header, if any. */
  readonly header?: number;
  /** The graph first (if any), then the functions in order. */
  readonly declarations: readonly Declaration[];
  /** Number of syntax problems in all segments. */
  readonly problemCount: number;
  /** How to go on parsing from the start of each segment; only `reparse` reads it. */
  readonly resumption: Resumption;
}

/** One element per segment. */
export interface Resumption {
  /** What the parser expected there (parser/modes.ts). */
  readonly modes: Uint8Array;
  /**
   * How far from the segment's start the parser has looked to read the segment and the punctuation behind it: only a change
   * before that offset can make it read differently. -1 where it also looked at text before the segment.
   */
  readonly lookaheads: Int32Array;
  /** Offset behind the `}` of the body that ends behind this segment, from the segment's start; 0 where none ends there. */
  readonly bodyEnds: Int32Array;
  /** Which part of its declaration the segment is (parser/segments.ts). */
  readonly roles: Uint8Array;
}
