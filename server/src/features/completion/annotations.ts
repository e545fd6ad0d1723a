import { CompletionItemKind } from 'vscode-languageserver-types';
import { annotationKeys } from '../hover/annotation.ts';
import { markdown } from '../markdown.ts';
import type { Candidate } from './candidate.ts';

const values: Readonly<Record<string, string>> = {
  doc_string: '"$1"',
  metadata_props: '["$1": "$2"]',
  empty_fields: '["$1"]',
  absent_fields: '["$1"]',
  bytes: '["$1": "$2"]',
  nan_bits: '["$1": "$2"]',
  fields: '"$1"',
  fields_at: '["$1": "$2"]',
};

export function annotationKeyItems(): Candidate[] {
  return [...annotationKeys].map(([key, description]) => {
    const value = values[key];
    return {
      label: key,
      kind: CompletionItemKind.Keyword,
      insert: value === undefined ? key : `${key}: `,
      ...(value !== undefined && { snippet: `${key}: ${value}` }),
      documentation: markdown([description]),
    };
  });
}
