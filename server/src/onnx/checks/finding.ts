/** What a check finds, and how it says so. */

import type { Segment, Span } from '../text/syntax-tree.ts';
import type { CheckCode, Severity } from './codes.ts';

/** A place that stays with its statement while the text around it is edited. */
export interface Place {
  readonly segment: Segment;
  /** Relative to the segment's start. */
  readonly span: Span;
}

/** A finding of one version of a text or of several: it holds wherever its statements are. */
export interface AnchoredFinding {
  readonly code: CheckCode;
  readonly place: Place;
  readonly message: string;
  /** The other side of a conflict, the frames of a call. */
  readonly related?: readonly (Place & { readonly message: string })[];
}

/** A finding on a version of the text. */
export interface Finding {
  readonly code: CheckCode;
  readonly severity: Severity;
  readonly tag?: 'unnecessary' | 'deprecated';
  /** Index into the tree's segments. */
  readonly segment: number;
  readonly span: Span;
  readonly message: string;
  readonly related: readonly {
    readonly segment: number;
    readonly span: Span;
    readonly message: string;
  }[];
}

/** Tells a finding in the segment that is looked at. */
export type Report = (
  code: CheckCode,
  span: Span,
  message: string,
  related?: readonly { readonly span: Span; readonly message: string; readonly segment?: Segment }[],
) => void;

/** A report that collects findings of one segment. */
export function reportInto(found: AnchoredFinding[], segment: Segment): Report {
  return (code, span, message, related) => {
    found.push({
      code,
      place: { segment, span },
      message,
      ...(related && {
        related: related.map((other) => ({ segment, ...other })),
      }),
    });
  };
}
