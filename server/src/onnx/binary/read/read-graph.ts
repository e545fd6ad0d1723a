/** GraphProto, NodeProto and FunctionProto. */
import type {
  Attribute,
  FunctionDefinition,
  Graph,
  Node,
  OpsetImport,
  Tensor,
  ValueInfo,
} from '../../model/model.ts';
import {
  appendEmpty,
  appendOthers,
  finishOthers,
  type Mutable,
  type OtherFields,
  withOther,
} from './other-fields.ts';
import { readAttribute } from './read-attribute.ts';
import { type EntryList, entriesOf, readEntry, readOpsetImport, withSerialized } from './read-entries.ts';
import { readTensor } from './read-tensor.ts';
import { readValueInfo } from './read-type.ts';
import type { WireCursor } from './wire-cursor.ts';

/** What has been read of a graph; a second field of the same number adds to it. */
export interface GraphParts {
  name: string;
  readonly nodes: Node[];
  readonly initializers: Tensor[];
  readonly inputs: ValueInfo[];
  readonly outputs: ValueInfo[];
  readonly valueInfos: ValueInfo[];
  docString?: string;
  metadata?: EntryList;
  other: OtherFields;
}

export function newGraphParts(): GraphParts {
  return {
    name: '',
    nodes: [],
    initializers: [],
    inputs: [],
    outputs: [],
    valueInfos: [],
    other: undefined,
  };
}

export function readGraphFields(cursor: WireCursor, parts: GraphParts): void {
  const { nodes, initializers, inputs, outputs, valueInfos } = parts;
  while (cursor.more()) {
    const tag = cursor.tag();
    switch (tag) {
      case 0x0a: // 1: node
        nodes.push(cursor.message('node', nodes.length, readNode));
        break;
      case 0x12: // 2: name
        parts.name = cursor.string();
        if (parts.name === '') parts.other = appendEmpty(parts.other, tag);
        break;
      case 0x2a: // 5: initializer
        initializers.push(cursor.message('initializer', initializers.length, readTensor));
        break;
      case 0x52: // 10: doc_string
        parts.docString = cursor.string();
        break;
      case 0x5a: // 11: input
        inputs.push(cursor.message('input', inputs.length, readValueInfo));
        break;
      case 0x62: // 12: output
        outputs.push(cursor.message('output', outputs.length, readValueInfo));
        break;
      case 0x6a: // 13: value_info
        valueInfos.push(cursor.message('value info', valueInfos.length, readValueInfo));
        break;
      case 0x82: // 16: metadata_props
        parts.metadata = readEntry(cursor, 16, parts.metadata);
        break;
      default:
        cursor.skip(tag);
        parts.other = appendOthers(parts.other, cursor.lastField());
    }
  }
}

export function finishGraph(parts: GraphParts): Graph {
  const { nodes, initializers, inputs, outputs, valueInfos } = parts;
  return {
    name: parts.name,
    nodes,
    initializers,
    inputs,
    outputs,
    valueInfos,
    ...(parts.docString === undefined ? {} : { docString: parts.docString }),
    metadata: entriesOf(parts.metadata),
    ...withOther(withSerialized(parts.other, parts.metadata)),
  };
}

