/** Headers that have to say more: opset imports and the IR version. */
import { opsetVersion } from '../../../onnx/analysis/functions.ts';
import { entryOf, integerOf } from '../../../onnx/checks/header.ts';
import { quoted } from '../../../onnx/text/printer/literals.ts';
import type { FunctionSignature, HeaderEntry, ModelHeader } from '../../../onnx/text/syntax-tree.ts';
import type { OnnxDocument } from '../../document.ts';
import type { TextChange } from '../../source-text.ts';

/** Opset versions by domain. */
export type Imports = ReadonlyMap<string, number>;

export function modelHeader({ tree }: OnnxDocument): ModelHeader | undefined {
  const header = tree.header === undefined ? undefined : tree.segments[tree.header];
  return header?.kind === 'model-header' ? header : undefined;
}

export function irVersionOf(document: OnnxDocument): number | undefined {
  return integerOf(modelHeader(document)?.entries ?? [], 'ir_version');
}

/** Makes the model's header (or a function's own, which is its declaration) import what it does not import yet. */
export function importChanges(
  document: OnnxDocument,
  declaration: number | 'model',
  imports: Imports,
): TextChange[] {
  const { tree } = document;
  const missing = [...imports].filter(
    ([domain]) => opsetVersion(tree, declaration === 'model' ? undefined : declaration, domain) === undefined,
  );
  if (missing.length === 0) {
    return [];
  }
  const text = missing.map(([domain, version]) => importText(domain, version)).join(', ');
  const index = declaration === 'model' ? tree.header : tree.declarations[declaration]?.signature;
  const segment = index === undefined ? undefined : tree.segments[index];
  const base = index === undefined ? 0 : (tree.starts[index] ?? 0);
  if (segment?.kind === 'model-header') {
    return importsInto(segment.entries, base, text);
  }
  return segment?.kind === 'function-signature' ? importsIntoFunction(segment, base, text) : [];
}

/** Raises the IR version of a model that says a lower one. */
export function irVersionChanges(document: OnnxDocument, least: number): TextChange[] {
  const header = modelHeader(document);
  const version = irVersionOf(document);
  const base = document.tree.starts[document.tree.header ?? 0] ?? 0;
  const value = header && entryOf(header.entries, 'ir_version')?.value;
  if (value?.kind !== 'integer' || version === undefined || version >= least) {
    return [];
  }
  return [{ start: base + value.start, end: base + value.end, text: String(least) }];
}

export function importText(domain: string, version: number): string {
  return `${quoted(domain)} : ${version}`;
}

function importsIntoFunction(
  { header, name, annotations }: FunctionSignature,
  base: number,
  text: string,
): TextChange[] {
  if (header.length > 0) {
    return importsInto(header, base, text);
  }
  const last = annotations.at(-1);
  const at = base + name.start;
  return last && last.end > name.start ? [] : [{ start: at, end: at, text: `<opset_import: [${text}]>\n` }];
}

function importsInto(entries: readonly HeaderEntry[], base: number, text: string): TextChange[] {
  const value = entryOf(entries, 'opset_import')?.value;
  if (value?.kind === 'opset-imports') {
    const last = value.imports.at(-1);
    const at = base + (last ? last.end : value.start + 1);
    return [{ start: at, end: at, text: last ? `, ${text}` : text }];
  }
  const at = base + (entries.at(-1)?.end ?? 1);
  return [{ start: at, end: at, text: `${entries.length > 0 ? ', ' : ''}opset_import: [${text}]` }];
}
