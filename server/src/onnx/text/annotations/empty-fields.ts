/**
 * Fields that a file holds although they are empty (onnx.helper writes `name: ""`, other tools `doc_string: ""`). They mean
 * nothing, but an equal model has them. Both directions, printing and reading, go by this table.
 */
import { isFileRange } from '../../model/bytes.ts';
import type {
  Attribute,
  Bytes,
  Extensible,
  FunctionDefinition,
  Graph,
  Node,
  SparseTensor,
  Tensor,
  Type,
  ValueInfo,
} from '../../model/model.ts';
import { splitFields, type WireField } from './wire-fields.ts';

/** The messages that annotations stand on, by their names in onnx.proto. */
export interface AnnotatedMessages {
  readonly GraphProto: Graph;
  readonly FunctionProto: FunctionDefinition;
  readonly NodeProto: Node;
  readonly AttributeProto: Attribute;
  readonly TensorProto: Tensor;
  readonly SparseTensorProto: SparseTensor;
  readonly ValueInfoProto: ValueInfo;
}
export type MessageName = keyof AnnotatedMessages;

interface EmptyField<Message> {
  readonly number: number;
  /** 0 varint, 2 length-delimited. */
  readonly wireType: 0 | 2;
  /** Whether the message leaves the field empty, present or not. */
  isEmpty(message: Message): boolean;
  /**
   * Of a field whose presence the interface has a property for: whether it is present, and the property that makes it so.
   * Presence of the others shows in `otherFields` alone.
   */
  isPresent?(message: Message): boolean;
  readonly whenPresent?: Partial<Message>;
}

type EmptyFields<Message> = Readonly<Record<string, EmptyField<Message>>>;

function docString(number: number): EmptyField<{ readonly docString?: string }> {
  return {
    number,
    wireType: 2,
    isEmpty: (message) => !message.docString,
    isPresent: (message) => message.docString === '',
    whenPresent: { docString: '' },
  };
}

const name: EmptyField<{ readonly name: string }>['isEmpty'] = (message) => message.name === '';

export const emptyFields: { readonly [Name in MessageName]: EmptyFields<AnnotatedMessages[Name]> } = {
  GraphProto: { name: { number: 2, wireType: 2, isEmpty: name }, doc_string: docString(10) },
  FunctionProto: {
    name: { number: 1, wireType: 2, isEmpty: name },
    domain: { number: 10, wireType: 2, isEmpty: (message) => message.domain === '' },
  },
  NodeProto: {
    op_type: { number: 4, wireType: 2, isEmpty: (message) => message.operator === '' },
    domain: { number: 7, wireType: 2, isEmpty: (message) => message.domain === '' },
    overload: {
      number: 8,
      wireType: 2,
      isEmpty: (message) => !message.overload,
      isPresent: (message) => message.overload === '',
      whenPresent: { overload: '' },
    },
    doc_string: docString(6),
  },
  AttributeProto: { name: { number: 1, wireType: 2, isEmpty: name }, doc_string: docString(13) },
  TensorProto: {
    name: { number: 8, wireType: 2, isEmpty: name },
    data_type: { number: 2, wireType: 0, isEmpty: (message) => message.dataType === 0 },
    data_location: { number: 14, wireType: 0, isEmpty: (message) => message.data.kind !== 'external' },
    doc_string: docString(12),
  },
  SparseTensorProto: {},
  ValueInfoProto: {
    name: { number: 1, wireType: 2, isEmpty: name },
    type: {
      number: 2,
      wireType: 2,
      isEmpty: (message) => message.type === undefined || message.type.kind === 'undefined',
      isPresent: (message) => message.type?.kind === 'undefined',
      whenPresent: { type: { kind: 'undefined' } },
    },
    doc_string: docString(3),
  },
};

export interface SplitMessage {
  /** Names of the fields that are present and empty. */
  readonly present: readonly string[];
  /** What else `otherFields` holds. */
  readonly rest: readonly Bytes[];
}

const nothing: SplitMessage = { present: [], rest: [] };

/** Whether splitEmptyFields may find anything; for most messages it need not look. */
function mayHaveEmptyFields(name: MessageName, message: AnnotatedMessages[MessageName]): boolean {
  if (message.otherFields !== undefined) return true;
  const { docString, overload, type } = message as { docString?: string; overload?: string; type?: unknown };
  if (docString === '' || overload === '') return true;
  return name === 'ValueInfoProto' && type !== undefined && (type as Type).kind === 'undefined';
}

/** Tells the present and empty fields of a message from its other fields that have no property. */
export function splitEmptyFields<Name extends MessageName>(
  messageName: Name,
  message: AnnotatedMessages[Name],
): SplitMessage {
  if (!mayHaveEmptyFields(messageName, message)) return nothing;
  const known: EmptyFields<AnnotatedMessages[Name]> = emptyFields[messageName];
  const present: string[] = [];
  for (const fieldName in known) if (known[fieldName]?.isPresent?.(message)) present.push(fieldName);
  const rest: Bytes[] = [];
  for (const piece of message.otherFields ?? []) {
    const fields = isFileRange(piece) ? undefined : splitFields(piece);
    if (fields === undefined) {
      rest.push(piece);
      continue;
    }
    for (const field of fields) {
      const fieldName = isZero(field) && nameOfField(known, field.number, field.wireType, message);
      if (fieldName) present.push(fieldName);
      else rest.push(field.bytes);
    }
  }
  return { present, rest };
}

function isZero({ wireType, content }: WireField): boolean {
  return wireType === 2 ? content.length === 0 : content.length === 1 && content[0] === 0;
}

function nameOfField<Message extends Extensible>(
  known: EmptyFields<Message>,
  number: number,
  wireType: number,
  message: Message,
): string | undefined {
  for (const fieldName in known) {
    const field = known[fieldName];
    // A filled property wins over an older, empty value of the same field, which then is just another field.
    if (field?.number === number && field.wireType === wireType && !field.isPresent && field.isEmpty(message))
      return fieldName;
  }
  return undefined;
}
