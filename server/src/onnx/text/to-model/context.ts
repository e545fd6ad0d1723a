import type { ChangedPart } from '../../analysis/changed-part.ts';
import type { ByteSource, FileAccess } from '../../model/file-access.ts';
import type { Attribute, Int64 } from '../../model/model.ts';
import type { MessageName } from '../annotations/empty-fields.ts';
import type { AttributeSyntax, Span, SyntaxTree, TypeSyntax } from '../syntax-tree.ts';
import type { WeightsIndex } from './moved-weights.ts';
import type { ModelProblemCode } from './problems.ts';

/** What a text's meaning depends on besides the text. */
export interface ToModelContext {
  /** Absolute path of a reference's `location`, which is relative to the folder of the text; undefined where it has none. */
  readonly resolveLocation: (location: string) => string | undefined;
  /** For checking that references fit their files. Without it, they are taken as they are. */
  readonly files?: FileAccess;
  /**
   * Keeps what statements were turned into, for the next version of the document. Give each document one of its own, and a new one
   * when a file it refers to has changed.
   */
  readonly cache?: ModelCache;
}

/** A problem in a segment; the span is relative to the segment's start. */
export interface SegmentProblem {
  readonly span: Span;
  /** Stable; see problems.ts. */
  readonly code: ModelProblemCode;
  /** What is wrong and what to do about it, in a sentence or two. */
  readonly message: string;
}

/** What the segments of a document's last version were turned into. */
export interface ModelCache {
  /** What the conversions depend on beside their segment. */
  defaults: string;
  segments: readonly object[];
  /** What the ranges of the declarations were turned into, by their first segment. */
  lists: Map<number, ConvertedList>;
  /** By segment, of those that have any. */
  problems: Map<number, readonly SegmentProblem[]>;
}

export interface ConvertedList {
  /** Index behind its last segment. */
  readonly to: number;
  /** One per segment; undefined where a segment has no value. */
  readonly bySegment: readonly (object | undefined)[];
  /** The same without gaps; the very same array where there are none. */
  readonly values: readonly object[];
}

export function createModelCache(): ModelCache {
  return { defaults: '', segments: [], lists: new Map(), problems: new Map() };
}

/** What the annotations before a document's header say of all of it. */
export interface TextDefaults {
  readonly rawData: boolean;
  readonly emptyFields: ReadonlyMap<MessageName, ReadonlySet<string>>;
  readonly absentFields: ReadonlySet<string>;
}

/** The state of one conversion. */
export interface Conversion {
  readonly tree: SyntaxTree;
  readonly context: ToModelContext;
  readonly defaults: TextDefaults;
  /** Index of the segment being converted. */
  segment: number;
  /** Problems of the segment being converted, if it has any. */
  problems: SegmentProblem[] | undefined;
  /** What was kept of the document's last version, moved to this version's segments; and where this version's goes. */
  readonly kept: ModelCache;
  /** What the last version has, and where this one differs from it; undefined where nothing of it counts any more. */
  old: { readonly lists: ModelCache['lists']; readonly changed: ChangedPart } | undefined;
  /** What attributes that statements share have been turned into; only those that nothing is wrong with. */
  readonly attributes: Map<AttributeSyntax, Attribute>;
  /** The same for whole lists of them. */
  readonly attributeLists: Map<readonly AttributeSyntax[], readonly Attribute[]>;
  /** The dims of types that statements share. */
  readonly dims: Map<TypeSyntax, readonly Int64[]>;
  /** Files that references go to, by path; or why there is none, as a sentence. */
  readonly sources: Map<string, ByteSource | string>;
  /** Where the weights in those files are, where some were not found at their place. */
  readonly weights: Map<string, WeightsIndex>;
}

export function report(conversion: Conversion, span: Span, code: ModelProblemCode, message: string): void {
  conversion.problems ??= [];
  if (conversion.problems.length < maximumProblems) {
    conversion.problems.push({ span: { start: span.start, end: span.end }, code, message });
  }
}
/** In one segment; nobody reads more. */
const maximumProblems = 100;

/** The text at a span of the segment being converted. */
export function textAt(conversion: Conversion, span: Span): string {
  const start = conversion.tree.starts[conversion.segment] ?? 0;
  return conversion.tree.text.slice(start + span.start, start + span.end);
}
