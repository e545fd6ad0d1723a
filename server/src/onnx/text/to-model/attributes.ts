import type { Attribute, AttributeType } from '../../model/model.ts';
import { strictUtf8 } from '../../model/utf8.ts';
import { valueField } from '../annotations/value-fields.ts';
import { varintBytes } from '../annotations/wire-fields.ts';
import type { AttributeSyntax, AttributeValueSyntax } from '../syntax-tree.ts';
import { nothingSaid, readAnnotations, type Said } from './annotations.ts';
import { declaredType, listType } from './attribute-types.ts';
import { type Conversion, textAt } from './context.ts';
import { graphOf } from './graphs.ts';
import { withSaid } from './messages.ts';
import { exactBytes, exactString } from './names.ts';
import { sparseTensorOf, tensorOf } from './tensors.ts';
import { otherFieldsAt, typeOf } from './types.ts';

export function attributeOf(conversion: Conversion, syntax: AttributeSyntax): Attribute {
  const known = conversion.attributes.get(syntax);
  if (known !== undefined) return known;
  const attribute = newAttributeOf(conversion, syntax);
  if (
    conversion.problems === undefined &&
    syntax.annotations.length === 0 &&
    plainTypes.has(attribute.type)
  ) {
    conversion.attributes.set(syntax, attribute);
  }
  return attribute;
}

/** Nodes whose lists of attributes are the same share what the list was turned into. */
export function attributesOf(conversion: Conversion, list: readonly AttributeSyntax[]): readonly Attribute[] {
  if (list.length === 0) return none;
  const known = conversion.attributeLists.get(list);
  if (known !== undefined) return known;
  const attributes = list.map((attribute) => attributeOf(conversion, attribute));
  if (list.every((attribute) => conversion.attributes.has(attribute))) {
    conversion.attributeLists.set(list, attributes);
  }
  return attributes;
}

const none: readonly never[] = [];

/** Attributes of these types depend on nothing but their syntax. */
const plainTypes: ReadonlySet<Attribute['type']> = new Set([
  'int',
  'ints',
  'float',
  'floats',
  'string',
  'strings',
  'reference',
]);

function newAttributeOf(conversion: Conversion, syntax: AttributeSyntax): Attribute {
  const said = readAnnotations(conversion, syntax.annotations, 'attribute');
  const name = exactString(said, 'name', syntax.name.name);
  const attribute = typedAttribute(conversion, syntax, name, said);
  const omitted = omittedField(conversion, attribute, said);
  return withSaid(
    conversion,
    'AttributeProto',
    omitted === undefined ? attribute : { ...attribute, omitted },
    said,
  );
}

/** Which field an annotation of the attribute or of the document says is not there. */
function omittedField(conversion: Conversion, attribute: Attribute, said: Said): Attribute['omitted'] {
  if (said.absent.has(valueField(attribute.type))) return 'value';
  const isAbsent = said.absent.has('type') || conversion.defaults.absentFields.has('AttributeProto.type');
  return isAbsent && attribute.type !== 'undefined' ? 'type' : undefined;
}

function typedAttribute(
  conversion: Conversion,
  syntax: AttributeSyntax,
  name: string,
  said: Said,
): Attribute {
  const { value } = syntax;
  const declared = declaredType(syntax.type?.name);
  switch (value.kind) {
    case 'integer':
      return declared === 'float'
        ? { name, type: 'float', value: float32(value.value) }
        : { name, type: 'int', value: value.value };
    case 'float':
      return { name, type: 'float', ...floatValue(conversion, value) };
    case 'string':
      return { name, type: 'string', value: stringOf(said, '0', value.value) };
    case 'tensor':
      return { name, type: 'tensor', value: tensorOf(conversion, value.value) };
    case 'sparse-tensor': {
      const sparse = { ...sparseTensorOf(conversion, value.value), ...otherFieldsAt(said, 'sparse_tensor') };
      return { name, type: 'sparse_tensor', value: sparse };
    }
    case 'graph':
      return { name, type: 'graph', value: graphOf(conversion, value.value) };
    case 'type':
      return { name, type: 'type_proto', value: typeOf(value.value, said, 'type') };
    case 'reference': {
      const reference = exactString(said, 'ref_attr_name', value.name.name);
      return {
        name,
        type: 'reference',
        ...(declared && { attributeType: declared }),
        value: reference,
      };
    }
    case 'list':
      return listOf(conversion, value.elements, declared, name, said);
    case 'incomplete':
      return { name, type: 'undefined' };
  }
}

