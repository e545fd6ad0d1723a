/** Where the domain of local functions is named: opset imports, headers of functions, calls. Other domains belong to others. */
import { functionsOf } from '../onnx/analysis/functions.ts';
import { knownDomains, normalizedDomain } from '../onnx/operators/table.ts';
import { domainName, quoted } from '../onnx/text/printer/literals.ts';
import type { HeaderEntry, Segment, Span } from '../onnx/text/syntax-tree.ts';
import type { OnnxDocument } from './document.ts';
import { nodesIn } from './function-references.ts';

export interface DomainPlace {
  readonly segment: number;
  readonly span: Span;
  /** The text of another domain in this place. */
  readonly textOf: (domain: string) => string;
}

/** Whether the model has functions of it, so that it is the model's to name. */
export function isOwnDomain({ tree }: OnnxDocument, domain: string): boolean {
  return (
    normalizedDomain(domain) !== '' &&
    [...functionsOf(tree).values()].some((found) => found.domain === domain)
  );
}

/** In document order. */
export function domainPlaces({ tree }: OnnxDocument, domain: string): DomainPlace[] {
  return tree.segments.flatMap((node, segment) => [
    ...headerOf(node)
      .flatMap((entry) => placesInHeader(entry, domain))
      .map((span) => ({ segment, span, textOf: quoted })),
    ...(node.kind === 'node-statement'
      ? Array.from(nodesIn(node), (inner) => inner.domain)
          .filter((found) => found?.name === domain)
          .map((span) => ({ segment, span: span as Span, textOf: domainName }))
      : []),
  ]);
}

/** A sentence on why the domain cannot have this name. */
export function domainConflict(document: OnnxDocument, domain: string): string | undefined {
  if (knownDomains().includes(normalizedDomain(domain))) {
    return `"${domain}" is the domain of ONNX's own operators. Choose another name.`;
  }
  return domainPlaces(document, domain).length > 0
    ? `There is already a domain "${domain}" here; the two would become one. Choose another name.`
    : undefined;
}

/** The domain of the model itself is another thing: only a function's `domain` counts. */
function headerOf(segment: Segment): readonly HeaderEntry[] {
  switch (segment.kind) {
    case 'model-header':
      return segment.entries.filter(({ key }) => key.name !== 'domain');
    case 'function-signature':
      return segment.header;
    default:
      return [];
  }
}

function placesInHeader({ key, value }: HeaderEntry, domain: string): Span[] {
  if (value.kind === 'opset-imports') {
    return value.imports.map((found) => found.domain).filter(({ name }) => name === domain);
  }
  return key.name === 'domain' && value.kind === 'string' && value.value === domain ? [value] : [];
}
