/** textDocument/typeDefinition: from a value to where its type is stated, or else to the node that its type follows from. */
import type { Location, Position } from 'vscode-languageserver-types';
import { defines } from '../onnx/analysis/segment-names.ts';
import { type OnnxDocument, rangeInSegment } from './document.ts';
import { placeAt } from './elements.ts';
import { offsetAt } from './source-text.ts';
import { occurrencesOfValue, valueAt } from './values.ts';

export function typeDefinition(document: OnnxDocument, position: Position): Location[] {
  const place = placeAt(document.tree, offsetAt(document.source, position));
  const value = place && valueAt(document, place);
  if (!value) {
    return [];
  }
  const occurrences = occurrencesOfValue(document, value);
  const stated = occurrences.flatMap(({ owner, segment }) =>
    owner.kind === 'value-declaration' && owner.type
      ? [{ uri: document.uri, range: rangeInSegment(document, segment, owner.type) }]
      : [],
  );
  if (stated.length > 0) {
    return stated;
  }
  return occurrences.flatMap(({ owner, role, segment, identifier }) =>
    defines(role)
      ? [
          {
            uri: document.uri,
            range: rangeInSegment(
              document,
              segment,
              owner.kind === 'node-statement' ? owner.operator : identifier,
            ),
          },
        ]
      : [],
  );
}
