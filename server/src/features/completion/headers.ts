import { CompletionItemKind } from 'vscode-languageserver-types';
import { functionsOf, modelImports } from '../../onnx/analysis/functions.ts';
import { domainDescription } from '../../onnx/operators/domains.ts';
import {
  knownDomains,
  newestIrVersion,
  newestOpset,
  releaseOfIrVersion,
  releaseOfOpset,
} from '../../onnx/operators/table.ts';
import { headerKeyDescription } from '../hover/header.ts';
import { markdown } from '../markdown.ts';
import { type Candidate, type CompletionContext, snippetText } from './candidate.ts';

const modelKeys: Readonly<Record<string, string>> = {
  ir_version: '$1',
  opset_import: '["$1" : $2]',
  producer_name: '"$1"',
  producer_version: '"$1"',
  domain: '"$1"',
  model_version: '$1',
  doc_string: '"$1"',
  metadata_props: '["$1": "$2"]',
};

const functionKeys: Readonly<Record<string, string>> = {
  domain: '"$1"',
  opset_import: '["$1" : $2]',
  overload: '"$1"',
  doc_string: '"$1"',
};

/** Keys that the header does not have yet. */
export function headerKeyItems(context: CompletionContext, given: readonly string[]): Candidate[] {
  const isFunction = isBehindGraph(context);
  const taken = new Set([...given, ...keysOfSegment(context)]);
  return Object.entries(isFunction ? functionKeys : modelKeys)
    .filter(([key]) => !taken.has(key))
    .map(([key, value]) => ({
      label: key,
      kind: CompletionItemKind.Property,
      insert: `${key}: `,
      snippet: `${key}: ${value}`,
      documentation: markdown([headerKeyDescription(key, isFunction)]),
    }));
}

/** Known domains and those of the model's functions, as far as the header does not import them. */
export function opsetDomainItems({ document: { tree }, segment, cursor }: CompletionContext): Candidate[] {
  const isOfFunction = tree.segments[segment]?.kind === 'function-signature';
  const imported = new Set(isOfFunction ? [] : modelImports(tree)?.map(({ domain }) => domain.name));
  const domains = new Set([
    ...knownDomains(),
    ...[...functionsOf(tree).values()].map(({ domain }) => domain),
    'com.microsoft',
    'trt',
    'trt.plugins',
  ]);
  return [...domains]
    .filter((domain) => !imported.has(domain) || domain === cursor.typed)
    .map((domain) => {
      const version = newestOpset(domain) ?? 1;
      return {
        label: domain === '' ? 'ai.onnx' : domain,
        kind: CompletionItemKind.Module,
        detail: domainDescription(domain),
        insert: `"${domain}" : ${version}`,
        snippet: `"${snippetText(domain)}" : \${1:${version}}`,
        ...(cursor.isQuoted && { filter: `"${domain === '' ? 'ai.onnx' : domain}` }),
      };
    });
}

/** The versions of a domain of ONNX, the newest first. */
export function opsetVersionItems(domain: string): Candidate[] {
  const newest = newestOpset(domain) ?? 1;
  return Array.from({ length: newest }, (_, index) => {
    const release = releaseOfOpset(domain, newest - index);
    return versionItem(newest - index, release);
  });
}

export function irVersionItems(): Candidate[] {
  const newest = newestIrVersion();
  return Array.from({ length: newest - 2 }, (_, index) =>
    versionItem(newest - index, releaseOfIrVersion(newest - index)),
  );
}

function versionItem(version: number, release: string | undefined): Candidate {
  return {
    label: String(version),
    kind: CompletionItemKind.Value,
    ...(release !== undefined && { detail: `ONNX ${release}` }),
  };
}

function isBehindGraph({ document: { tree }, segment }: CompletionContext): boolean {
  return tree.declarations.some(({ kind, signature }) => kind === 'graph' && signature <= segment);
}

function keysOfSegment({ document: { tree }, segment, cursor }: CompletionContext): string[] {
  const found = tree.segments[segment];
  const entries =
    found?.kind === 'model-header' ? found.entries : found?.kind === 'function-signature' ? found.header : [];
  const at = cursor.start - (tree.starts[segment] ?? 0);
  return entries.filter(({ key }) => key.start !== at).map(({ key }) => key.name);
}
