import type { MarkupContent } from 'vscode-languageserver-types';
import { domainName } from '../onnx/operators/domains.ts';
import type { FormalParameter, OperatorSchema } from '../onnx/operators/schema.ts';
import { code, list, markdown } from './markdown.ts';

/** What an operator does, with its inputs and outputs. */
export function operatorDocumentation(schema: OperatorSchema): MarkupContent {
  const { name, domain, sinceVersion, deprecated, summary, inputs, outputs } = schema;
  return markdown([
    `**${name}**, operator of ${code(domainName(domain))} (since version ${sinceVersion}${deprecated ? '; **deprecated**' : ''})`,
    summary,
    section('Inputs', schema, inputs),
    section('Outputs', schema, outputs),
  ]);
}

function section(
  title: string,
  schema: OperatorSchema,
  parameters: readonly FormalParameter[],
): string | undefined {
  const items = list(
    parameters.map(
      (parameter) => `${parameter.name}${optionNote(parameter)}: ${describe(schema, parameter)}`,
    ),
  );
  return items && `**${title}**\n${items}`;
}

function optionNote({ option }: FormalParameter): string {
  return option === 'single' ? '' : ` (${option})`;
}

function describe({ typeConstraints }: OperatorSchema, { type, description }: FormalParameter): string {
  const types = typeConstraints.get(type) ?? [type];
  const shown =
    types.slice(0, 6).map(code).join(', ') + (types.length > 6 ? `, ${types.length - 6} more` : '');
  return description === '' ? shown : `${description} ${shown}`;
}
