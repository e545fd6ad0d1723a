/** The annotations of a construct: what the syntax has no word for. See docs/onnx-text.md. */
import { concatenate, isFileRange } from '../../model/bytes.ts';
import { fingerprint } from '../../model/fingerprint.ts';
import type { Bytes, Extensible, FileRange, StringEntry, Type } from '../../model/model.ts';
import { encodeUtf8 } from '../../model/utf8.ts';
import {
  type AnnotatedMessages,
  emptyFields,
  type MessageName,
  splitEmptyFields,
} from '../annotations/empty-fields.ts';
import { replacement, shownText } from '../annotations/shown-text.ts';
import type { PrintContext } from './context.ts';
import { collectTypeExtras, isPlainType, type TypeExtras } from './types.ts';

/** What a construct says beyond its message's own fields. */
export interface Extras {
  readonly docString?: string | undefined;
  readonly metadata?: readonly StringEntry[];
  /** Other annotations, whole: `raw_data`. */
  readonly flags?: readonly string[];
  readonly absentFields?: readonly string[] | undefined;
  /** Types of the construct, for what they hold that has no word in the syntax. */
  readonly types?: readonly (readonly [path: string, type: Type])[];
  /** Fields of the message itself that the text has no words for. They win over older ones among the message's other fields. */
  readonly fields?: readonly Bytes[];
  /** Other fields of parts that have no annotations of their own. */
  readonly parts?: readonly (readonly [path: string, pieces: readonly Bytes[]])[];
  /** The construct's text without annotations, and what its strings are by path: looked at if the text shows replacements. */
  readonly text: string;
  readonly strings: () => Iterable<NamedString>;
}

export type NamedString = readonly [path: string, value: string | Uint8Array];

const none: readonly string[] = [];

/** Whether annotationsOf has nothing to say of a message, as far as its own fields and its text go: the quick way out for most. */
export function isPlainMessage(
  context: PrintContext,
  name: MessageName,
  message: Extensible & { readonly docString?: string; readonly metadata?: readonly StringEntry[] },
  text: string,
): boolean {
  return (
    message.otherFields === undefined &&
    message.docString === undefined &&
    (message.metadata === undefined || message.metadata.length === 0) &&
    (context.defaults.emptyFields[name] ?? none).length === 0 &&
    !text.includes(replacement)
  );
}

/** One entry for each annotation, without indent or line end: `#@ doc_string: "…"`. */
export function annotationsOf<Name extends MessageName>(
  context: PrintContext,
  name: Name,
  message: AnnotatedMessages[Name],
  extras: Extras,
): readonly string[] {
  const { present, rest } = splitEmptyFields(name, message);
  const defaults = context.defaults.emptyFields[name] ?? none;
  const stated = present.filter((field) => !defaults.includes(field));
  const absent = absentDespite(defaults, present, name, message);
  if (extras.absentFields !== undefined) absent.push(...extras.absentFields);
  const typeExtras = extrasOfTypes(extras);
  const exact = extras.text.includes(replacement)
    ? exactBytes([...extras.strings(), ...typeExtras.names])
    : [];
  const fieldsAt = extras.parts === undefined ? typeExtras.fields : [...extras.parts, ...typeExtras.fields];
  const lines: string[] = [];
  if (extras.docString) lines.push(`#@ doc_string: ${jsonString(extras.docString)}`);
  if (extras.metadata !== undefined && extras.metadata.length > 0)
    lines.push(
      entriesLine(
        'metadata_props',
        extras.metadata.map(({ key, value }) => [key, value]),
      ),
    );
  if (extras.flags !== undefined) lines.push(...extras.flags);
  if (stated.length > 0) lines.push(listLine('empty_fields', stated));
  if (absent.length > 0) lines.push(listLine('absent_fields', absent));
  if (typeExtras.denotations.length > 0) lines.push(entriesLine('denotations', typeExtras.denotations));
  if (fieldsAt.length > 0) lines.push(fieldsAtLine(context, fieldsAt));
  if (exact.length > 0) lines.push(entriesLine('bytes', exact));
  lines.push(...fieldsLines(context, extras.fields === undefined ? rest : [...rest, ...extras.fields]));
  return lines.length === 0 ? none : lines;
}

