import type { Attribute } from '../../model/model.ts';

/** What onnx.proto calls the field of AttributeProto that holds a value of this type. */
export function valueField(type: Attribute['type']): string {
  return shortNames.get(type) ?? type;
}

const shortNames: ReadonlyMap<string, string> = new Map([
  ['float', 'f'],
  ['int', 'i'],
  ['string', 's'],
  ['tensor', 't'],
  ['graph', 'g'],
  ['type_proto', 'tp'],
]);
