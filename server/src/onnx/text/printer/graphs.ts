import { encodeType } from '../../binary/write/encode-type.ts';
import { encodeFields } from '../../binary/write/field-sink.ts';
import type { Graph, Type, ValueInfo } from '../../model/model.ts';
import { annotated, annotationsOf, isPlainMessage } from './annotation-lines.ts';
import { indentStep, lineWidth, type PrintContext } from './context.ts';
import { identifier, unambiguousIdentifier } from './literals.ts';
import { nodeText } from './nodes.ts';
import { initializerText } from './tensors.ts';
import { isPlainType, isSayable, typeText } from './types.ts';

/** Receives the text piece by piece. */
export type Write = (piece: string) => void;

/** The model's graph, from its annotations to the line end behind its `}`. */
export function writeGraph(context: PrintContext, graph: Graph, write: Write): void {
  write(headText(context, graph, identifier(graph.name), ''));
  writeBody(context, graph, '', write);
  write('\n');
}

/** A graph in an attribute; `annotatedIndent` is where it stands if it begins with annotations, on a line of its own. */
export function subgraphText(
  context: PrintContext,
  graph: Graph,
  plainIndent: string,
  annotatedIndent = plainIndent,
): string {
  // The name must not look like a type or a float here.
  const name = unambiguousIdentifier(graph.name);
  let indent = plainIndent;
  let text = headText(context, graph, name, indent);
  if (text.startsWith('#@ ') && annotatedIndent !== plainIndent) {
    indent = annotatedIndent;
    text = headText(context, graph, name, indent);
  }
  writeBody(context, graph, indent, (piece) => {
    text += piece;
  });
  return text;
}

function headText(context: PrintContext, graph: Graph, name: string, indent: string): string {
  const inputs = graph.inputs.map((value) => valueText(context, value, indent + indentStep));
  const outputs = graph.outputs.map((value) => valueText(context, value, indent + indentStep));
  const text = signatureText(name, inputs, outputs, indent);
  const lines = annotationsOf(context, 'GraphProto', graph, {
    docString: graph.docString,
    metadata: graph.metadata,
    text,
    strings: () => [['name', graph.name]],
  });
  return annotated(lines, indent, text);
}

/** On one line where it fits; else the inputs are spread, one per line, and the outputs if they must be. */
export function signatureText(
  name: string,
  inputs: readonly string[],
  outputs: readonly string[],
  indent: string,
): string {
  const line = `${name} (${inputs.join(', ')}) => (${outputs.join(', ')})`;
  if (isShort(line, indent)) return line;
  const areOutputsShort = isShort(`) => (${outputs.join(', ')})`, indent);
  // Where only the outputs are in the way, the inputs can stay.
  const areInputsShort = !areOutputsShort && isShort(`${name} (${inputs.join(', ')}) => (`, indent);
  const head = areInputsShort ? `(${inputs.join(', ')})` : valueBlock(inputs, indent);
  return `${name} ${head} => ${areOutputsShort ? `(${outputs.join(', ')})` : valueBlock(outputs, indent)}`;
}

function isShort(line: string, indent: string): boolean {
  return indent.length + line.length <= lineWidth && !line.includes('#@ ');
}

function valueBlock(values: readonly string[], indent: string): string {
  if (values.length === 0) return '()';
  const inner = indent + indentStep;
  return `(\n${inner}${values.join(`,\n${inner}`)}\n${indent})`;
}

function writeBody(context: PrintContext, graph: Graph, indent: string, write: Write): void {
  const inner = indent + indentStep;
  const count = graph.initializers.length + graph.valueInfos.length;
  write(count === 0 ? ' {\n' : `\n${indent}<\n`);
  let written = 0;
  const writeEntry = (text: string) => {
    written++;
    write(`${inner}${text}${written === count ? '\n' : ',\n'}`);
  };
  for (const tensor of graph.initializers) writeEntry(initializerText(context, tensor, inner));
  for (const value of graph.valueInfos) writeEntry(valueText(context, value, inner));
  if (count > 0) write(`${indent}>\n${indent}{\n`);
  for (const node of graph.nodes) write(nodeText(context, node, inner));
  write(`${indent}}`);
}

/** `float[N,4] name`; a value whose type has no words is a bare name. With the annotations before it. */
export function valueText(context: PrintContext, value: ValueInfo, indent: string): string {
  const { type } = value;
  if (type !== undefined && type.kind !== 'undefined' && !isSayable(type))
    return valueText(context, withSerializedType(value, type), indent);
  const hasType = type !== undefined && type.kind !== 'undefined';
  const text = hasType ? `${typeText(type)} ${identifier(value.name)}` : unambiguousIdentifier(value.name);
  if (hasType && isPlainType(type) && isPlainMessage(context, 'ValueInfoProto', value, text)) return text;
  const lines = annotationsOf(context, 'ValueInfoProto', value, {
    docString: value.docString,
    metadata: value.metadata,
    ...(type === undefined ? undefined : { types: [['type', type]] }),
    text,
    strings: () => [['name', value.name]],
  });
  return annotated(lines, indent, text);
}

/** The same message, with its type (ValueInfoProto.type, 2) among its other fields. */
function withSerializedType({ type: _, ...value }: ValueInfo, type: Type): ValueInfo {
  const field = encodeFields((sink) => sink.message(2, type, encodeType));
  return { ...value, otherFields: [...(value.otherFields ?? []), ...field] };
}