/** The text of a construct behind its annotations, each on a line of its own. The first line is not indented. */
export function annotated(lines: readonly string[], indent: string, text: string): string {
  if (lines.length === 0) return text;
  return `${lines.join(`\n${indent}`)}\n${indent}${text}`;
}

export function listLine(key: string, values: readonly string[]): string {
  return `#@ ${key}: [${values.map((value) => jsonString(value)).join(', ')}]`;
}

export function entriesLine(key: string, entries: readonly (readonly [string, string])[]): string {
  return `#@ ${key}: [${entries.map(([name, value]) => `${jsonString(name)}: ${jsonString(value)}`).join(', ')}]`;
}

/** Entries of a `bytes` annotation for those strings that the text does not show as they are. */
export function exactBytes(strings: Iterable<NamedString>): (readonly [string, string])[] {
  const entries: (readonly [string, string])[] = [];
  for (const [path, value] of strings) {
    if (typeof value === 'string' && shownText(value) === value) continue;
    entries.push([path, base64(typeof value === 'string' ? encodeUtf8(value) : value)]);
  }
  return entries;
}

/** Short fields stand in the text; what is too long for that and still in its file stays there. */
export function fieldsLines(context: PrintContext, pieces: readonly Bytes[]): string[] {
  const lines: string[] = [];
  let gathered: Uint8Array[] = [];
  const flush = () => {
    if (gathered.length > 0) lines.push(`#@ fields: ${JSON.stringify(base64(concatenate(gathered)))}`);
    gathered = [];
  };
  const longest =
    context.inlineElements === Number.POSITIVE_INFINITY ? context.inlineElements : longestShownRange;
  for (const piece of pieces) {
    if (!isFileRange(piece)) gathered.push(piece);
    else if (piece.length <= longest) gathered.push(context.readBytes(piece));
    else {
      flush();
      lines.push(entriesLine('fields', rangeEntries(context, piece)));
    }
  }
  flush();
  return lines;
}
/** Bytes; in base64 they take about two lines. */
const longestShownRange = 192;

/** What a reference says of its bytes, their fingerprint included. */
export function rangeEntries(context: PrintContext, range: FileRange): (readonly [string, string])[] {
  const check = fingerprint(range.length, (offset, length) =>
    context.readBytes({ path: range.path, offset: range.offset + offset, length }),
  );
  const place = context.place(range, check);
  return [
    ...(place === undefined
      ? []
      : ([
          ['location', place.location],
          ['offset', String(place.offset)],
        ] as const)),
    ['length', String(range.length)],
    ['check', check],
    ...(place?.source === undefined ? [] : ([['source', place.source]] as const)),
  ];
}

/** On one line, and in characters that every editor keeps. */
export function jsonString(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}

/** Fields that are absent from this message although the document says that they usually are there. */
function absentDespite<Name extends MessageName>(
  defaults: readonly string[],
  present: readonly string[],
  name: Name,
  message: AnnotatedMessages[Name],
): string[] {
  if (defaults.length === 0) return [];
  const known = emptyFields[name];
  return defaults.filter(
    (field) =>
      !present.includes(field) && field in known && known[field as keyof typeof known]?.isEmpty(message),
  );
}

const noTypeExtras: TypeExtras = { denotations: [], fields: [], names: [] };

function extrasOfTypes(extras: Extras): TypeExtras {
  const showsReplacements = extras.text.includes(replacement);
  let collected: TypeExtras | undefined;
  for (const [path, type] of extras.types ?? []) {
    if (isPlainType(type) && !showsReplacements) continue;
    collected ??= { denotations: [], fields: [], names: [] };
    collectTypeExtras(type, path, collected);
  }
  return collected ?? noTypeExtras;
}

/** The other fields of those parts that have any. */
export function otherFieldsOf(
  parts: readonly (readonly [path: string, part: Extensible])[],
): (readonly [path: string, pieces: readonly Bytes[]])[] {
  return parts.flatMap(([path, { otherFields }]) =>
    otherFields === undefined ? [] : [[path, otherFields] as const],
  );
}

export function fieldsAtLine(
  context: PrintContext,
  fields: readonly (readonly [path: string, pieces: readonly Bytes[]])[],
): string {
  const entries = fields.map(
    ([path, pieces]) => [path, base64(concatenate(pieces.map((piece) => context.readBytes(piece))))] as const,
  );
  return entriesLine('fields_at', entries);
}