/**
 * A list is of its declared type, where `int` stands for `ints` as the reference parser has it, else of what its elements are;
 * floats among ints make all of them floats. Elements of another kind have been reported by the parser, and are left out.
 */
function listOf(
  conversion: Conversion,
  elements: readonly AttributeValueSyntax[],
  declared: AttributeType | undefined,
  name: string,
  said: Said,
): Attribute {
  switch (listType(elements, declared)) {
    case 'ints':
      return { name, type: 'ints', value: ofKind(elements, 'integer').map(({ value }) => value) };
    case 'floats':
      return { name, type: 'floats', ...floatValues(conversion, elements) };
    case 'strings': {
      const strings = ofKind(elements, 'string');
      return {
        name,
        type: 'strings',
        value: strings.map(({ value }, index) => stringOf(said, String(index), value)),
      };
    }
    case 'tensors':
      return {
        name,
        type: 'tensors',
        value: ofKind(elements, 'tensor').map(({ value }) => tensorOf(conversion, value)),
      };
    case 'sparse_tensors':
      return {
        name,
        type: 'sparse_tensors',
        value: ofKind(elements, 'sparse-tensor').map(({ value }, index) => ({
          ...sparseTensorOf(conversion, value),
          ...otherFieldsAt(said, `sparse_tensor[${index}]`),
        })),
      };
    case 'graphs':
      return {
        name,
        type: 'graphs',
        value: ofKind(elements, 'graph').map(({ value }) => graphOf(conversion, value)),
      };
    case 'type_protos':
      return {
        name,
        type: 'type_protos',
        value: ofKind(elements, 'type').map(({ value }, index) => typeOf(value, said, `type[${index}]`)),
      };
    default:
      return { name, type: 'undefined' };
  }
}

type OfKind<Kind> = Extract<AttributeValueSyntax, { readonly kind: Kind }>;

function ofKind<Kind extends AttributeValueSyntax['kind']>(
  elements: readonly AttributeValueSyntax[],
  kind: Kind,
): OfKind<Kind>[] {
  return elements.filter((element): element is OfKind<Kind> => element.kind === kind);
}

function floatValues(
  conversion: Conversion,
  elements: readonly AttributeValueSyntax[],
): FloatValues<number[]> {
  const numbers = elements.flatMap((element) =>
    element.kind === 'float' || element.kind === 'integer' ? [element] : [],
  );
  const value = numbers.map((element) => float32(element.value));
  if (!numbers.some((element) => isNegativeNaN(conversion, element))) return { value };
  const signs = numbers.map((element) => isNegativeNaN(conversion, element));
  return { value, ...exactFloats(attributeFields.floats, value, signs) };
}

function floatValue(conversion: Conversion, syntax: OfKind<'float'>): FloatValues<number> {
  const value = float32(syntax.value);
  if (!isNegativeNaN(conversion, syntax)) return { value };
  return { value, ...exactFloats(attributeFields.f, [value], [true]) };
}

type FloatValues<Value> = Pick<Attribute, 'omitted' | 'otherFields'> & { readonly value: Value };

/** Always the same NaN, as the encoder writes the bits that a number happens to have. */
function float32(value: number | bigint): number {
  return Number.isNaN(value) ? Number.NaN : Math.fround(Number(value));
}

function isNegativeNaN(conversion: Conversion, syntax: AttributeValueSyntax): boolean {
  return syntax.kind === 'float' && Number.isNaN(syntax.value) && textAt(conversion, syntax).startsWith('-');
}

/** Field numbers of AttributeProto. */
const attributeFields = { f: 2, floats: 7 };

/** Floats that a number cannot hold: the sign of a NaN. */
function exactFloats(
  field: number,
  values: readonly number[],
  negative: readonly boolean[],
): Pick<Attribute, 'omitted' | 'otherFields'> {
  const bytes = values.flatMap((value, index) => {
    const element = new DataView(new ArrayBuffer(4));
    if (negative[index]) element.setUint32(0, 0xffc00000, true);
    else element.setFloat32(0, value, true);
    return [...varintBytes(field * 8 + 5), ...new Uint8Array(element.buffer)];
  });
  return { omitted: 'value', otherFields: [Uint8Array.from(bytes)] };
}

/** A string as the model has it: the raw bytes where an annotation says that they are no UTF-8. */
function stringOf(said: Said, path: string, shown: string): string | Uint8Array {
  if (said === nothingSaid) return shown;
  const bytes = exactBytes(said, path, shown);
  return bytes === undefined ? shown : (strictUtf8(bytes) ?? bytes);
}
