/** Where a capture's findings stand in the text of a model. */
import type { DiagnosticRelatedInformation } from 'vscode-languageserver-types';
import type { DebugMark } from '../debug-protocol.ts';
import type { DebugCapture } from '../engine/debug/capture.ts';
import { sideNames } from '../engine/debug/describe-debug.ts';
import { type Finding, findingSentence } from '../engine/debug/findings.ts';
import type { OnnxDocument } from './document.ts';
import { placeOfValue } from './values-in-functions.ts';

export const debugCodes = ['debug.divergence', 'debug.not-finite'] as const;

/** More of the same would be no help. */
const mostRelated = 8;

/**
 * On the names of the values, where their nodes write them, in the bodies of functions, too. Findings on values that the text does not have
 * are left out.
 */
export function debugMarks(document: OnnxDocument, capture: DebugCapture): DebugMark[] {
  const names = sideNames(capture);
  return capture.findings.flatMap((finding): DebugMark[] => {
    const place = placeOfValue(document, finding.tensor, finding.node?.name);
    if (!place) return [];
    return [
      {
        range: place.range,
        code: finding.kind === 'divergence' ? 'debug.divergence' : 'debug.not-finite',
        message: findingSentence(finding, names),
        related: [...place.callers, ...relatedPlaces(finding, document)],
      },
    ];
  });
}

function relatedPlaces(
  { kind, masks = [], rightBefore, followers }: Finding,
  document: OnnxDocument,
): DiagnosticRelatedInformation[] {
  const right = kind === 'divergence' ? 'agrees' : 'is finite';
  return [
    ...masks.slice(0, mostRelated).map((name) => [name, `${name} holds -inf, as masks do.`] as const),
    ...rightBefore
      .filter((name) => !masks.includes(name))
      .slice(0, mostRelated)
      .map((name) => [name, `${name} ${right}.`] as const),
    ...followers.slice(0, mostRelated).map((name) => [name, `${name} follows from it.`] as const),
  ].flatMap(([name, message]) => {
    const place = placeOfValue(document, name);
    return place ? [{ location: { uri: document.uri, range: place.range }, message }] : [];
  });
}
