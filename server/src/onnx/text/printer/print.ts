/** Model → ONNX text: the official syntax, and what docs/onnx-text.md adds to it. */
import { encodeModelFields } from '../../binary/write/encode-model.ts';
import { encodeFields } from '../../binary/write/field-sink.ts';
import type { Bytes, Model } from '../../model/model.ts';
import { replacement } from '../annotations/shown-text.ts';
import {
  entriesLine,
  exactBytes,
  fieldsAtLine,
  fieldsLines,
  jsonString,
  listLine,
  type NamedString,
} from './annotation-lines.ts';
import type { PlaceOf, PrintContext } from './context.ts';
import { type DocumentDefaults, documentDefaults } from './document-defaults.ts';
import { writeFunction } from './functions.ts';
import { type Write, writeGraph } from './graphs.ts';
import {
  absentDomains,
  type HeaderEntry,
  headerText,
  isShownWhole,
  metadataEntry,
  metadataStrings,
  opsetEntry,
  opsetParts,
  opsetStrings,
} from './headers.ts';
import { integer, quoted } from './literals.ts';

export interface PrintOptions {
  /**
   * What references to bytes that stay in their file call the file: its path relative to the folder of the text. A function
   * where a model's bytes lie in several files; it is given the absolute path.
   */
  readonly location: string | ((path: string) => string);
  /**
   * Reads bytes of which the text shows something, a few hundred at a time unless weights are inline, mostly at rising offsets (see
   * windowedSource). Its errors pass through.
   */
  readonly readBytes: (bytes: Bytes) => Uint8Array;
  /**
   * `elide` (default): big tensors are referred to. `inline`: everything is shown. `check`: of big tensors only the length and
   * fingerprint; such a text is for comparing and cannot be encoded.
   */
  readonly weights?: 'elide' | 'inline' | 'check';
  /** Tensors of more elements are elided; default 16. */
  readonly inlineElements?: number;
  /** Where references say that bytes are; by default, where they are. */
  readonly place?: PlaceOf;
}

/**
 * Print models that were read with at most this `inlineBytes` (ReadLimits): only what is still in its file can be referred to, and
 * data that came into memory is shown however many elements it has.
 */
export const inlineBytesForPrinting = 16;

/** Throws a RangeError where the text would be longer than a string can be (half a gigabyte); see writeOnnxText. */
export function printOnnxText(model: Model, options: PrintOptions): string {
  const chunks: string[] = [];
  let pieces: string[] = [];
  writeOnnxText(model, options, (piece) => {
    // Many small strings that live long would keep the garbage collector busy.
    if (pieces.push(piece) < piecesPerChunk) return;
    chunks.push(pieces.join(''));
    pieces = [];
  });
  chunks.push(pieces.join(''));
  return chunks.join('');
}
const piecesPerChunk = 256;

/** The text piece by piece: a line or a few, in order. */
export function writeOnnxText(model: Model, options: PrintOptions, write: Write): void {
  const { location } = options;
  const inlineElements =
    options.weights === 'inline' ? Number.POSITIVE_INFINITY : (options.inlineElements ?? 16);
  const context: PrintContext = {
    inlineElements,
    place:
      options.weights === 'check'
        ? () => undefined
        : (options.place ??
          (({ path, offset }) => ({
            location: typeof location === 'string' ? location : location(path),
            offset,
          }))),
    readBytes: options.readBytes,
    defaults: documentDefaults(model, inlineElements),
  };
  const header = modelHeader(model);
  // A text is a graph and functions; functions alone have no place in it but among the fields without words.
  const unplaced = model.graph === undefined ? functionFields(model.functions) : [];
  for (const line of modelAnnotations(context, model, header, unplaced)) write(`${line}\n`);
  write(header);
  if (model.graph === undefined) return;
  writeGraph(context, model.graph, write);
  for (const definition of model.functions) {
    write('\n');
    writeFunction(context, definition, write);
  }
}

function modelHeader(model: Model): string {
  const entries: HeaderEntry[] = [];
  const addInteger = (key: string, value: Model['irVersion']) => {
    if (value !== undefined) entries.push({ key, value: integer(value) });
  };
  const addString = (key: string, value: string | undefined) => {
    if (value !== undefined) entries.push({ key, value: quoted(value) });
  };
  addInteger('ir_version', model.irVersion);
  if (model.opsetImports.length > 0) entries.push(opsetEntry(model.opsetImports));
  addString('producer_name', model.producerName);
  addString('producer_version', model.producerVersion);
  addString('domain', model.domain);
  addInteger('model_version', model.modelVersion);
  if (isShownWhole(model.docString)) addString('doc_string', model.docString);
  if (model.metadata.length > 0) entries.push(metadataEntry(model.metadata));
  // Without a header, annotations of the model would be the graph's.
  if (entries.length === 0) entries.push(opsetEntry([]));
  return headerText(entries);
}

function functionFields(functions: Model['functions']): Bytes[] {
  return encodeFields((sink) => encodeModelFields(sink, { opsetImports: [], metadata: [], functions }));
}

function modelAnnotations(
  context: PrintContext,
  model: Model,
  header: string,
  unplaced: readonly Bytes[],
): string[] {
  const { defaults } = context;
  const lines: string[] = [];
  if (model.docString !== undefined && !isShownWhole(model.docString))
    lines.push(`#@ doc_string: ${jsonString(model.docString)}`);
  if (defaults.rawData) lines.push('#@ raw_data');
  const empty = emptyFieldNames(defaults);
  if (empty.length > 0) lines.push(listLine('empty_fields', empty));
  const absent = [...defaults.absentFields, ...absentDomains(context, model.opsetImports)];
  if (absent.length > 0) lines.push(listLine('absent_fields', absent));
  const parts = opsetParts(model.opsetImports);
  if (parts.length > 0) lines.push(fieldsAtLine(context, parts));
  const exact = header.includes(replacement) ? exactBytes(strings(model)) : [];
  if (exact.length > 0) lines.push(entriesLine('bytes', exact));
  lines.push(...fieldsLines(context, [...(model.otherFields ?? []), ...unplaced]));
  return lines;
}

function emptyFieldNames({ emptyFields }: DocumentDefaults): string[] {
  return Object.entries(emptyFields).flatMap(([message, fields]) =>
    fields.map((field) => `${message}.${field}`),
  );
}

function* strings(model: Model): Generator<NamedString> {
  if (model.producerName !== undefined) yield ['producer_name', model.producerName];
  if (model.producerVersion !== undefined) yield ['producer_version', model.producerVersion];
  if (model.domain !== undefined) yield ['domain', model.domain];
  yield* opsetStrings(model.opsetImports);
  yield* metadataStrings(model.metadata);
}
