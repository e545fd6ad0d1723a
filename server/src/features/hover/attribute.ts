import type { MarkupContent } from 'vscode-languageserver-types';
import { calledFunction, functionAt, opsetVersion } from '../../onnx/analysis/functions.ts';
import { declarationAt } from '../../onnx/analysis/names.ts';
import { dataTypeOfNumber } from '../../onnx/model/data-types.ts';
import { isDataTypeAttribute } from '../../onnx/operators/data-type-attributes.ts';
import { domainName } from '../../onnx/operators/domains.ts';
import type { AttributeDefault, AttributeSchema } from '../../onnx/operators/schema.ts';
import { schemaOf } from '../../onnx/operators/table.ts';
import type { AttributeValueSyntax, Identifier } from '../../onnx/text/syntax-tree.ts';
import { type OnnxDocument, textOf } from '../document.ts';
import { innermost, nodeAround, type Place } from '../elements.ts';
import { code, markdown } from '../markdown.ts';

/** An attribute of a node (or of a function's list of defaults): its type, default and allowed values. */
export function attributeHover(document: OnnxDocument, place: Place): MarkupContent | undefined {
  const attribute = innermost(place.path, 'attribute')?.node;
  if (!attribute) {
    return undefined;
  }
  const node = nodeAround(place.path);
  if (!node) {
    return attributeParameterHover(document, place, attribute.name);
  }
  const { name } = attribute.name;
  const called = calledFunction(document.tree, node);
  if (called) {
    return markdown([
      `${code(name)}, attribute of the function **${called.name}** of this model`,
      parameterNote(document, called.declaration, name),
    ]);
  }
  const domain = node.domain?.name ?? '';
  const opset = opsetVersion(document.tree, declarationAt(document.tree, place.segment), domain);
  const schema = schemaOf(domain, node.operator.name, opset ?? Number.MAX_SAFE_INTEGER);
  const known = schema?.attributes.get(name);
  if (schema && !known) {
    return markdown([
      `**${schema.name}** (since version ${schema.sinceVersion} of ${code(domainName(domain))}) has no attribute ${code(name)}.`,
    ]);
  }
  return known
    ? markdown([
        attributeTitle(known, schema?.name ?? ''),
        isDataTypeAttribute(known) ? dataTypeNote(attribute.value) : undefined,
        known.description,
      ])
    : undefined;
}

/** `7` is `int64`. */
function dataTypeNote(value: AttributeValueSyntax): string | undefined {
  const type = value.kind === 'integer' ? dataTypeOfNumber(Number(value.value)) : undefined;
  return type && `${code(String(type.number))} is ${code(type.name)}.`;
}

/** An attribute parameter of a function, where it is declared or referred to by `@name`. */
export function attributeParameterHover(
  document: OnnxDocument,
  place: Place,
  parameter: Identifier,
): MarkupContent | undefined {
  const declaration = declarationAt(document.tree, place.segment);
  const found = declaration === undefined ? undefined : functionAt(document.tree, declaration);
  if (!found || declaration === undefined) {
    return undefined;
  }
  return markdown([
    `${code(parameter.name)}, attribute parameter of the function **${found.name}**`,
    parameterNote(document, declaration, parameter.name),
  ]);
}

function parameterNote(document: OnnxDocument, declaration: number, name: string): string {
  const found = functionAt(document.tree, declaration);
  const fallback = found?.signature.attributeDefaults.find((attribute) => attribute.name.name === name);
  const segment = document.tree.declarations[declaration]?.signature;
  if (fallback && segment !== undefined) {
    return `Default: ${code(textOf(document, segment, fallback.value))}`;
  }
  return found?.signature.attributeParameters.some((parameter) => parameter.name === name)
    ? 'Required: it has no default.'
    : '**The function declares no such attribute.**';
}

/** An attribute with its type, default and allowed values. */
export function attributeTitle(attribute: AttributeSchema, operator: string): string {
  const facts = [
    attribute.required ? 'required' : 'optional',
    ...(attribute.default === undefined ? [] : [`default ${code(defaultText(attribute.default))}`]),
  ];
  const values = attribute.allowedValues?.map((value) => code(`"${value}"`)).join(', ');
  return [
    `${code(`${attribute.name}: ${attribute.type}`)}, attribute of **${operator}** (${facts.join('; ')})`,
    ...(values ? [`One of ${values}.`] : []),
  ].join('\n\n');
}

function defaultText(value: AttributeDefault): string {
  return JSON.stringify(value);
}
