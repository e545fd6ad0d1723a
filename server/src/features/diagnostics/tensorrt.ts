/** What TensorRT's parser refused, as diagnostics that stay with their statements while the text around is edited. */
import {
  type Diagnostic,
  type DiagnosticRelatedInformation,
  DiagnosticSeverity,
} from 'vscode-languageserver-types';
import type { ParserErrorRecord } from '../../../../native-bridge/src/protocol.ts';
import { versionsOf } from '../../onnx/operators/table.ts';
import type { Segment, Span, SyntaxTree } from '../../onnx/text/syntax-tree.ts';
import type { PlacedNode } from '../../tensorrt/locate/bodies.ts';
import { locateErrors, type Place } from '../../tensorrt/locate/locate.ts';
import { explain } from '../../tensorrt/messages/explain.ts';
import { type OnnxDocument, rangeInSegment } from '../document.ts';

/** A diagnostic whose places are statements of a tree, not positions of a text. */
export interface AnchoredDiagnostic {
  readonly anchor: Anchor;
  readonly code: string;
  readonly message: string;
  readonly source: string;
  readonly related: readonly { readonly anchor: Anchor; readonly message: string }[];
  /** The parser's error, unchanged. */
  readonly data: ParserErrorRecord;
}

interface Anchor {
  readonly segment: Segment;
  readonly span: Span;
}

export interface Refusals {
  readonly diagnostics: readonly AnchoredDiagnostic[];
  /** Node statements with an error: each counts once, however many errors it has and however often its function is called. */
  readonly refusedNodes: number;
}

/** `runtime` is the product and version that refused: `TensorRT 11.2.1`. */
export function refusals(tree: SyntaxTree, errors: readonly ParserErrorRecord[], runtime: string): Refusals {
  const nodes = new Set<unknown>();
  const diagnostics = locateErrors(tree, errors).flatMap(({ primary, frames, node }, index) => {
    const record = errors[index];
    const anchor = anchorOf(tree, primary);
    if (!record || !anchor) {
      return [];
    }
    if (node) {
      nodes.add(node.node);
    }
    const { code, explanation, advice, parserWords } = explain(record, runtime, node && contextOf(node));
    const related = frames.flatMap((frame, depth) => {
      const found = anchorOf(tree, frame);
      return found ? [{ anchor: found, message: `Called by ${record.localFunctionStack[depth] ?? ''}` }] : [];
    });
    return [
      {
        anchor,
        code,
        message: `${explanation} ${advice}\nThe parser's words: ${parserWords}`,
        source: runtime,
        related,
        data: record,
      },
    ];
  });
  return { diagnostics, refusedNodes: nodes.size };
}

/**
 * The diagnostics on a version of the document: those whose statement an edit has touched since are left out, and so are
 * related places.
 */
export function diagnosticsOn(
  document: OnnxDocument,
  anchored: readonly AnchoredDiagnostic[],
  relatedInformation: boolean,
): Diagnostic[] {
  const indices = indicesOf(document.tree, anchored);
  const rangeOf = ({ segment, span }: Anchor) => {
    const index = indices.get(segment);
    return index === undefined ? undefined : rangeInSegment(document, index, span);
  };
  return anchored.flatMap(({ anchor, code, message, source, related, data }) => {
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
        severity: DiagnosticSeverity.Error,
        range,
        code,
        source,
        message: relatedInformation ? message : message + stack,
        ...(relatedInformation && places.length > 0 && { relatedInformation: places }),
        data,
      },
    ];
  });
}

function contextOf({ node }: PlacedNode) {
  const domain = node.domain?.name ?? '';
  return { domain, isStandardOperator: versionsOf(domain, node.operator.name).length > 0 };
}

function anchorOf(tree: SyntaxTree, { segment: index, span }: Place): Anchor | undefined {
  const segment = tree.segments[index];
  return segment && { segment, span };
}

/** Where the segments of anchors are in a tree that shares some of them. */
function indicesOf(tree: SyntaxTree, anchored: readonly AnchoredDiagnostic[]): Map<Segment, number> {
  const wanted = new Set(
    anchored
      .flatMap(({ anchor, related }) => [anchor, ...related.map((place) => place.anchor)])
      .map(({ segment }) => segment),
  );
  const indices = new Map<Segment, number>();
  for (let index = 0; index < tree.segments.length && indices.size < wanted.size; index++) {
    const segment = tree.segments[index];
    if (segment && wanted.has(segment)) {
      indices.set(segment, index);
    }
  }
  return indices;
}
