/** Inferred types against declared ones. */

import { dataTypeName } from '../model/data-types.ts';
import { type Dim, isAnonymous } from './expression.ts';
import { formatDim, formatType } from './format.ts';
import type { ProblemCode } from './problem.ts';
import type { ValueType } from './value.ts';

export interface Conflict {
  readonly code: ProblemCode;
  /** What differs, as the end of a sentence. */
  readonly what: string;
}

/**
 * What inference and a declaration say together. Where they contradict each other the declaration wins, so that one mistake
 * is one problem and not one for every value after it; `conflict` gets told.
 */
export function mergeTypes(
  inferred: ValueType | undefined,
  declared: ValueType | undefined,
  conflict: (conflict: Conflict) => void,
): ValueType | undefined {
  if (inferred === undefined || declared === undefined) return inferred ?? declared;
  switch (declared.kind) {
    case 'tensor':
    case 'sparse_tensor': {
      if (inferred.kind !== declared.kind) break;
      if (
        inferred.elementType !== declared.elementType &&
        inferred.elementType !== 0 &&
        declared.elementType !== 0
      ) {
        const [is, said] = [dataTypeName(inferred.elementType), dataTypeName(declared.elementType)];
        conflict({ code: 'onnx.type-mismatch', what: `has elements of type ${is}, but is declared ${said}` });
      }
      const elementType = declared.elementType || inferred.elementType;
      const shape = mergeShapes(inferred.shape, declared.shape, conflict);
      if (shape === inferred.shape && elementType === inferred.elementType) return inferred;
      return { kind: declared.kind, elementType, shape };
    }
    case 'sequence':
    case 'optional':
      if (inferred.kind !== declared.kind) break;
      return { kind: declared.kind, element: mergeTypes(inferred.element, declared.element, conflict) };
    case 'map':
      if (inferred.kind !== 'map') break;
      if (inferred.key !== declared.key && inferred.key !== 0 && declared.key !== 0) break;
      return {
        kind: 'map',
        key: declared.key || inferred.key,
        value: mergeTypes(inferred.value, declared.value, conflict),
      };
    case 'opaque':
      if (inferred.kind === 'opaque') return declared;
  }
  conflict({
    code: 'onnx.type-mismatch',
    what: `is ${formatType(inferred)}, but is declared ${formatType(declared)}`,
  });
  return declared;
}

function mergeShapes(
  inferred: readonly Dim[] | undefined,
  declared: readonly Dim[] | undefined,
  conflict: (conflict: Conflict) => void,
): readonly Dim[] | undefined {
  if (inferred === undefined || declared === undefined) return inferred ?? declared;
  if (inferred.length !== declared.length) {
    conflict({
      code: 'onnx.shape-mismatch',
      what: `has ${inferred.length} dimension${inferred.length === 1 ? '' : 's'}, but is declared with ${declared.length}`,
    });
    return declared;
  }
  const merged = inferred.map((dim, axis) => {
    const said = declared[axis];
    if (typeof dim === 'number' && typeof said === 'number' && dim !== said) {
      conflict({
        code: 'onnx.shape-mismatch',
        what: `has ${formatDim(dim)} as dimension ${axis}, but is declared with ${said}`,
      });
    }
    return mergeDims(dim, said);
  });
  return merged.every((dim, axis) => dim === inferred[axis]) ? inferred : merged;
}

/** A declared name says more than nothing, but less than an expression of the inputs' names. */
function mergeDims(inferred: Dim, declared: Dim): Dim {
  if (typeof declared === 'number' || inferred === undefined) return declared ?? inferred;
  return declared !== undefined && isAnonymous(inferred) && !isAnonymous(declared) ? declared : inferred;
}
