/** textDocument/foldingRange: headers, value lists, bodies, subgraphs, statements of several lines, modules, comments. */
import { type FoldingRange, FoldingRangeKind } from 'vscode-languageserver-types';
import type { DocumentText } from '../onnx/text/document-text.ts';
import type { Declaration } from '../onnx/text/syntax-tree.ts';
import type { OnnxDocument } from './document.ts';
import { childrenOf, type Element, lengthOf } from './elements.ts';
import { groupNodes, type NodeGroup } from './node-scopes.ts';
import { positionAt } from './source-text.ts';

/** A module of fewer nodes is not worth a fold. */
const smallestModule = 4;

export function foldingRanges(document: OnnxDocument): FoldingRange[] {
  const folds = new Folds(document);
  for (const [index, node] of document.tree.segments.entries()) {
    const start = document.tree.starts[index] ?? 0;
    if (folds.isOnSeveralLines(start + node.start, start + node.end)) {
      foldElement(folds, { kind: 'segment', node }, start);
    }
  }
  for (const declaration of document.tree.declarations) {
    foldDeclaration(document, folds, declaration);
  }
  foldComments(document, folds);
  return folds.ranges();
}

/** Folds by lines: one per first line, the widest. */
class Folds {
  readonly #document: OnnxDocument;
  readonly #byFirstLine = new Map<number, FoldingRange>();

  constructor(document: OnnxDocument) {
    this.#document = document;
  }

  lineAt(offset: number): number {
    return positionAt(this.#document.source, offset).line;
  }

  isOnSeveralLines(start: number, end: number): boolean {
    const next = this.#document.source.text.indexOf('\n', start);
    return next >= 0 && next < end;
  }

  add(startLine: number, endLine: number, kind?: FoldingRangeKind): void {
    const known = this.#byFirstLine.get(startLine);
    if (endLine > startLine && (!known || known.endLine < endLine)) {
      this.#byFirstLine.set(startLine, { startLine, endLine, ...(kind && { kind }) });
    }
  }

  ranges(): FoldingRange[] {
    return [...this.#byFirstLine.values()].sort((a, b) => a.startLine - b.startLine);
  }
}

/** Up to the line before a closing bracket on a line of its own, so that the bracket stays in sight. */
function foldElement(folds: Folds, element: Element, start: number): void {
  const from = start + element.node.start;
  const to = start + element.node.end;
  if (!folds.isOnSeveralLines(from, to)) {
    return;
  }
  if (element.kind !== 'identifier' && element.kind !== 'annotation') {
    folds.add(folds.lineAt(from), folds.lineAt(to));
  }
  for (const child of childrenOf(element)) {
    foldElement(folds, child, start);
  }
}

function foldDeclaration(document: OnnxDocument, folds: Folds, declaration: Declaration): void {
  const { tree, source } = document;
  const { values, nodes, signature } = declaration;
  const endOf = (segment: number) => {
    const found = tree.segments[segment];
    return (tree.starts[segment] ?? 0) + (found ? lengthOf(found) : 0);
  };
  const start = tree.starts[signature] ?? 0;
  folds.add(folds.lineAt(endOf(signature)), folds.lineAt(declaration.end));
  folds.add(folds.lineAt(start), folds.lineAt(declaration.end));
  if (values.to > values.from) {
    const bracket = source.text.lastIndexOf('<', tree.starts[values.from] ?? 0);
    folds.add(folds.lineAt(bracket < endOf(signature) ? start : bracket), folds.lineAt(endOf(values.to - 1)));
  }
  if (nodes.to > nodes.from) {
    const before = values.to > values.from ? endOf(values.to - 1) : endOf(signature);
    const brace = source.text.lastIndexOf('{', tree.starts[nodes.from] ?? 0);
    folds.add(folds.lineAt(Math.max(brace, before)), folds.lineAt(Math.max(declaration.end - 1, 0)));
  }
  foldModules(
    folds,
    groupNodes(tree.segments, nodes.from, nodes.to),
    (segment) => tree.starts[segment] ?? 0,
    endOf,
  );
}

function foldModules(
  folds: Folds,
  group: NodeGroup,
  startOf: (segment: number) => number,
  endOf: (segment: number) => number,
): void {
  for (const member of group.members) {
    if (typeof member === 'object' && member.to - member.from + 1 >= smallestModule) {
      folds.add(folds.lineAt(startOf(member.from)), folds.lineAt(endOf(member.to)));
      foldModules(folds, member, startOf, endOf);
    }
  }
}

/** Runs of comment lines. */
function foldComments({ source }: OnnxDocument, folds: Folds): void {
  const { text, lineStarts } = source;
  let first = -1;
  for (let line = 0; line <= lineStarts.length; line++) {
    const isComment = line < lineStarts.length && startsWithHash(text, lineStarts[line] ?? 0);
    if (isComment && first < 0) {
      first = line;
    } else if (!isComment && first >= 0) {
      folds.add(first, line - 1, FoldingRangeKind.Comment);
      first = -1;
    }
  }
}

function startsWithHash(text: DocumentText, lineStart: number): boolean {
  let at = lineStart;
  let code = text.charCodeAt(at);
  while (code === 0x20 || code === 0x09) {
    code = text.charCodeAt(++at);
  }
  return code === 0x23;
}
