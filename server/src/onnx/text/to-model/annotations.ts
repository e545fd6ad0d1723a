/** What the annotations of a construct say. */
import type { Bytes, StringEntry } from '../../model/model.ts';
import { emptyFields, type MessageName } from '../annotations/empty-fields.ts';
import { missingBytes, splitFields } from '../annotations/wire-fields.ts';
import type { Annotation, AnnotationValue, Span } from '../syntax-tree.ts';
import { type Conversion, report } from './context.ts';
import { fieldsReference } from './references.ts';

export interface Said {
  docString?: string;
  metadata?: readonly StringEntry[];
  /** `raw_data` or `typed_data`. */
  rawData?: boolean;
  readonly present: Set<string>;
  readonly absent: Set<string>;
  /** Exact bytes of strings by path, each with the annotation that says it. */
  readonly bytes: Map<string, Located<Uint8Array>>;
  readonly denotations: Map<string, string>;
  readonly fieldsAt: Map<string, Uint8Array>;
  readonly nanBits: Map<number, Located<string>>;
  readonly fields: Bytes[];
  /** What the next piece of `fields` has to begin with. */
  missingBytes: number;
}

export interface Located<Value> {
  readonly value: Value;
  readonly span: Span;
  used: boolean;
}

/** The constructs that annotations stand on, in the words of the messages for people. */
export type Construct =
  | 'model'
  | 'graph'
  | 'function'
  | 'node'
  | 'value'
  | 'initializer'
  | 'attribute'
  | 'tensor';

const everywhere = ['doc_string', 'empty_fields', 'absent_fields', 'bytes', 'fields', 'fields_at'];
const withMetadata = [...everywhere, 'metadata_props'];
const ofTensors = [...withMetadata, 'raw_data', 'typed_data', 'nan_bits'];
const keys: Readonly<Record<Construct, ReadonlySet<string>>> = {
  model: new Set([...everywhere, 'raw_data']),
  graph: new Set(withMetadata),
  function: new Set(withMetadata),
  node: new Set(withMetadata),
  value: new Set([...withMetadata, 'denotations']),
  initializer: new Set(ofTensors),
  attribute: new Set([...everywhere, 'denotations']),
  tensor: new Set(ofTensors),
};

export const nothingSaid: Said = emptySaid();

function emptySaid(): Said {
  return {
    present: new Set(),
    absent: new Set(),
    bytes: new Map(),
    denotations: new Map(),
    fieldsAt: new Map(),
    nanBits: new Map(),
    fields: [],
    missingBytes: 0,
  };
}

/** Reports unknown annotations and those whose value has the wrong form; they count as not there. */
export function readAnnotations(
  conversion: Conversion,
  annotations: readonly Annotation[],
  construct: Construct,
): Said {
  if (annotations.length === 0) return nothingSaid;
  const said = emptySaid();
  for (const annotation of annotations) {
    if (!keys[construct].has(annotation.key)) {
      report(conversion, annotation, 'onnx.annotation.unknown', unknownKey(annotation.key, construct));
    } else if (!readAnnotation(conversion, annotation, construct, said)) {
      const form = forms[annotation.key] ?? '` without a value';
      report(conversion, annotation, 'onnx.annotation.invalid', `Expected \`#@ ${annotation.key}${form}.`);
    }
  }
  if (said.missingBytes > 0) {
    const last = annotations.findLast(({ key }) => key === 'fields');
    const message = `The last field lacks ${said.missingBytes} bytes. Print the model again.`;
    report(conversion, last ?? nowhere, 'onnx.annotation.invalid', message);
    said.fields.length = 0;
  }
  return said;
}

const nowhere = { start: 0, end: 0 };

function unknownKey(key: string, construct: Construct): string {
  const isKnown = Object.values(keys).some((known) => known.has(key));
  const article = construct === 'attribute' || construct === 'initializer' ? 'An' : 'A';
  return isKnown
    ? `${article} ${construct} has no \`${key}\`, so this annotation does nothing here. Remove it.`
    : `There is no annotation \`${key}\`. Those of ${article.toLowerCase()} ${construct} are ${[...keys[construct]].join(', ')}.`;
}

const forms: Readonly<Record<string, string>> = {
  doc_string: ': "…"`',
  metadata_props: ': ["key": "value"]`',
  empty_fields: ': ["field"]` with fields that can be empty, as docs/onnx-text.md lists them',
  absent_fields: ': ["field"]` with fields that can be absent, as docs/onnx-text.md lists them',
  bytes: ': ["path": "base64"]`',
  denotations: ': ["path": "denotation"]`',
  fields: ': "base64"` with whole protobuf fields',
  fields_at: ': ["path": "base64"]`',
  nan_bits: ': ["index": "hexadecimal bits"]`',
};

