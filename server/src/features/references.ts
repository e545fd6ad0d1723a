/** textDocument/references */
import type { Location, Position } from 'vscode-languageserver-types';
import { type OnnxDocument, rangeInSegment } from './document.ts';
import { referencesOfSymbol, symbolAt } from './symbol-references.ts';

export function references(
  document: OnnxDocument,
  position: Position,
  includeDeclaration: boolean,
): Location[] {
  const found = symbolAt(document, position);
  if (!found) {
    return [];
  }
  return referencesOfSymbol(document, found.symbol)
    .filter((reference) => includeDeclaration || !reference.isDefinition)
    .map(({ segment, span }) => ({ uri: document.uri, range: rangeInSegment(document, segment, span) }));
}
