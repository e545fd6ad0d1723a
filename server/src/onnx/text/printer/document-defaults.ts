/** What holds for most of a model is said once, before its header, so that the text does not repeat it thousands of times. */
import type {
  Attribute,
  FunctionDefinition,
  Graph,
  Model,
  Node,
  Tensor,
  ValueInfo,
} from '../../model/model.ts';
import {
  type AnnotatedMessages,
  emptyFields,
  type MessageName,
  splitEmptyFields,
} from '../annotations/empty-fields.ts';
import { elidedRange } from './elision.ts';

export interface DocumentDefaults {
  /** Shown tensors hold their elements in raw_data. */
  readonly rawData: boolean;
  /** Fields that are present though empty, by message. */
  readonly emptyFields: Readonly<Partial<Record<MessageName, readonly string[]>>>;
  /** No opset import says its empty domain, no attribute its type. */
  readonly absentFields: ReadonlySet<'OperatorSetIdProto.domain' | 'AttributeProto.type'>;
}

/** How often something that is a matter of taste is one way and the other. */
interface Tally {
  present: number;
  absent: number;
}

interface Counts {
  readonly inlineElements: number;
  /** Whether any field is present and empty. Until one is met, nobody needs to know how many are absent. */
  hasEmptyFields: boolean;
  readonly rawData: Tally;
  readonly fields: Readonly<Record<Repeated, Readonly<Record<string, Tally>>>>;
  readonly opsetDomain: Tally;
  readonly attributeType: Tally;
}

export function documentDefaults(model: Model, inlineElements: number): DocumentDefaults {
  const first = countModel(model, inlineElements, false);
  const counts = first.hasEmptyFields ? countModel(model, inlineElements, true) : first;
  const absentFields = new Set<'OperatorSetIdProto.domain' | 'AttributeProto.type'>();
  if (isAlwaysAbsent(counts.opsetDomain)) absentFields.add('OperatorSetIdProto.domain');
  if (isAlwaysAbsent(counts.attributeType)) absentFields.add('AttributeProto.type');
  return {
    rawData: counts.rawData.present > counts.rawData.absent,
    emptyFields: {
      NodeProto: mostlyPresent(counts.fields.NodeProto),
      ValueInfoProto: mostlyPresent(counts.fields.ValueInfoProto),
      TensorProto: mostlyPresent(counts.fields.TensorProto),
      AttributeProto: mostlyPresent(counts.fields.AttributeProto),
    },
    absentFields,
  };
}

function countModel(model: Model, inlineElements: number, hasEmptyFields: boolean): Counts {
  const counts: Counts = {
    inlineElements,
    hasEmptyFields,
    rawData: { present: 0, absent: 0 },
    fields: {
      NodeProto: tallies('NodeProto'),
      ValueInfoProto: tallies('ValueInfoProto'),
      TensorProto: tallies('TensorProto'),
      AttributeProto: tallies('AttributeProto'),
    },
    opsetDomain: { present: 0, absent: 0 },
    attributeType: { present: 0, absent: 0 },
  };
  countOpsetDomains(counts, model);
  if (model.graph !== undefined) countGraph(counts, model.graph);
  for (const definition of model.functions) countFunction(counts, definition);
  return counts;
}

function tallies(name: Repeated): Record<string, Tally> {
  return Object.fromEntries(
    Object.keys(emptyFields[name]).map((field) => [field, { present: 0, absent: 0 }]),
  );
}

function mostlyPresent(fields: Readonly<Record<string, Tally>>): string[] {
  return Object.keys(fields).filter((field) => {
    const tally = fields[field];
    return tally !== undefined && tally.present > tally.absent;
  });
}

function isAlwaysAbsent(tally: Tally): boolean {
  return tally.absent > 0 && tally.present === 0;
}

function countOpsetDomains(counts: Counts, { opsetImports }: Pick<Model, 'opsetImports'>): void {
  for (const { domain, omitted } of opsetImports) {
    if (domain === '') counts.opsetDomain[omitted === undefined ? 'present' : 'absent']++;
  }
}

function countFunction(counts: Counts, definition: FunctionDefinition): void {
  countOpsetDomains(counts, definition);
  for (const attribute of definition.attributeDefaults) countAttribute(counts, attribute);
  for (const value of definition.valueInfos) countValue(counts, value);
  for (const node of definition.nodes) countNode(counts, node);
}

function countGraph(counts: Counts, graph: Graph): void {
  for (const list of [graph.inputs, graph.outputs, graph.valueInfos])
    for (const value of list) countValue(counts, value);
  for (const tensor of graph.initializers) countTensor(counts, tensor);
  for (const node of graph.nodes) countNode(counts, node);
}

function countNode(counts: Counts, node: Node): void {
  countFields(counts, 'NodeProto', node);
  for (const attribute of node.attributes) countAttribute(counts, attribute);
}

function countValue(counts: Counts, value: ValueInfo): void {
  countFields(counts, 'ValueInfoProto', value);
}

function countTensor(counts: Counts, tensor: Tensor): void {
  countFields(counts, 'TensorProto', tensor);
  const { kind } = tensor.data;
  if (kind === 'external' || kind === 'strings' || elidedRange(tensor, counts.inlineElements) !== undefined)
    return;
  counts.rawData[kind === 'raw' ? 'present' : 'absent']++;
}

function countAttribute(counts: Counts, attribute: Attribute): void {
  countFields(counts, 'AttributeProto', attribute);
  if (attribute.type !== 'undefined')
    counts.attributeType[attribute.omitted === 'type' ? 'absent' : 'present']++;
  switch (attribute.type) {
    case 'tensor':
      countTensor(counts, attribute.value);
      break;
    case 'tensors':
      for (const tensor of attribute.value) countTensor(counts, tensor);
      break;
    case 'sparse_tensor':
    case 'sparse_tensors':
      for (const sparse of attribute.type === 'sparse_tensor' ? [attribute.value] : attribute.value) {
        countTensor(counts, sparse.values);
        countTensor(counts, sparse.indices);
      }
      break;
    case 'graph':
      countGraph(counts, attribute.value);
      break;
    case 'graphs':
      for (const graph of attribute.value) countGraph(counts, graph);
      break;
    default:
  }
}

/** Graphs and functions are few: only what stands on many lines has defaults. */
type Repeated = 'NodeProto' | 'ValueInfoProto' | 'TensorProto' | 'AttributeProto';

function countFields<Name extends Repeated>(
  counts: Counts,
  name: Name,
  message: AnnotatedMessages[Name],
): void {
  const { present } = splitEmptyFields(name, message);
  counts.hasEmptyFields ||= present.length > 0;
  if (!counts.hasEmptyFields) return;
  const known = emptyFields[name];
  const fields = counts.fields[name];
  for (const fieldName in fields) {
    const tally = fields[fieldName];
    if (tally === undefined) continue;
    if (present.includes(fieldName)) tally.present++;
    else if (known[fieldName]?.isEmpty(message)) tally.absent++;
  }
}
