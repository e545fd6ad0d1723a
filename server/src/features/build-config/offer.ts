/** A value that is offered at a cursor, and the completion item that it becomes. */
import {
  type CompletionItem,
  type CompletionItemKind,
  InsertTextFormat,
  InsertTextMode,
  MarkupKind,
} from 'vscode-languageserver-types';
import type { ConfigCursor } from './cursor.ts';

/** Text, or a place to fill in: places of the same name are filled in together. */
export type Piece = string | { readonly text: string; readonly place: string };

export interface Offer {
  readonly label: string;
  readonly kind: CompletionItemKind;
  readonly insert: readonly Piece[];
  /** What is matched against what is typed; the label where absent. */
  readonly filter?: string;
  readonly detail?: string;
  /** Markdown. */
  readonly documentation?: string;
}

/** `snippets`: whether the editor takes them. `index`: the place in the list, before what the schema offers. */
export function itemOf(offer: Offer, cursor: ConfigCursor, snippets: boolean, index: number): CompletionItem {
  const { label, kind, insert, filter = label, detail, documentation } = offer;
  const isSnippet = snippets && insert.some((piece) => typeof piece !== 'string');
  const newText = isSnippet ? snippetText(insert) : plainText(insert);
  return {
    label,
    kind,
    ...(detail !== undefined && { detail }),
    ...(documentation !== undefined && {
      documentation: { kind: MarkupKind.Markdown, value: documentation },
    }),
    // In quotes the letters behind the first one are what was typed.
    filterText: cursor.isQuoted ? `"${filter}"` : filter,
    // The schema's items are numbered.
    sortText: `!${String(index).padStart(4, '0')}`,
    insertTextFormat: isSnippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    // Lines have the indentation that they need.
    insertTextMode: InsertTextMode.asIs,
    textEdit: { range: cursor.range, newText: `${cursor.lead}${newText}` },
  };
}

function plainText(pieces: readonly Piece[]): string {
  return pieces.map((piece) => (typeof piece === 'string' ? piece : piece.text)).join('');
}

function snippetText(pieces: readonly Piece[]): string {
  const places: string[] = [];
  return pieces
    .map((piece) => {
      if (typeof piece === 'string') return piece.replace(/[\\$]/g, '\\$&');
      if (!places.includes(piece.place)) places.push(piece.place);
      return `\${${places.indexOf(piece.place) + 1}:${piece.text.replace(/[\\$}]/g, '\\$&')}}`;
    })
    .join('');
}
