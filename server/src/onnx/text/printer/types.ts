/** Types, and what belongs to a type but has no word in the syntax. */
import { dataTypeName } from '../../model/data-types.ts';
import type { Bytes, Dimension, Int64, Shape, Type } from '../../model/model.ts';
import { domainName, identifier, integer } from './literals.ts';

/** A tensor's type, or the element type and dims of a tensor's data. A scalar has no brackets. */
export function tensorType(elementType: number, dims: readonly Int64[]): string {
  const name = dataTypeName(elementType);
  return dims.length === 0 ? name : `${name}[${dims.map(integer).join(',')}]`;
}

export function typeText(type: Type): string {
  switch (type.kind) {
    case 'tensor':
      return dataTypeName(type.elementType) + shapeText(type.shape);
    case 'sparse_tensor':
      return `sparse_tensor(${dataTypeName(type.elementType)}${shapeText(type.shape)})`;
    case 'sequence':
      return `seq(${typeText(type.element)})`;
    case 'optional':
      return `optional(${typeText(type.element)})`;
    case 'map':
      return `map(${dataTypeName(type.key)}, ${typeText(type.value)})`;
    case 'opaque':
      return `opaque(${opaqueName(type.domain, type.name)})`;
    case 'undefined':
      return '';
  }
}

function opaqueName(domain: string | undefined, name: string | undefined): string {
  if (domain === undefined) return name === undefined ? '' : domainName(name);
  return `${domainName(domain)},${identifier(name ?? '')}`;
}

/** `[]` is a tensor of unknown rank, no brackets is a scalar. */
function shapeText(shape: Shape | undefined): string {
  if (shape === undefined) return '[]';
  if (shape.length === 0) return '';
  return `[${shape.map(dimensionText).join(',')}]`;
}

function dimensionText(dimension: Dimension): string {
  switch (dimension.kind) {
    case 'value':
      return integer(dimension.value);
    case 'parameter':
      return identifier(dimension.name);
    case 'unknown':
      return '?';
  }
}

/** What annotations say about the parts of a type, by path: `type`, `type.elem_type`, `type.value_type`, `type.dim[1]`. */
export interface TypeExtras {
  readonly denotations: (readonly [path: string, denotation: string])[];
  readonly fields: (readonly [path: string, pieces: readonly Bytes[]])[];
  /** Names that the text may not keep. */
  readonly names: (readonly [path: string, name: string])[];
}

export function collectTypeExtras(type: Type, path: string, extras: TypeExtras): void {
  collectPart(type, path, extras);
  switch (type.kind) {
    case 'tensor':
    case 'sparse_tensor':
      type.shape?.forEach((dimension, index) => {
        const dimensionPath = `${path}.dim[${index}]`;
        collectPart(dimension, dimensionPath, extras);
        if (dimension.kind === 'parameter') extras.names.push([dimensionPath, dimension.name]);
      });
      break;
    case 'sequence':
    case 'optional':
      collectTypeExtras(type.element, `${path}.elem_type`, extras);
      break;
    case 'map':
      collectTypeExtras(type.value, `${path}.value_type`, extras);
      break;
    case 'opaque':
      if (type.domain !== undefined) extras.names.push([`${path}.domain`, type.domain]);
      if (type.name !== undefined) extras.names.push([`${path}.name`, type.name]);
      break;
    default:
  }
}

function collectPart(part: Type | Dimension, path: string, extras: TypeExtras): void {
  if (part.denotation !== undefined) extras.denotations.push([path, part.denotation]);
  if (part.otherFields !== undefined) extras.fields.push([path, part.otherFields]);
}

/** Whether collectTypeExtras may have anything to say; most types need none of it. */
export function isPlainType(type: Type): boolean {
  if (type.denotation !== undefined || type.otherFields !== undefined) return false;
  if (type.kind === 'sequence' || type.kind === 'optional') return isPlainType(type.element);
  if (type.kind === 'map') return isPlainType(type.value);
  if (type.kind !== 'tensor' && type.kind !== 'sparse_tensor') return true;
  return type.shape?.every(isPlainDimension) ?? true;
}

function isPlainDimension(dimension: Dimension): boolean {
  return dimension.denotation === undefined && dimension.otherFields === undefined;
}

/** Whether the syntax has words for the type; if not, `fields` have to say it. */
export function isSayable(type: Type): boolean {
  switch (type.kind) {
    case 'tensor':
    case 'sparse_tensor':
      return type.elementType >= 0;
    case 'sequence':
    case 'optional':
      return isSayable(type.element);
    case 'map':
      return type.key >= 0 && isSayable(type.value);
    case 'opaque':
      return type.domain === undefined || type.name !== undefined;
    case 'undefined':
      return false;
  }
}
