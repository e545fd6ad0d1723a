/** Initializers against the inputs that they are defaults of, and against an IR version that knows no others. */

import type { GraphSignature, Segment, TypeSyntax, ValueDeclaration } from '../../text/syntax-tree.ts';
import type { AnchoredFinding } from '../finding.ts';

/** From this IR version on an initializer need not be an input, too. */
const initializersByThemselves = 4;

export function checkInitializers(
  signature: GraphSignature,
  segments: readonly Segment[],
  values: { readonly from: number; readonly to: number },
  irVersion: number | undefined,
  textOf: (segment: Segment, type: TypeSyntax) => string,
): AnchoredFinding[] {
  const inputs = new Map(signature.inputs.map((input) => [input.name.name, input]));
  const mustBeInput = irVersion !== undefined && irVersion < initializersByThemselves;
  const findings: AnchoredFinding[] = [];
  if (inputs.size === 0 && !mustBeInput) return findings;
  for (let index = values.from; index < values.to; index++) {
    const value = segments[index];
    if (value?.kind !== 'value-declaration' || !value.data) continue;
    const input = inputs.get(value.name.name);
    if (input) {
      const conflict = conflictOf(input, value);
      if (conflict && input.type && value.type) {
        findings.push({
          code: 'onnx.initializer-type',
          place: { segment: value, span: value.type },
          message: `'${value.name.name}' is ${textOf(value, value.type)} here, and ${textOf(signature, input.type)} as input: ${conflict}.`,
          related: [{ segment: signature, span: input.type, message: 'The input whose default it is.' }],
        });
      }
    } else if (mustBeInput) {
      findings.push({
        code: 'onnx.ir-version',
        place: { segment: value, span: value.name },
        message: `Up to IR version 3 every initializer is an input, too, and '${value.name.name}' is none. IR version ${initializersByThemselves} lifts that.`,
      });
    }
  }
  return findings;
}

function conflictOf(input: ValueDeclaration, value: ValueDeclaration): string | undefined {
  const [a, b] = [input.type, value.type];
  if (!a || !b || a.kind === 'incomplete' || b.kind === 'incomplete') return undefined;
  if (a.kind !== 'tensor' || b.kind !== 'tensor') {
    return a.kind === b.kind ? undefined : 'an initializer is a tensor';
  }
  if (a.element.name !== b.element.name) return 'the types of their elements differ';
  // Brackets without a dimension are an unknown shape.
  if (a.dims?.length === 0) return undefined;
  const [wanted, data] = [a.dims ?? [], b.dims ?? []];
  if (wanted.length !== data.length) return 'their ranks differ';
  const axis = wanted.findIndex((dim, at) => {
    const other = data[at];
    return dim.kind === 'value' && other?.kind === 'value' && BigInt(dim.value) !== BigInt(other.value);
  });
  return axis < 0 ? undefined : `dimension ${axis} differs`;
}
