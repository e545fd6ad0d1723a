/** Attributes of a node against the schema of its operator: unknown, missing, twice, of another type, of no allowed value. */

import type { AttributeSchema } from '../../operators/schema.ts';
import { versionsOf } from '../../operators/table.ts';
import { closest, didYouMean } from '../../text/parser/suggestions.ts';
import type { AttributeSyntax } from '../../text/syntax-tree.ts';
import { attributeTypeOf } from '../attribute-type.ts';
import type { Report } from '../finding.ts';
import type { ResolvedOperator } from '../operators.ts';
import { listOf, opsetName } from '../words.ts';
import type { NodeRule } from './node-rule.ts';

export const checkAttributes: NodeRule = ({ node, operator }, report) => {
  const { attributes } = node;
  checkDuplicates(attributes, report);
  for (const attribute of attributes) {
    if (attribute.name.name === '') report('onnx.missing-name', attribute, 'An attribute needs a name.');
  }
  if (operator.kind === 'function') {
    checkCallAttributes(attributes, operator, report);
    return;
  }
  if (operator.kind !== 'operator' || operator.schema.deprecated) return;
  for (const attribute of attributes) {
    const name = attribute.name.name;
    const schema = operator.schema.attributes.get(name);
    if (schema) checkValue(attribute, schema, operator.name, report);
    // Names with two underscores are their programs' own business (ONNX IR, "Attributes").
    else if (!name.startsWith('__') && name !== '') reportUnknown(attribute, operator, report);
  }
  for (const name of operator.requiredAttributes) {
    if (attributes.some((attribute) => attribute.name.name === name)) continue;
    const type = operator.schema.attributes.get(name)?.type;
    report(
      'onnx.missing-attribute',
      node.operator,
      `${operator.name} needs the attribute \`${name}\`, of type ${type}.`,
    );
  }
};

function checkDuplicates(attributes: readonly AttributeSyntax[], report: Report): void {
  if (attributes.length < 2) return;
  const seen = new Map<string, AttributeSyntax>();
  for (const attribute of attributes) {
    const first = seen.get(attribute.name.name);
    if (first) {
      report('onnx.duplicate-attribute', attribute.name, `\`${attribute.name.name}\` is there already.`, [
        { span: first.name, message: 'Here.' },
      ]);
    } else {
      seen.set(attribute.name.name, attribute);
    }
  }
}

/** What a function does not declare it cannot see. */
function checkCallAttributes(
  attributes: readonly AttributeSyntax[],
  operator: Extract<ResolvedOperator, { readonly kind: 'function' }>,
  report: Report,
): void {
  const { attributeParameters, attributeDefaults } = operator.definition.signature;
  for (const { name } of attributes) {
    const parameters = [
      ...attributeParameters.map((parameter) => parameter.name),
      ...attributeDefaults.map((parameter) => parameter.name.name),
    ];
    if (!parameters.includes(name.name) && name.name !== '') {
      report(
        'onnx.unknown-attribute',
        name,
        `The function ${operator.name} has no attribute parameter \`${name.name}\`.${didYouMean(name.name, parameters)}`,
      );
    }
  }
}

function reportUnknown(
  { name }: AttributeSyntax,
  { schema, version, ...operator }: Extract<ResolvedOperator, { readonly kind: 'operator' }>,
  report: Report,
): void {
  const names = [...schema.attributes.keys()];
  const others = versionsOf(operator.domain, operator.name).filter((other) =>
    other.attributes.has(name.name),
  );
  const later = others.find((other) => other.sinceVersion > version);
  const last = others.findLast((other) => other.sinceVersion < schema.sinceVersion);
  const nearest = closest(name.name, names);
  let hint = names.length === 0 ? ' It has none.' : ` Its attributes are ${listOf(names)}.`;
  if (nearest !== undefined) hint = didYouMean(name.name, names);
  else if (later) hint = ` It came with ${opsetName(operator.domain, later.sinceVersion)}.`;
  else if (last)
    hint = ` It ended with ${opsetName(operator.domain, endOf(last.sinceVersion, operator))}${inputHint(schema, name.name)}`;
  report(
    'onnx.unknown-attribute',
    name,
    `${operator.name} has no attribute \`${name.name}\` in ${opsetName(operator.domain, version)}.${hint}`,
  );
}

/** The opset version in which the next version of an operator begins. */
function endOf(
  version: number,
  { domain, name }: { readonly domain: string; readonly name: string },
): number {
  return versionsOf(domain, name).find((other) => other.sinceVersion > version)?.sinceVersion ?? version;
}

/** Many attributes have become inputs of the same name. */
function inputHint(
  { inputs }: { readonly inputs: readonly { readonly name: string }[] },
  name: string,
): string {
  const index = inputs.findIndex((input) => input.name === name);
  return index < 0 ? '.' : `; it is input ${index} now.`;
}

function checkValue(
  attribute: AttributeSyntax,
  schema: AttributeSchema,
  operator: string,
  report: Report,
): void {
  const { value, name } = attribute;
  if (value.kind === 'incomplete') return;
  const type = attributeTypeOf(attribute);
  if (type !== schema.type) {
    const hint =
      value.kind === 'reference' && type === undefined
        ? `the reference has to say its type: \`${name.name}: ${schema.type} = @${value.name.name}\``
        : `this is ${type === undefined ? 'a value without a type' : type}`;
    report(
      'onnx.attribute-type',
      value,
      `\`${name.name}\` of ${operator} is of type ${schema.type}; ${hint}.`,
    );
    return;
  }
  const allowed = schema.allowedValues;
  if (!allowed || value.kind !== 'string' || allowed.includes(value.value)) return;
  report(
    'onnx.attribute-value',
    value,
    `\`${name.name}\` of ${operator} is one of ${listOf(allowed, 20)}; there is no "${value.value}".${didYouMean(value.value, allowed)}`,
  );
}
