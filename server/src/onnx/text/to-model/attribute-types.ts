/** The types that attributes have by how they are written. */
import type { AttributeType } from '../../model/model.ts';
import type { AttributeValueSyntax } from '../syntax-tree.ts';

/** The type that stands behind an attribute's `:`; undefined where it is none. */
export function declaredType(name: string | undefined): AttributeType | undefined {
  return name !== undefined && attributeTypes.has(name) ? (name as AttributeType) : undefined;
}

/** What a list is: of its declared type, where `int` stands for `ints`, else of what its elements are. */
export function listType(
  elements: readonly AttributeValueSyntax[],
  declared: AttributeType | undefined,
): AttributeType | undefined {
  if (declared !== undefined) return listTypes.get(declared) ?? declared;
  const first = elements.find(({ kind }) => elementTypes.has(kind));
  if (first?.kind === 'integer' && elements.some(({ kind }) => kind === 'float')) return 'floats';
  return first && elementTypes.get(first.kind);
}

const listTypes: ReadonlyMap<AttributeType, AttributeType> = new Map([
  ['float', 'floats'],
  ['int', 'ints'],
  ['string', 'strings'],
  ['tensor', 'tensors'],
  ['graph', 'graphs'],
  ['sparse_tensor', 'sparse_tensors'],
  ['type_proto', 'type_protos'],
]);
const attributeTypes: ReadonlySet<string> = new Set([...listTypes.keys(), ...listTypes.values()]);

const elementTypes: ReadonlyMap<AttributeValueSyntax['kind'], AttributeType> = new Map([
  ['integer', 'ints'],
  ['float', 'floats'],
  ['string', 'strings'],
  ['tensor', 'tensors'],
  ['graph', 'graphs'],
  ['sparse-tensor', 'sparse_tensors'],
  ['type', 'type_protos'],
]);
