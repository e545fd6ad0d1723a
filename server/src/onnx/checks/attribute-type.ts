/** The type that an attribute of the text has in the model. Kept in step with to-model/attributes.ts by a test. */

import type { AttributeType } from '../model/model.ts';
import type { AttributeSyntax } from '../text/syntax-tree.ts';
import { declaredType, listType } from '../text/to-model/attribute-types.ts';

/** Undefined where the model's attribute has no type: an empty list or a reference that does not say it. */
export function attributeTypeOf({ type, value }: AttributeSyntax): AttributeType | undefined {
  const declared = declaredType(type?.name);
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
      return listType(value.elements, declared);
    case 'incomplete':
      return undefined;
  }
}
