import { encodeAttribute } from '../../binary/write/encode-attribute.ts';
import { encodeFields } from '../../binary/write/field-sink.ts';
import type { Attribute } from '../../model/model.ts';
import { decodeUtf8 } from '../../model/utf8.ts';
import { valueField } from '../annotations/value-fields.ts';
import {
  annotated,
  annotationsOf,
  type Extras,
  isPlainMessage,
  type NamedString,
  otherFieldsOf,
} from './annotation-lines.ts';
import { indentStep, type PrintContext } from './context.ts';
import { floatLiteral } from './floats.ts';
import { subgraphText } from './graphs.ts';
import { spread } from './lists.ts';
import { identifier, integer, quoted } from './literals.ts';
import { attributeTensorText, sparseTensorText } from './tensors.ts';
import { isSayable, typeText } from './types.ts';

/**
 * `name = value` with the annotations before it; continuation lines start with `indent`. The type is named where the value
 * does not tell it.
 */
export function attributeText(context: PrintContext, attribute: Attribute, indent: string): string {
  const serialized = withSerializedTypes(attribute);
  if (serialized !== undefined) return attributeText(context, serialized, indent);
  const text = `${identifier(attribute.name)}${typeAndValue(context, attribute, indent)}`;
  if (isPlainAttribute(attribute) && isPlainMessage(context, 'AttributeProto', attribute, text)) return text;
  const lines = annotationsOf(context, 'AttributeProto', attribute, {
    docString: attribute.docString,
    absentFields: absentFields(context, attribute),
    ...partsOf(attribute),
    text,
    strings: () => strings(attribute),
  });
  return annotated(lines, indent, text);
}

/** An attribute of types without words, with type and value among its other fields; undefined for all others. */
function withSerializedTypes(attribute: Attribute): Attribute | undefined {
  if (attribute.type !== 'type_proto' && attribute.type !== 'type_protos') return undefined;
  const types = attribute.type === 'type_proto' ? [attribute.value] : attribute.value;
  if (types.every(isSayable)) return undefined;
  const fields = encodeFields((sink) => encodeAttribute(sink, { ...attribute, name: '' }));
  return { name: attribute.name, type: 'undefined', otherFields: fields };
}

/** Whether no part of the attribute can have annotations that stand before the attribute. */
function isPlainAttribute({ type, omitted }: Attribute): boolean {
  if (omitted !== undefined) return false;
  return (
    type !== 'type_proto' && type !== 'type_protos' && type !== 'sparse_tensor' && type !== 'sparse_tensors'
  );
}

/** Whether the text of an attribute stands on lines of its own. */
export function isBlock(attribute: Attribute, text: string): boolean {
  return attribute.type === 'graph' || attribute.type === 'graphs' || text.includes('#@ ');
}

function typeAndValue(context: PrintContext, attribute: Attribute, indent: string): string {
  switch (attribute.type) {
    case 'float':
      return ` = ${floatLiteral(attribute.value)}`;
    case 'int':
      return ` = ${integer(attribute.value)}`;
    case 'string':
      return ` = ${quotedString(attribute.value)}`;
    case 'reference': {
      const type = attribute.attributeType === undefined ? '' : `: ${attribute.attributeType}`;
      return `${type} = @${identifier(attribute.value)}`;
    }
    case 'type_proto':
      return ` = ${typeText(attribute.value)}`;
    case 'tensor':
      return valueText(attributeTensorText(context, attribute.value, indent + indentStep), indent);
    case 'sparse_tensor':
      return valueText(sparseTensorText(context, attribute.value, indent), indent);
    case 'graph':
      return valueText(subgraphText(context, attribute.value, indent, indent + indentStep), indent);
    case 'floats':
      return listText('floats', attribute.value.map(floatLiteral), indent);
    case 'ints':
      return listText('ints', attribute.value.map(integer), indent);
    case 'strings':
      return listText('strings', attribute.value.map(quotedString), indent);
    case 'undefined':
      return ': undefined = []';
    case 'tensors':
      return blockList(context, attribute.type, attribute.value, attributeTensorText, indent);
    case 'sparse_tensors':
      return blockList(context, attribute.type, attribute.value, sparseTensorText, indent);
    case 'graphs':
      return blockList(
        context,
        attribute.type,
        attribute.value,
        (...given) => subgraphText(...given),
        indent,
      );
    case 'type_protos':
      return `: type_protos = ${spread('[', attribute.value.map(typeText), ']', indent)}`;
  }
}

/** The elements tell the type of these lists, where there are any. */
function listText(type: 'floats' | 'ints' | 'strings', elements: readonly string[], indent: string): string {
  return elements.length === 0 ? `: ${type} = []` : ` = ${spread('[', elements, ']', indent)}`;
}

/** What begins with an annotation starts on its own line. */
function valueText(text: string, indent: string): string {
  return text.startsWith('#@ ') ? ` =\n${indent}${indentStep}${text}` : ` = ${text}`;
}

function quotedString(value: string | Uint8Array): string {
  return quoted(typeof value === 'string' ? value : decodeUtf8(value));
}

/** One element per line. */
function blockList<Element>(
  context: PrintContext,
  type: string,
  elements: readonly Element[],
  print: (context: PrintContext, element: Element, indent: string) => string,
  indent: string,
): string {
  if (elements.length === 0) return `: ${type} = []`;
  const inner = indent + indentStep;
  const lines = elements.map((element) => inner + print(context, element, inner));
  return `: ${type} = [\n${lines.join(',\n')}\n${indent}]`;
}

function absentFields(context: PrintContext, attribute: Attribute): readonly string[] | undefined {
  if (attribute.omitted === 'type')
    return context.defaults.absentFields.has('AttributeProto.type') ? undefined : ['type'];
  return attribute.omitted === 'value' ? [valueField(attribute.type)] : undefined;
}

function* strings(attribute: Attribute): Generator<NamedString> {
  yield ['name', attribute.name];
  if (attribute.type === 'reference') yield ['ref_attr_name', attribute.value];
  else if (attribute.type === 'string') yield ['0', attribute.value];
  else if (attribute.type === 'strings')
    for (const [index, value] of attribute.value.entries()) yield [String(index), value];
}

function partsOf(attribute: Attribute): Pick<Extras, 'types' | 'parts'> | undefined {
  switch (attribute.type) {
    case 'type_proto':
      return { types: [['type', attribute.value]] };
    case 'type_protos':
      return { types: attribute.value.map((type, index) => [`type[${index}]`, type]) };
    case 'sparse_tensor':
      return { parts: otherFieldsOf([['sparse_tensor', attribute.value]]) };
    case 'sparse_tensors':
      return {
        parts: otherFieldsOf(attribute.value.map((sparse, index) => [`sparse_tensor[${index}]`, sparse])),
      };
    default:
      return undefined;
  }
}