function readNode(cursor: WireCursor): Node {
  const inputs = cursor.inputs.begin();
  const outputs = cursor.outputs.begin();
  const attributes = cursor.attributes.begin();
  let name: string | undefined;
  let operator = '';
  let domain = '';
  let overload: string | undefined;
  let docString: string | undefined;
  let metadata: EntryList | undefined;
  let other: OtherFields;
  while (cursor.more()) {
    const tag = cursor.tag();
    switch (tag) {
      case 0x0a: // 1: input
        cursor.inputs.push(cursor.string());
        break;
      case 0x12: // 2: output
        cursor.outputs.push(cursor.string());
        break;
      case 0x1a: // 3: name
        name = cursor.string();
        break;
      case 0x22: // 4: op_type
        operator = cursor.string();
        if (operator === '') other = appendEmpty(other, tag);
        break;
      case 0x2a: // 5: attribute
        cursor.attributes.push(
          cursor.message('attribute', cursor.attributes.count(attributes), readAttribute),
        );
        break;
      case 0x32: // 6: doc_string
        docString = cursor.string();
        break;
      case 0x3a: // 7: domain
        domain = cursor.string();
        if (domain === '') other = appendEmpty(other, tag);
        break;
      case 0x42: // 8: overload
        overload = cursor.string();
        break;
      case 0x4a: // 9: metadata_props
        metadata = readEntry(cursor, 9, metadata);
        break;
      default:
        cursor.skip(tag);
        other = appendOthers(other, cursor.lastField());
    }
  }
  // Two literals for nearly all nodes: of 100,000, spreading optional properties would take longer than reading.
  const node: Mutable<Node> =
    name === undefined
      ? {
          inputs: cursor.inputs.take(inputs),
          outputs: cursor.outputs.take(outputs),
          operator,
          domain,
          attributes: cursor.attributes.take(attributes),
          metadata: entriesOf(metadata),
        }
      : {
          inputs: cursor.inputs.take(inputs),
          outputs: cursor.outputs.take(outputs),
          name,
          operator,
          domain,
          attributes: cursor.attributes.take(attributes),
          metadata: entriesOf(metadata),
        };
  if (overload !== undefined) node.overload = overload;
  if (docString !== undefined) node.docString = docString;
  const others = withSerialized(other, metadata);
  if (others !== undefined) node.otherFields = finishOthers(others);
  return node;
}

export function readFunction(cursor: WireCursor): FunctionDefinition {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes: string[] = [];
  const attributeDefaults: Attribute[] = [];
  const nodes: Node[] = [];
  const opsetImports: OpsetImport[] = [];
  const valueInfos: ValueInfo[] = [];
  let name = '';
  let domain = '';
  let overload: string | undefined;
  let docString: string | undefined;
  let metadata: EntryList | undefined;
  let other: OtherFields;
  while (cursor.more()) {
    const tag = cursor.tag();
    switch (tag) {
      case 0x0a: // 1: name
        name = cursor.string();
        if (name === '') other = appendEmpty(other, tag);
        break;
      case 0x22: // 4: input
        inputs.push(cursor.string());
        break;
      case 0x2a: // 5: output
        outputs.push(cursor.string());
        break;
      case 0x32: // 6: attribute
        attributes.push(cursor.string());
        break;
      case 0x3a: // 7: node
        nodes.push(cursor.message('node', nodes.length, readNode));
        break;
      case 0x42: // 8: doc_string
        docString = cursor.string();
        break;
      case 0x4a: // 9: opset_import
        opsetImports.push(cursor.message('opset import', opsetImports.length, readOpsetImport));
        break;
      case 0x52: // 10: domain
        domain = cursor.string();
        if (domain === '') other = appendEmpty(other, tag);
        break;
      case 0x5a: // 11: attribute_proto
        attributeDefaults.push(cursor.message('attribute', attributeDefaults.length, readAttribute));
        break;
      case 0x62: // 12: value_info
        valueInfos.push(cursor.message('value info', valueInfos.length, readValueInfo));
        break;
      case 0x6a: // 13: overload
        overload = cursor.string();
        break;
      case 0x72: // 14: metadata_props
        metadata = readEntry(cursor, 14, metadata);
        break;
      default:
        cursor.skip(tag);
        other = appendOthers(other, cursor.lastField());
    }
  }
  return {
    name,
    domain,
    ...(overload === undefined ? {} : { overload }),
    inputs,
    outputs,
    attributes,
    attributeDefaults,
    nodes,
    opsetImports,
    valueInfos,
    ...(docString === undefined ? {} : { docString }),
    metadata: entriesOf(metadata),
    ...withOther(withSerialized(other, metadata)),
  };
}
