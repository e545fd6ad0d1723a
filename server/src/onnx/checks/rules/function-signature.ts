/** The signature of a function by itself. */

import type { FunctionSignature, Identifier } from '../../text/syntax-tree.ts';
import type { Environment } from '../environment.ts';
import type { Report } from '../finding.ts';
import { importsOf } from '../header.ts';
import { checkImports } from './header.ts';

export function checkFunctionSignature(
  signature: FunctionSignature,
  environment: Environment,
  report: Report,
): void {
  checkImports(importsOf(signature.header), environment, false, report);
  if (signature.name.name === '') report('onnx.missing-name', signature.name, 'A function needs a name.');
  checkTwice(
    signature.outputs.map(({ name }) => name),
    (name) => report('onnx.duplicate-output', name, `The function has the output '${name.name}' already.`),
  );
  checkTwice(
    [...signature.attributeParameters, ...signature.attributeDefaults.map(({ name }) => name)],
    (name) =>
      report(
        'onnx.duplicate-attribute',
        name,
        `The function has the attribute parameter \`${name.name}\` already.`,
      ),
  );
}

function checkTwice(names: readonly Identifier[], tell: (name: Identifier) => void): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name.name) && name.name !== '') tell(name);
    seen.add(name.name);
  }
}
