/** The type that an attribute of the text has in the model. Kept in step with to-model/attributes.ts by a test. */

import type { AttributeType } from '../model/model.ts';
import type { AttributeSyntax, AttributeValueSyntax } from '../text/syntax-tree.ts';

/** Undefined where the model's attribute has no type: an empty list or a reference that does not say it. */
export function attributeTypeOf({ type, value }: AttributeSyntax): AttributeType | undefined {
  const declared = type && types.get(type.name);
  switch (value.kind) {
    case 'integer':
      return declared === 'float' ? 'float' : 'int';
    case 'float':
    case 'string':
    case 'tensor':
    case 'graph':
      return value.kind;
    case 'sparse-tensor':
      return 'sparse_tensor';
    case 'type':
      return 'type_proto';
    case 'reference':
      return declared;
    case 'list':
      return declared === undefined ? typeOfElements(value.elements) : (lists.get(declared) ?? declared);
    case 'incomplete':
      return undefined;
  }
}

/** Floats among integers make all of them floats. */
function typeOfElements(elements: readonly AttributeValueSyntax[]): AttributeType | undefined {
  const first = elements.find(({ kind }) => ofElement.has(kind));
  if (first?.kind === 'integer' && elements.some(({ kind }) => kind === 'float')) return 'floats';
  return first && ofElement.get(first.kind);
}

const lists: ReadonlyMap<AttributeType, AttributeType> = new Map([
  ['float', 'floats'],
  ['int', 'ints'],
  ['string', 'strings'],
  ['tensor', 'tensors'],
  ['graph', 'graphs'],
  ['sparse_tensor', 'sparse_tensors'],
  ['type_proto', 'type_protos'],
]);

const types: ReadonlyMap<string, AttributeType> = new Map(
  [...lists.keys(), ...lists.values()].map((type) => [type, type]),
);

const ofElement: ReadonlyMap<AttributeValueSyntax['kind'], AttributeType> = new Map([
  ['integer', 'ints'],
  ['float', 'floats'],
  ['string', 'strings'],
  ['tensor', 'tensors'],
  ['graph', 'graphs'],
  ['sparse-tensor', 'sparse_tensors'],
  ['type', 'type_protos'],
]);
