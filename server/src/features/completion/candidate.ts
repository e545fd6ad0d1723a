import type { CompletionItemKind, MarkupContent } from 'vscode-languageserver-types';
import type { CursorContext } from '../cursor/cursor-context.ts';
import type { OnnxDocument } from '../document.ts';
import type { NetworkTypes } from '../values.ts';

export interface CompletionContext {
  readonly document: OnnxDocument;
  readonly cursor: CursorContext;
  readonly network: NetworkTypes | undefined;
  /** Index of the last segment that begins before the cursor; -1 where none does. */
  readonly segment: number;
  /** Index of the graph or function around the cursor. */
  readonly declaration: number | undefined;
  /** Absolute offset behind the word at the cursor. */
  readonly end: number;
  /** Candidates beyond so many are not shown. */
  readonly maximum: number;
}

/** What could be written, the best first. */
export interface Candidate {
  readonly label: string;
  readonly kind: CompletionItemKind;
  readonly detail?: string | undefined;
  /** The text to write where it is not the label. */
  readonly insert?: string | undefined;
  /** As `insert`, with places to fill in. */
  readonly snippet?: string | undefined;
  /** What is compared with the typed text where it is not the label. */
  readonly filter?: string | undefined;
  readonly preselect?: boolean | undefined;
  readonly deprecated?: boolean | undefined;
  readonly documentation?: MarkupContent | undefined;
  /** Leads to the documentation; see resolve.ts. */
  readonly data?: DocumentationKey | undefined;
  /** Whether what comes next is worth suggestions at once. */
  readonly again?: boolean | undefined;
}

/** An operator of an opset, or one of its attributes. */
export interface DocumentationKey {
  readonly domain: string;
  readonly operator: string;
  readonly opset: number;
  readonly attribute?: string;
}

/** A text where a snippet has its own signs. */
export function snippetText(text: string): string {
  return text.replace(/[\\$}]/gu, '\\$&');
}
