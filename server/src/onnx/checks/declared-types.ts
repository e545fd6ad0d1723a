/** Types that are stated of one value in several places. */
import type { Occurrence } from '../analysis/names.ts';
import type { Segment, TypeSyntax } from '../text/syntax-tree.ts';
import type { AnchoredFinding } from './finding.ts';

export interface TypeConflict {
  readonly code: 'onnx.type-mismatch' | 'onnx.shape-mismatch';
  /** Half a sentence. */
  readonly reason: string;
}

/** Undefined where both can be true: what one leaves open the other may say. */
export function conflictOfTypes(a: TypeSyntax, b: TypeSyntax): TypeConflict | undefined {
  if (a.kind === 'incomplete' || b.kind === 'incomplete') return undefined;
  if (a.kind !== b.kind) return { code: 'onnx.type-mismatch', reason: 'one is a tensor, and one is not' };
  if (a.kind !== 'tensor' || b.kind !== 'tensor') return undefined;
  if (a.element.name !== b.element.name) {
    return { code: 'onnx.type-mismatch', reason: 'the types of their elements differ' };
  }
  // Brackets without a dimension are an unknown shape.
  if (a.dims?.length === 0 || b.dims?.length === 0) return undefined;
  const [wanted, other] = [a.dims ?? [], b.dims ?? []];
  if (wanted.length !== other.length) return { code: 'onnx.shape-mismatch', reason: 'their ranks differ' };
  const axis = wanted.findIndex((dim, at) => {
    const found = other[at];
    return dim.kind === 'value' && found?.kind === 'value' && BigInt(dim.value) !== BigInt(found.value);
  });
  return axis < 0 ? undefined : { code: 'onnx.shape-mismatch', reason: `dimension ${axis} differs` };
}

/** Inputs, outputs and value infos of one name that contradict the first of them. An input and its default have a rule of their own. */
export function contradictions(
  name: string,
  occurrences: readonly Occurrence[],
  segments: readonly Segment[],
): AnchoredFinding[] {
  const stated = occurrences.flatMap(({ owner, role, segment: index }) => {
    const segment = segments[index];
    return owner.kind === 'value-declaration' && owner.type && role !== 'initializer' && segment
      ? [{ segment, type: owner.type }]
      : [];
  });
  const [first, ...others] = stated;
  if (!first) return [];
  return others.flatMap(({ segment, type }): AnchoredFinding[] => {
    const conflict = conflictOfTypes(first.type, type);
    if (!conflict) return [];
    return [
      {
        code: conflict.code,
        place: { segment, span: type },
        message: `'${name}' is declared twice, as ${typeText(first.type)} and as ${typeText(type)}: ${conflict.reason}.`,
        related: [{ segment: first.segment, span: first.type, message: `${name}: ${typeText(first.type)}` }],
      },
    ];
  });
}

function typeText(type: TypeSyntax): string {
  if (type.kind !== 'tensor') return type.kind;
  const dims = (type.dims ?? []).map((dim) =>
    dim.kind === 'value' ? String(dim.value) : dim.kind === 'parameter' ? dim.name : '?',
  );
  return type.dims ? `${type.element.name}[${dims.join(', ')}]` : type.element.name;
}
