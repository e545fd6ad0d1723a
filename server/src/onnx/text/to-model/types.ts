import { dataTypeOfName } from '../../model/data-types.ts';
import type { Dimension, Extensible, Shape, Type } from '../../model/model.ts';
import type { DimensionSyntax, TypeSyntax } from '../syntax-tree.ts';
import type { Said } from './annotations.ts';
import { exactString } from './names.ts';

/** TensorProto.DataType of an element type's name; 0 where it is `undefined` or no type. */
export function dataTypeNumber(name: string): number {
  const number = dataTypeOfName(name)?.number ?? Number(/^data_type_(\d+)$/.exec(name)?.[1] ?? 0);
  return Number.isSafeInteger(number) && number < 2 ** 31 ? number : 0;
}

/** `path` is what annotations call the type: `type`, `type[1]`. */
export function typeOf(syntax: TypeSyntax, said: Said, path: string): Type {
  return { ...typeValue(syntax, said, path), ...extrasAt(said, path) };
}

function typeValue(syntax: TypeSyntax, said: Said, path: string): Type {
  switch (syntax.kind) {
    case 'tensor':
    case 'sparse_tensor': {
      const { kind } = syntax;
      const elementType = dataTypeNumber(syntax.element.name);
      if (syntax.dims === undefined) return { kind, elementType, shape: [] };
      // Empty brackets are an unknown rank.
      if (syntax.dims.length === 0) return { kind, elementType };
      return { kind, elementType, shape: shapeOf(syntax.dims, said, path) };
    }
    case 'seq':
      return { kind: 'sequence', element: typeOf(syntax.element, said, `${path}.elem_type`) };
    case 'optional':
      return { kind: 'optional', element: typeOf(syntax.element, said, `${path}.elem_type`) };
    case 'map': {
      const value = typeOf(syntax.value, said, `${path}.value_type`);
      return { kind: 'map', key: dataTypeNumber(syntax.key.name), value };
    }
    case 'opaque':
      return {
        kind: 'opaque',
        ...(syntax.domain && { domain: exactString(said, `${path}.domain`, syntax.domain.name) }),
        ...(syntax.name && { name: exactString(said, `${path}.name`, syntax.name.name) }),
      };
    case 'incomplete':
      return { kind: 'undefined' };
  }
}

function shapeOf(dims: readonly DimensionSyntax[], said: Said, path: string): Shape {
  return dims.map((syntax, index) => {
    const dimension = dimensionOf(syntax);
    if (said.bytes.size === 0 && said.denotations.size === 0 && said.fieldsAt.size === 0) return dimension;
    const dimensionPath = `${path}.dim[${index}]`;
    const exact: Dimension =
      dimension.kind === 'parameter'
        ? { kind: 'parameter', name: exactString(said, dimensionPath, dimension.name) }
        : dimension;
    return { ...exact, ...extrasAt(said, dimensionPath) };
  });
}

function dimensionOf(syntax: DimensionSyntax): Dimension {
  switch (syntax.kind) {
    case 'value':
      return { kind: 'value', value: syntax.value };
    case 'parameter':
      return { kind: 'parameter', name: syntax.name };
    case 'unknown':
      return { kind: 'unknown' };
  }
}

/** What annotations say about a part of a construct that has none of its own. */
function extrasAt(said: Said, path: string): (Extensible & { denotation?: string }) | undefined {
  const denotation = said.denotations.get(path);
  const fields = said.fieldsAt.get(path);
  if (denotation === undefined && fields === undefined) return undefined;
  return {
    ...(denotation === undefined ? undefined : { denotation }),
    ...(fields === undefined ? undefined : { otherFields: [fields] }),
  };
}

export function otherFieldsAt(said: Said, path: string): Extensible | undefined {
  const fields = said.fieldsAt.get(path);
  return fields && { otherFields: [fields] };
}
