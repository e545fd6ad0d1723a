/** Reading header entries. */

import type { HeaderEntry, OpsetImportSyntax, SyntaxTree } from '../text/syntax-tree.ts';

export function headerEntries(tree: SyntaxTree): readonly HeaderEntry[] {
  const header = tree.header === undefined ? undefined : tree.segments[tree.header];
  return header?.kind === 'model-header' ? header.entries : [];
}

export function entryOf(entries: readonly HeaderEntry[], key: string): HeaderEntry | undefined {
  return entries.find((entry) => entry.key.name === key);
}

/** All opset imports, in order; empty where there are none. */
export function importsOf(entries: readonly HeaderEntry[]): readonly OpsetImportSyntax[] {
  return entries.flatMap(({ key, value }) =>
    key.name === 'opset_import' && value.kind === 'opset-imports' ? value.imports : [],
  );
}

export function integerOf(entries: readonly HeaderEntry[], key: string): number | undefined {
  const value = entryOf(entries, key)?.value;
  return value?.kind === 'integer' ? Number(value.value) : undefined;
}
