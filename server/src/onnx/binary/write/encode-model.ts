/** ModelProto, GraphProto, FunctionProto and NodeProto, fields in the order of their numbers as protobuf's own writers have them. */
import type {
  Extensible,
  FunctionDefinition,
  Graph,
  Model,
  Node,
  OpsetImport,
  StringEntry,
} from '../../model/model.ts';
import { encodeAttribute } from './encode-attribute.ts';
import { encodeTensor } from './encode-tensor.ts';
import { encodeValueInfo } from './encode-type.ts';
import type { FieldSink } from './field-sink.ts';

export function encodeModelFields(sink: FieldSink, model: Model): void {
  encodeOtherFields(sink, model);
  if (model.irVersion !== undefined) sink.varint(1, model.irVersion);
  if (model.producerName !== undefined) sink.string(2, model.producerName);
  if (model.producerVersion !== undefined) sink.string(3, model.producerVersion);
  if (model.domain !== undefined) sink.string(4, model.domain);
  if (model.modelVersion !== undefined) sink.varint(5, model.modelVersion);
  if (model.docString !== undefined) sink.string(6, model.docString);
  if (model.graph !== undefined) sink.message(7, model.graph, encodeGraph);
  for (const opset of model.opsetImports) sink.message(8, opset, encodeOpsetImport);
  encodeEntries(sink, 14, model.metadata);
  for (const definition of model.functions) sink.message(25, definition, encodeFunction);
}

export function encodeGraph(sink: FieldSink, graph: Graph): void {
  encodeOtherFields(sink, graph);
  for (const node of graph.nodes) sink.message(1, node, encodeNode);
  if (graph.name !== '') sink.string(2, graph.name);
  for (const initializer of graph.initializers) sink.message(5, initializer, encodeTensor);
  if (graph.docString !== undefined) sink.string(10, graph.docString);
  for (const value of graph.inputs) sink.message(11, value, encodeValueInfo);
  for (const value of graph.outputs) sink.message(12, value, encodeValueInfo);
  for (const value of graph.valueInfos) sink.message(13, value, encodeValueInfo);
  encodeEntries(sink, 16, graph.metadata);
}

export function encodeOtherFields(sink: FieldSink, message: Extensible): void {
  if (message.otherFields !== undefined) sink.inOrder(message.otherFields);
}

export function encodeEntries(sink: FieldSink, field: number, entries: readonly StringEntry[]): void {
  for (const entry of entries) sink.message(field, entry, encodeEntry);
}

function encodeEntry(sink: FieldSink, entry: StringEntry): void {
  sink.string(1, entry.key);
  sink.string(2, entry.value);
}

function encodeNode(sink: FieldSink, node: Node): void {
  encodeOtherFields(sink, node);
  for (const input of node.inputs) sink.string(1, input);
  for (const output of node.outputs) sink.string(2, output);
  if (node.name !== undefined) sink.string(3, node.name);
  if (node.operator !== '') sink.string(4, node.operator);
  for (const attribute of node.attributes) sink.message(5, attribute, encodeAttribute);
  if (node.docString !== undefined) sink.string(6, node.docString);
  if (node.domain !== '') sink.string(7, node.domain);
  if (node.overload !== undefined) sink.string(8, node.overload);
  encodeEntries(sink, 9, node.metadata);
}

function encodeFunction(sink: FieldSink, definition: FunctionDefinition): void {
  encodeOtherFields(sink, definition);
  if (definition.name !== '') sink.string(1, definition.name);
  for (const input of definition.inputs) sink.string(4, input);
  for (const output of definition.outputs) sink.string(5, output);
  for (const attribute of definition.attributes) sink.string(6, attribute);
  for (const node of definition.nodes) sink.message(7, node, encodeNode);
  if (definition.docString !== undefined) sink.string(8, definition.docString);
  for (const opset of definition.opsetImports) sink.message(9, opset, encodeOpsetImport);
  if (definition.domain !== '') sink.string(10, definition.domain);
  for (const attribute of definition.attributeDefaults) sink.message(11, attribute, encodeAttribute);
  for (const value of definition.valueInfos) sink.message(12, value, encodeValueInfo);
  if (definition.overload !== undefined) sink.string(13, definition.overload);
  encodeEntries(sink, 14, definition.metadata);
}

function encodeOpsetImport(sink: FieldSink, opset: OpsetImport): void {
  encodeOtherFields(sink, opset);
  if (opset.domain !== '' || opset.omitted !== 'domain') sink.string(1, opset.domain);
  if (opset.version !== 0) sink.varint(2, opset.version);
}
