/** Initializers against the inputs that they are defaults of, and against an IR version that knows no others. */

import type { GraphSignature, Segment, TypeSyntax } from '../../text/syntax-tree.ts';
import { conflictOfTypes } from '../declared-types.ts';
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
      const conflict = input.type && value.type && conflictOfTypes(input.type, value.type);
      if (conflict && input.type && value.type) {
        findings.push({
          code: 'onnx.initializer-type',
          place: { segment: value, span: value.type },
          message: `'${value.name.name}' is ${textOf(value, value.type)} here, and ${textOf(signature, input.type)} as input: ${conflict.reason}.`,
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
