/** What the model's own inputs and outputs have to say of themselves. */

import type { GraphSignature, TypeSyntax, ValueDeclaration } from '../../text/syntax-tree.ts';
import type { Report } from '../finding.ts';

export function checkGraphSignature(signature: GraphSignature, report: Report): void {
  if (signature.name.name === '') {
    report('onnx.missing-name', signature.name, 'The graph needs a name; onnx.checker refuses one without.');
  }
  for (const input of signature.inputs) checkDeclaration(input, 'input', report);
  for (const output of signature.outputs) checkDeclaration(output, 'output', report);
}

function checkDeclaration({ name, type }: ValueDeclaration, what: 'input' | 'output', report: Report): void {
  if (name.name === '') {
    report('onnx.missing-name', type ?? name, `An ${what} of the model needs a name.`);
    return;
  }
  const missing = type ? missingPart(type) : `a type, such as \`float[N, 3]\``;
  if (missing !== undefined) {
    report(
      'onnx.missing-type',
      type ?? name,
      `The ${what} '${name.name}' of the model needs ${missing}; onnx.checker refuses it without.`,
    );
  }
}

function missingPart(type: TypeSyntax): string | undefined {
  switch (type.kind) {
    case 'tensor':
    case 'sparse_tensor':
      return type.dims?.length === 0
        ? 'a shape: its rank at least (`?` is a dimension that nobody knows; a scalar has no brackets)'
        : undefined;
    case 'opaque':
      return type.name === undefined || type.name.name === '' ? 'the name of its opaque type' : undefined;
    default:
      return undefined;
  }
}
