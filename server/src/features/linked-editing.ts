/**
 * textDocument/linkedEditingRange: typing in a name where it is defined changes its uses as well. At a use there is nothing to link:
 * who types there wants another value.
 */
import type { Position, Range } from 'vscode-languageserver-types';
import type { Span } from '../onnx/text/syntax-tree.ts';
import { type OnnxDocument, rangeInSegment, textOf } from './document.ts';
import { referencesOfSymbol, symbolAt } from './symbol-references.ts';

/** `LinkedEditingRanges` of LSP, which vscode-languageserver-types lacks. */
export interface LinkedNames {
  readonly ranges: Range[];
  readonly wordPattern: string;
}

/** Each keystroke edits all of them; of more, a rename at once is what is wanted. */
const maximumLinks = 200;

/** An editor stops linking at what does not fit. */
const plainWord = '[A-Za-z_][A-Za-z0-9_]*';
const quotedWord = '[^"\\\\]+';

export function linkedEditingRanges(document: OnnxDocument, position: Position): LinkedNames | undefined {
  const found = symbolAt(document, position);
  const here = found?.place.path.at(-1)?.node;
  if (!found || !here) {
    return undefined;
  }
  const places = referencesOfSymbol(document, found.symbol);
  const definitions = places.filter(({ isDefinition }) => isDefinition);
  const [definition] = definitions;
  const isAtDefinition = definition?.segment === found.place.segment && definition.span.start === here.start;
  if (definitions.length !== 1 || !isAtDefinition || places.length < 2 || places.length > maximumLinks) {
    return undefined;
  }
  const names = places.map(({ segment, span }) => nameWithoutQuotes(document, segment, span));
  const [first] = names;
  // A name with escapes is written in more than one way; typing the same into each would not keep them the same.
  if (!first || names.some(({ text }) => text !== first.text || text.includes('\\'))) {
    return undefined;
  }
  return {
    ranges: names.map(({ segment, span }) => rangeInSegment(document, segment, span)),
    wordPattern: names.every(({ isQuoted }) => isQuoted) ? quotedWord : plainWord,
  };
}

function nameWithoutQuotes(document: OnnxDocument, segment: number, span: Span) {
  const text = textOf(document, segment, span);
  return text.startsWith('"')
    ? { segment, span: { start: span.start + 1, end: span.end - 1 }, text: text.slice(1, -1), isQuoted: true }
    : { segment, span, text, isQuoted: false };
}
