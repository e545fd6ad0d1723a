/** Where a capture's findings stand in the text of a model. */
import type { DiagnosticRelatedInformation, Range } from 'vscode-languageserver-types';
import type { DebugMark } from '../debug-protocol.ts';
import type { DebugCapture } from '../engine/debug/capture.ts';
import { sideNames } from '../engine/debug/describe-debug.ts';
import { type Finding, findingSentence } from '../engine/debug/findings.ts';
import { declarationBody } from '../tensorrt/locate/bodies.ts';
import { type OnnxDocument, rangeInSegment } from './document.ts';

export const debugCodes = ['debug.divergence', 'debug.not-finite'] as const;

/** More of the same would be no help. */
const mostRelated = 8;

/** On the names of the values, where their nodes write them. Findings on values that the text does not have are left out. */
export function debugMarks(document: OnnxDocument, capture: DebugCapture): DebugMark[] {
  const places = placesOfValues(document);
  const names = sideNames(capture);
  return capture.findings.flatMap((finding): DebugMark[] => {
    const range = places.get(finding.tensor);
    if (!range) return [];
    return [
      {
        range,
        code: finding.kind === 'divergence' ? 'debug.divergence' : 'debug.not-finite',
        message: findingSentence(finding, names),
        related: relatedPlaces(finding, places, document.uri),
      },
    ];
  });
}

function relatedPlaces(
  { kind, masks = [], rightBefore, followers }: Finding,
  places: ReadonlyMap<string, Range>,
  uri: string,
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
    const range = places.get(name);
    return range ? [{ location: { uri, range }, message }] : [];
  });
}

function placesOfValues(document: OnnxDocument): ReadonlyMap<string, Range> {
  const places = new Map<string, Range>();
  for (const { node, segment } of declarationBody(document.tree, 0).nodes) {
    for (const output of node.outputs) {
      if (output.name !== '') places.set(output.name, rangeInSegment(document, segment, output));
    }
  }
  return places;
}
