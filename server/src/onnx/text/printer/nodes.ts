import type { Node } from '../../model/model.ts';
import { annotated, annotationsOf, isPlainMessage, type NamedString } from './annotation-lines.ts';
import { attributeText, isBlock } from './attributes.ts';
import { indentStep, type PrintContext } from './context.ts';
import { domainName, identifier } from './literals.ts';

/** A node statement with the annotations before it, indented, with its line end. */
export function nodeText(context: PrintContext, node: Node, indent: string): string {
  const text = statement(context, node, indent);
  if (node.overload !== '' && isPlainMessage(context, 'NodeProto', node, text)) return `${indent}${text}\n`;
  const lines = annotationsOf(context, 'NodeProto', node, {
    docString: node.docString,
    metadata: node.metadata,
    text,
    strings: () => strings(node),
  });
  return `${indent}${annotated(lines, indent, text)}\n`;
}

/** Attributes with a graph or annotations stand on lines of their own, behind the inputs. */
function statement(context: PrintContext, node: Node, indent: string): string {
  const label = node.name === undefined ? '' : `[${identifier(node.name)}] `;
  const domain = node.domain === '' ? '' : `${domainName(node.domain)}.`;
  const overload = node.overload ? `:${identifier(node.overload)}` : '';
  const outputs = node.outputs.length === 0 ? '' : `${names(node.outputs)} `;
  const head = `${label}${outputs}= ${domain}${identifier(node.operator)}${overload}`;
  if (node.attributes.length === 0) return `${head} (${names(node.inputs)})`;
  const inner = indent + indentStep;
  let isBlockList = false;
  const attributes = node.attributes.map((attribute) => {
    const text = attributeText(context, attribute, inner);
    isBlockList ||= isBlock(attribute, text);
    return text;
  });
  if (!isBlockList) return `${head} <${attributes.join(', ')}> (${names(node.inputs)})`;
  return `${head} (${names(node.inputs)}) <\n${inner}${attributes.join(`,\n${inner}`)}\n${indent}>`;
}

/** An omitted input is `""`. */
function names(list: readonly string[]): string {
  const [only] = list;
  if (only === undefined) return '';
  return list.length === 1 ? identifier(only) : list.map(identifier).join(', ');
}

function* strings(node: Node): Generator<NamedString> {
  if (node.name !== undefined) yield ['name', node.name];
  yield ['domain', node.domain];
  yield ['op_type', node.operator];
  if (node.overload !== undefined) yield ['overload', node.overload];
  for (const [index, name] of node.inputs.entries()) yield [`input[${index}]`, name];
  for (const [index, name] of node.outputs.entries()) yield [`output[${index}]`, name];
}
