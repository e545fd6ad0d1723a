/** `<ir_version: 8, opset_import: ["" : 17]>` before a model or a function. */
import type { FunctionDefinition, OpsetImport, StringEntry } from '../../model/model.ts';
import { shownText } from '../annotations/shown-text.ts';
import { type NamedString, otherFieldsOf } from './annotation-lines.ts';
import { indentStep, lineWidth, type PrintContext } from './context.ts';
import { integer, quoted } from './literals.ts';

/** An entry of a header, `key: value`; lists may be spread over lines. */
export interface HeaderEntry {
  readonly key: string;
  readonly value: string | readonly string[];
}

/** With its line end. Nothing where there are no entries, as the syntax has no empty header. */
export function headerText(entries: readonly HeaderEntry[]): string {
  if (entries.length === 0) return '';
  const line = `<${entries.map(({ key, value }) => `${key}: ${inlineValue(value)}`).join(', ')}>`;
  if (line.length <= lineWidth && !line.includes('\n')) return `${line}\n`;
  return `<\n${entries.map(({ key, value }) => `${indentStep}${key}: ${blockValue(value)}`).join(',\n')}\n>\n`;
}

export function functionHeader(definition: FunctionDefinition): HeaderEntry[] {
  const entries: HeaderEntry[] = [];
  if (definition.domain !== '') entries.push({ key: 'domain', value: quoted(definition.domain) });
  if (definition.overload !== undefined)
    entries.push({ key: 'overload', value: quoted(definition.overload) });
  if (definition.opsetImports.length > 0) entries.push(opsetEntry(definition.opsetImports));
  if (isShownWhole(definition.docString))
    entries.push({ key: 'doc_string', value: quoted(definition.docString) });
  return entries;
}

/** Whether a doc string can stand in the header. Where it cannot, an annotation has it, which can escape what it must. */
export function isShownWhole(docString: string | undefined): docString is string {
  return docString !== undefined && shownText(docString) === docString;
}

export function opsetEntry(imports: readonly OpsetImport[]): HeaderEntry {
  return {
    key: 'opset_import',
    value: imports.map(({ domain, version }) => `${quoted(domain)} : ${integer(version)}`),
  };
}

export function metadataEntry(metadata: readonly StringEntry[]): HeaderEntry {
  return {
    key: 'metadata_props',
    value: metadata.map(({ key, value }) => `${quoted(key)}: ${quoted(value)}`),
  };
}

/** Opset imports whose empty domain is not written, unless the document says so of all. */
export function absentDomains(context: PrintContext, imports: readonly OpsetImport[]): string[] {
  if (context.defaults.absentFields.has('OperatorSetIdProto.domain')) return [];
  return imports.flatMap(({ omitted }, index) =>
    omitted === undefined ? [] : [`${opsetPath(index)}.domain`],
  );
}

export function opsetParts(imports: readonly OpsetImport[]): ReturnType<typeof otherFieldsOf> {
  return otherFieldsOf(imports.map((opset, index) => [opsetPath(index), opset]));
}

export function opsetStrings(imports: readonly OpsetImport[]): NamedString[] {
  return imports.map(({ domain }, index) => [`${opsetPath(index)}.domain`, domain]);
}

export function metadataStrings(metadata: readonly StringEntry[]): NamedString[] {
  return metadata.flatMap(({ key, value }, index): NamedString[] => [
    [`metadata_props[${index}].key`, key],
    [`metadata_props[${index}].value`, value],
  ]);
}

function opsetPath(index: number): string {
  return `opset_import[${index}]`;
}

function inlineValue(value: string | readonly string[]): string {
  return typeof value === 'string' ? value : `[${value.join(', ')}]`;
}

function blockValue(value: string | readonly string[]): string {
  const line = inlineValue(value);
  if (typeof value === 'string' || line.length <= lineWidth) return line;
  const inner = indentStep + indentStep;
  return `[\n${inner}${value.join(`,\n${inner}`)}\n${indentStep}]`;
}
