/** textDocument/documentHighlight: definitions as writes, uses as reads. */
import { type DocumentHighlight, DocumentHighlightKind, type Position } from 'vscode-languageserver-types';
import { type OnnxDocument, rangeInSegment } from './document.ts';
import { referencesOfSymbol, symbolAt } from './symbol-references.ts';

export function documentHighlights(document: OnnxDocument, position: Position): DocumentHighlight[] {
  const found = symbolAt(document, position);
  if (!found) {
    return [];
  }
  return referencesOfSymbol(document, found.symbol).map(({ segment, span, isDefinition }) => ({
    range: rangeInSegment(document, segment, span),
    kind: isDefinition ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
  }));
}
