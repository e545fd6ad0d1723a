/** textDocument/documentLink: files of external data. */
import { resolve } from 'node:path';
import type { DocumentLink } from 'vscode-languageserver-types';
import { URI } from 'vscode-uri';
import { folderOf, type OnnxDocument, rangeInSegment } from './document.ts';
import { childrenOf, type Element } from './elements.ts';

/** References of elided weights to the model itself are no links: there would be one on every other line. */
export function documentLinks(document: OnnxDocument): DocumentLink[] {
  const folder = folderOf(document);
  const links: DocumentLink[] = [];
  if (folder === undefined) {
    return links;
  }
  for (const [segment, node] of document.tree.segments.entries()) {
    if (mayHoldTensor(node)) {
      collect(document, { kind: 'segment', node }, segment, folder, links);
    }
  }
  return links;
}

function mayHoldTensor(segment: OnnxDocument['tree']['segments'][number]): boolean {
  return (
    (segment.kind === 'value-declaration' && segment.data?.kind === 'external') ||
    (segment.kind === 'node-statement' &&
      segment.attributes.some(({ value }) => !['integer', 'float', 'string'].includes(value.kind))) ||
    segment.kind === 'graph-signature'
  );
}

function collect(
  document: OnnxDocument,
  element: Element,
  segment: number,
  folder: string,
  links: DocumentLink[],
): void {
  if (element.kind === 'tensor-data' && element.node.kind === 'external') {
    const location = element.node.entries.find(({ key }) => key.name === 'location')?.value;
    const isReference = element.node.entries.some(({ key }) => key.name === 'field');
    if (location && location.name !== '' && !isReference) {
      const path = resolve(folder, location.name);
      links.push({
        range: rangeInSegment(document, segment, location),
        target: URI.file(path).toString(),
        tooltip: `Open ${path}`,
      });
    }
  }
  for (const child of childrenOf(element)) {
    collect(document, child, segment, folder, links);
  }
}