/** False where the value has the wrong form. */
function readAnnotation(
  conversion: Conversion,
  annotation: Annotation,
  construct: Construct,
  said: Said,
): boolean {
  const { key, value } = annotation;
  switch (key) {
    case 'doc_string':
      if (value.kind !== 'string') return false;
      said.docString = value.value;
      return true;
    case 'metadata_props':
      said.metadata = entriesOf(value)?.map((entry) => ({ key: entry.key, value: entry.value })) ?? [];
      return entriesOf(value) !== undefined;
    case 'raw_data':
    case 'typed_data':
      said.rawData = key === 'raw_data';
      return value.kind === 'flag';
    case 'empty_fields':
      if (value.kind !== 'strings') return false;
      addAll(said.present, value.values);
      return value.values.every((field) => isEmptyField(construct, field));
    case 'absent_fields':
      if (value.kind !== 'strings') return false;
      addAll(said.absent, value.values);
      return value.values.every((field) => isAbsentField(construct, field));
    case 'denotations':
      return readEntries(value, (path, text) => said.denotations.set(path, text) !== undefined);
    case 'bytes':
      return readEntries(value, (path, text) => {
        const bytes = fromBase64(text);
        if (bytes) said.bytes.set(path, { value: bytes, span: annotation, used: false });
        return bytes !== undefined;
      });
    case 'fields_at':
      return readEntries(value, (path, text) => {
        const bytes = fromBase64(text);
        if (bytes) said.fieldsAt.set(path, bytes);
        return bytes !== undefined && splitFields(bytes) !== undefined;
      });
    case 'nan_bits':
      return readEntries(value, (index, bits) => {
        if (!/^\d+$/.test(index) || !/^(?:[0-9a-f]{8}|[0-9a-f]{16})$/i.test(bits)) return false;
        said.nanBits.set(Number(index), { value: bits, span: annotation, used: false });
        return true;
      });
    default:
      return readFields(conversion, annotation, said);
  }
}

function addAll(names: Set<string>, more: readonly string[]): void {
  for (const name of more) names.add(name);
}

/** The message that a construct's annotations are about. */
const messages: Readonly<Record<Exclude<Construct, 'model'>, MessageName>> = {
  graph: 'GraphProto',
  function: 'FunctionProto',
  node: 'NodeProto',
  value: 'ValueInfoProto',
  initializer: 'TensorProto',
  attribute: 'AttributeProto',
  tensor: 'TensorProto',
};

/** On the model, fields are named with their message and count for all of the document. */
function isEmptyField(construct: Construct, field: string): boolean {
  if (construct !== 'model') return Object.hasOwn(emptyFields[messages[construct]], field);
  const [message = '', name = ''] = field.split('.');
  return Object.hasOwn(emptyFields, message) && Object.hasOwn(emptyFields[message as MessageName], name);
}

function isAbsentField(construct: Construct, field: string): boolean {
  if (construct === 'model' || construct === 'function') {
    const isOpsetDomain = /^opset_import\[\d+\]\.domain$/.test(field);
    const isOfAll = field === 'OperatorSetIdProto.domain' || field === 'AttributeProto.type';
    return isOpsetDomain || (construct === 'model' ? isOfAll : isEmptyField(construct, field));
  }
  return (
    isEmptyField(construct, field) ||
    (construct === 'attribute' && /^(?:type|f|i|s|floats|ints|strings)$/.test(field))
  );
}

/** Pieces follow each other: a field may begin in one of the text, go on in one in a file, and end in the next. */
function readFields(conversion: Conversion, annotation: Annotation, said: Said): boolean {
  const { value } = annotation;
  if (value.kind === 'string') {
    const bytes = fromBase64(value.value);
    if (bytes === undefined) return false;
    const rest = Math.min(said.missingBytes, bytes.length);
    const lacks = missingBytes(bytes.subarray(rest));
    if (lacks === undefined) return false;
    said.missingBytes += lacks - rest;
    said.fields.push(bytes);
    return true;
  }
  const entries = entriesOf(value);
  if (entries === undefined) return false;
  const range = fieldsReference(conversion, entries, said.missingBytes, annotation);
  if (range === undefined) return true;
  said.missingBytes = Math.max(0, said.missingBytes - range.length);
  said.fields.push(range);
  return true;
}

type Entries = Extract<AnnotationValue, { kind: 'entries' }>['entries'];

/** `[]` has no colon that would tell a list of entries from one of strings. */
function entriesOf(value: AnnotationValue): Entries | undefined {
  if (value.kind === 'entries') return value.entries;
  return value.kind === 'strings' && value.values.length === 0 ? [] : undefined;
}

function readEntries(value: AnnotationValue, read: (key: string, value: string) => boolean): boolean {
  const entries = entriesOf(value);
  return entries?.every((entry) => read(entry.key, entry.value)) ?? false;
}

/** Undefined for anything but base64 with its padding. */
function fromBase64(text: string): Uint8Array | undefined {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return undefined;
  const buffer = Buffer.from(text, 'base64');
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}
