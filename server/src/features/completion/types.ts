import { CompletionItemKind } from 'vscode-languageserver-types';
import { segmentsOf } from '../../onnx/analysis/names.ts';
import { dataTypes } from '../../onnx/model/data-types.ts';
import type { OnnxDocument } from '../document.ts';
import { childrenOf, type Element } from '../elements.ts';
import { elementTypeHover } from '../hover/type.ts';
import { nameText } from '../markdown.ts';
import type { Candidate, CompletionContext } from './candidate.ts';

const constructors: readonly (readonly [string, string, string])[] = [
  ['seq', 'seq($1)', 'sequence of values of one type'],
  ['optional', 'optional($1)', 'value or nothing'],
  ['map', 'map($1, $2)', 'map from integers or strings to values'],
  ['sparse_tensor', 'sparse_tensor($1)', 'tensor of which only some elements are stored'],
];

export function typeItems(): Candidate[] {
  return [
    ...dataTypes.map(({ name }) => {
      const documentation = elementTypeHover({ name, start: 0, end: 0 });
      return { label: name, kind: CompletionItemKind.TypeParameter, documentation };
    }),
    ...constructors.map(([name, snippet, detail]) => ({
      label: name,
      kind: CompletionItemKind.TypeParameter,
      detail,
      insert: `${name}()`,
      snippet,
    })),
  ];
}

/** Segments searched for names of dimensions: signatures come first and have most of them. */
const searchedSegments = 2_000;

/** The names of dimensions in the graph or function, and `?`. */
export function dimensionItems(context: CompletionContext): Candidate[] {
  const names = new Set<string>();
  const { tree } = context.document;
  if (context.declaration !== undefined) {
    const { from, to } = segmentsOf(tree, context.declaration);
    for (let segment = from; segment < Math.min(to, from + searchedSegments); segment++) {
      const node = tree.segments[segment];
      if (node && node.kind !== 'node-statement') {
        collectNames(context.document, { kind: 'segment', node }, names);
      }
    }
  }
  // What is being written is no suggestion, unless it is written elsewhere, too.
  return [...names].map((name) => ({
    label: name,
    kind: CompletionItemKind.Variable,
    detail: 'symbolic dimension',
    insert: nameText(name),
  }));
}

function collectNames(document: OnnxDocument, element: Element, names: Set<string>): void {
  if (element.kind === 'dimension' && element.node.kind === 'parameter' && element.node.name !== '') {
    names.add(element.node.name);
  }
  for (const child of childrenOf(element)) {
    collectNames(document, child, names);
  }
}
