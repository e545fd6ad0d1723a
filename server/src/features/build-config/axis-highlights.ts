/** textDocument/documentHighlight in configs: an axis of the matrix, or one of its choices, wherever the file names it. */
import { type DocumentHighlight, DocumentHighlightKind, type Position } from 'vscode-languageserver-types';
import type { ConfigNode, MapNode, ScalarNode } from '../../build-config/model.ts';
import { entryOf } from '../../build-config/tree.ts';
import { rangeOf } from '../source-text.ts';
import type { ConfigDocument } from './document.ts';
import { isIn } from './place.ts';

/** A name, and the axis that it is a choice of; an axis itself has none. */
interface Mention {
  readonly axis: string;
  readonly choice?: string;
  readonly range: DocumentHighlight['range'];
  readonly kind: DocumentHighlightKind;
}

export function axisHighlights(document: ConfigDocument, position: Position): DocumentHighlight[] {
  const all = mentions(document);
  const at = all.find(({ range }) => isIn(range, position));
  if (!at) return [];
  return all
    .filter(({ axis, choice }) => axis === at.axis && choice === at.choice)
    .map(({ range, kind }) => ({ range, kind }))
    .sort((first, second) => before(first.range.start, second.range.start));
}

function before(first: Position, second: Position): number {
  return first.line - second.line || first.character - second.character;
}

function mentions(document: ConfigDocument): Mention[] {
  const matrix = entryOf(document.config.root, 'matrix')?.value;
  if (matrix?.kind !== 'map') return [];
  const axes = matrix.entries.filter(({ key }) => key.text !== 'include' && key.text !== 'exclude');
  const found: Mention[] = axes.flatMap(({ key, value }) => [
    { axis: key.text, range: key.origin.range, kind: DocumentHighlightKind.Write },
    ...choicesOf(value).map((choice) => mention(key.text, choice, DocumentHighlightKind.Write)),
  ]);
  const names = new Set(axes.map(({ key }) => key.text));
  for (const list of ['include', 'exclude']) {
    for (const combination of mapsIn(entryOf(matrix, list)?.value)) {
      for (const { key, value } of combination.entries) {
        if (!names.has(key.text)) continue;
        found.push({ axis: key.text, range: key.origin.range, kind: DocumentHighlightKind.Read });
        if (value.kind === 'scalar') found.push(mention(key.text, value, DocumentHighlightKind.Read));
      }
    }
  }
  return [...found, ...placeholders(document)];
}

function choicesOf(axis: ConfigNode): ScalarNode[] {
  if (axis.kind === 'map') return axis.entries.map(({ key }) => key);
  return axis.kind === 'list' ? axis.items.filter((item) => item.kind === 'scalar') : [];
}

function mention(axis: string, choice: ScalarNode, kind: DocumentHighlightKind): Mention {
  return { axis, choice: nameOfChoice(choice.text), range: choice.origin.range, kind };
}

/** `big` of `models/big.onnx`, as builds are named. */
function nameOfChoice(text: string): string {
  return text.replace(/^.*[\\/]/, '').replace(/\.(onnx|onnxtxt|onnxtext)$/i, '');
}

function mapsIn(node: ConfigNode | undefined): MapNode[] {
  return node?.kind === 'list' ? node.items.filter((item) => item.kind === 'map') : [];
}

/** `${{ matrix.precision }}` anywhere in the text. */
function placeholders({ text, source }: ConfigDocument): Mention[] {
  return [...text.matchAll(/\$\{\{\s*matrix\.([^\s}]+)\s*\}\}/g)].map((match) => {
    const axis = match[1] ?? '';
    const start = match.index + match[0].indexOf(axis, match[0].indexOf('matrix.') + 7);
    return { axis, range: rangeOf(source, start, start + axis.length), kind: DocumentHighlightKind.Read };
  });
}
