/** Diagnostics that stay with their statements while the text around them is edited: a check takes longer than a keystroke. */
import type {
  Diagnostic,
  DiagnosticRelatedInformation,
  DiagnosticSeverity,
  DiagnosticTag,
} from 'vscode-languageserver-types';
import { indicesOf } from '../../onnx/analysis/segment-indices.ts';
import type { Segment, Span, SyntaxTree } from '../../onnx/text/syntax-tree.ts';
import { type OnnxDocument, rangeInSegment } from '../document.ts';

/** A diagnostic whose places are statements of a tree, not positions of a text. */
export interface AnchoredDiagnostic {
  readonly anchor: Anchor;
  readonly code: string;
  readonly message: string;
  readonly source: string;
  readonly severity: DiagnosticSeverity;
  readonly tags?: DiagnosticTag[];
  readonly related: readonly { readonly anchor: Anchor; readonly message: string }[];
  readonly data?: unknown;
}

export interface Anchor {
  readonly segment: Segment;
  /** Relative to the segment's start. */
  readonly span: Span;
}

export function anchorOf(
  tree: SyntaxTree,
  { segment: index, span }: { readonly segment: number; readonly span: Span },
): Anchor | undefined {
  const segment = tree.segments[index];
  return segment && { segment, span };
}

/**
 * The diagnostics on a version of the document: those whose statement an edit has touched since are left out, and so are
 * related places. An editor that shows no related information gets it as part of the message.
 */
export function diagnosticsOn(
  document: OnnxDocument,
  anchored: readonly AnchoredDiagnostic[],
  relatedInformation: boolean,
): Diagnostic[] {
  const indices = indicesOf(document.tree, segmentsOf(anchored));
  const rangeOf = ({ segment, span }: Anchor) => {
    const index = indices.get(segment);
    return index === undefined ? undefined : rangeInSegment(document, index, span);
  };
  return anchored.flatMap(({ anchor, related, message, ...diagnostic }) => {
    const range = rangeOf(anchor);
    if (!range) {
      return [];
    }
    const places = related.flatMap((place): DiagnosticRelatedInformation[] => {
      const found = rangeOf(place.anchor);
      return found ? [{ location: { uri: document.uri, range: found }, message: place.message }] : [];
    });
    const stack = related.map((place) => `\n${place.message}`).join('');
    return [
      {
        ...diagnostic,
        range,
        message: relatedInformation ? message : message + stack,
        ...(relatedInformation && places.length > 0 && { relatedInformation: places }),
      },
    ];
  });
}

function segmentsOf(anchored: readonly AnchoredDiagnostic[]): ReadonlySet<Segment> {
  return new Set(
    anchored.flatMap(({ anchor, related }) => [
      anchor.segment,
      ...related.map((place) => place.anchor.segment),
    ]),
  );
}
