/** textDocument/definition: from a value to what produces it, from a call to the function, from `@name` to the parameter. */
import type { LocationLink, Position } from 'vscode-languageserver-types';
import { type OnnxDocument, rangeInSegment } from './document.ts';
import { referencesOfSymbol, symbolAt } from './symbol-references.ts';

export function definition(document: OnnxDocument, position: Position): LocationLink[] {
  const found = symbolAt(document, position);
  if (!found) {
    return [];
  }
  const origin = found.place.path.at(-1);
  return referencesOfSymbol(document, found.symbol)
    .filter((reference) => reference.isDefinition)
    .map(({ segment, span }) => {
      const target = rangeInSegment(document, segment, span);
      return {
        targetUri: document.uri,
        targetRange: target,
        targetSelectionRange: target,
        ...(origin && {
          originSelectionRange: rangeInSegment(document, found.place.segment, origin.node),
        }),
      };
    });
}
