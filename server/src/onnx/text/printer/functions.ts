import type { FunctionDefinition, ValueInfo } from '../../model/model.ts';
import { annotated, annotationsOf, type NamedString } from './annotation-lines.ts';
import { attributeText } from './attributes.ts';
import { indentStep, type PrintContext } from './context.ts';
import { signatureText, valueText, type Write } from './graphs.ts';
import {
  absentDomains,
  functionHeader,
  headerText,
  isShownWhole,
  opsetParts,
  opsetStrings,
} from './headers.ts';
import { identifier, unambiguousIdentifier } from './literals.ts';
import { nodeText } from './nodes.ts';
import { isSayable } from './types.ts';

/** A function, from its annotations to the line end behind its `}`. */
export function writeFunction(context: PrintContext, definition: FunctionDefinition, write: Write): void {
  const values = placedValues(context, definition);
  const name = identifier(definition.name) + parametersText(context, definition);
  const text =
    headerText(functionHeader(definition)) + signatureText(name, values.inputs, values.outputs, '');
  const lines = annotationsOf(context, 'FunctionProto', definition, {
    docString: isShownWhole(definition.docString) ? undefined : definition.docString,
    metadata: definition.metadata,
    absentFields: absentDomains(context, definition.opsetImports),
    parts: opsetParts(definition.opsetImports),
    text,
    strings: () => strings(definition),
  });
  write(annotated(lines, '', text));
  if (values.listed.length === 0) write(' {\n');
  else write(`\n<\n${indentStep}${values.listed.join(`,\n${indentStep}`)}\n>\n{\n`);
  for (const node of definition.nodes) write(nodeText(context, node, indentStep));
  write('}\n');
}

/** ` <alpha, beta = 1.0>` */
function parametersText(
  context: PrintContext,
  { attributes, attributeDefaults }: FunctionDefinition,
): string {
  const parameters = [
    ...attributes.map(identifier),
    ...attributeDefaults.map((attribute) => attributeText(context, attribute, indentStep)),
  ];
  if (parameters.length === 0) return '';
  const line = ` <${parameters.join(', ')}>`;
  return line.includes('#@ ') ? ` <\n${indentStep}${parameters.join(`,\n${indentStep}`)}\n>` : line;
}

interface PlacedValues {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly listed: readonly string[];
}

/**
 * Value infos of inputs and outputs stand in the signature as long as they come in its order, because that is the order in which
 * they are read; the others follow in a list.
 */
function placedValues(context: PrintContext, definition: FunctionDefinition): PlacedValues {
  let next = 0;
  const place = (name: string) => {
    const value = definition.valueInfos[next];
    if (value === undefined || value.name !== name || !hasType(value)) return unambiguousIdentifier(name);
    next++;
    return valueText(context, value, indentStep);
  };
  const inputs = definition.inputs.map(place);
  const outputs = definition.outputs.map(place);
  const listed = definition.valueInfos.slice(next).map((value) => valueText(context, value, indentStep));
  return { inputs, outputs, listed };
}

function hasType({ type }: ValueInfo): boolean {
  return type !== undefined && isSayable(type);
}

function* strings(definition: FunctionDefinition): Generator<NamedString> {
  yield ['name', definition.name];
  yield ['domain', definition.domain];
  if (definition.overload !== undefined) yield ['overload', definition.overload];
  yield* opsetStrings(definition.opsetImports);
  for (const [index, name] of definition.inputs.entries()) yield [`input[${index}]`, name];
  for (const [index, name] of definition.outputs.entries()) yield [`output[${index}]`, name];
  for (const [index, name] of definition.attributes.entries()) yield [`attribute[${index}]`, name];
}
