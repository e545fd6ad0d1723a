/** Operators and functions on one line, as they are called. */
import type { LocalFunction } from '../onnx/analysis/functions.ts';
import type { FormalParameter, OperatorSchema } from '../onnx/operators/schema.ts';
import type { Span } from '../onnx/text/syntax-tree.ts';

/** `Conv (X, W, B?) => (Y)` */
export function operatorSignatureText({ domain, name, inputs, outputs }: OperatorSchema): string {
  const qualified = domain === '' ? name : `${domain}.${name}`;
  return `${qualified} (${inputs.map(parameterText).join(', ')}) => (${outputs.map(parameterText).join(', ')})`;
}

/** `local.f:two <alpha> (x, y) => (z)`; with `defaultOf`, which gives the text of a default, `<alpha = 0.1>`. */
export function functionSignatureText(
  { domain, name, overload, signature }: LocalFunction,
  defaultOf?: (value: Span) => string,
): string {
  const qualified = [domain, name].filter((part) => part !== '').join('.') + (overload && `:${overload}`);
  const names = (named: readonly { readonly name: { readonly name: string } }[]) =>
    named.map((value) => value.name.name).join(', ');
  const attributes = [
    ...signature.attributeParameters.map((attribute) => attribute.name),
    ...signature.attributeDefaults.map(
      (attribute) => attribute.name.name + (defaultOf ? ` = ${defaultOf(attribute.value)}` : ''),
    ),
  ];
  const parameters = attributes.length > 0 ? ` <${attributes.join(', ')}>` : '';
  return `${qualified}${parameters} (${names(signature.inputs)}) => (${names(signature.outputs)})`;
}

/** `B?` may be left out, `inputs...` stands for any number. */
export function parameterText({ name, option }: FormalParameter): string {
  return option === 'optional' ? `${name}?` : option === 'variadic' ? `${name}...` : name;
}
