/** SyntaxTree → Model: what a text means. See docs/onnx-text.md. */
import type { FunctionDefinition, Graph, Model, Node } from '../../model/model.ts';
import { emptyFields, type MessageName } from '../annotations/empty-fields.ts';
import type {
  Annotation,
  Declaration,
  GraphSignature,
  ModelHeader,
  Segment,
  SyntaxTree,
} from '../syntax-tree.ts';
import { readAnnotations } from './annotations.ts';
import {
  type Conversion,
  createModelCache,
  type SegmentProblem,
  type TextDefaults,
  type ToModelContext,
} from './context.ts';
import { signatureOf, withBody } from './functions.ts';
import {
  type Declared,
  initializersOf,
  inputOf,
  listedValueOf,
  nodeOf,
  valueInfoOf,
  valuesOf,
} from './graphs.ts';
import { headerOf } from './headers.ts';
import { withSaid } from './messages.ts';
import { exactString, reportOutdated } from './names.ts';

export { createModelCache, type ModelCache, type ToModelContext } from './context.ts';
export { isReferenceProblem, type ModelProblemCode, modelProblems } from './problems.ts';

/** A problem that shows only when the text is turned into a model; syntax problems are the tree's. */
export interface ModelProblem extends SegmentProblem {
  /** Index of the segment that `span` is relative to. */
  readonly segment: number;
}

export interface ToModelResult {
  readonly model: Model;
  /** In the order of the text. */
  readonly problems: readonly ModelProblem[];
}

/**
 * Any tree has a model, however broken the text: what is missing is empty. It never throws.
 *
 * Order: `model.graph.nodes[k]` is the k-th NodeStatement of the graph's declaration, likewise for each function, and functions are
 * in the order of their declarations; a node of the model is found in the text by its index.
 *
 * A model with reference problems (isReferenceProblem) must not be encoded: its ranges may point at anything.
 */
export function toModel(tree: SyntaxTree, context: ToModelContext): ToModelResult {
  const header = tree.header === undefined ? undefined : tree.segments[tree.header];
  const conversion: Conversion = {
    tree,
    context,
    defaults: textDefaults(header?.annotations ?? []),
    segment: 0,
    problems: undefined,
    kept: createModelCache(),
    sources: new Map(),
    weights: new Map(),
  };
  keepUntouched(conversion);
  const problems: ModelProblem[] = [];
  try {
    const model = modelOf(conversion, problems);
    if (context.cache !== undefined) Object.assign(context.cache, conversion.kept);
    return { model, problems };
  } finally {
    for (const source of conversion.sources.values()) if (typeof source !== 'string') source.close();
  }
}

function modelOf(conversion: Conversion, problems: ModelProblem[]): Model {
  const { tree } = conversion;
  const header = tree.header ?? tree.segments.length;
  const [model] = convertRange(conversion, header, header + 1, problems, (segment) =>
    segment.kind === 'model-header' ? modelOfHeader(conversion, segment) : undefined,
  );
  let graph: Graph | undefined;
  const functions: FunctionDefinition[] = [];
  for (const declaration of tree.declarations) {
    if (declaration.kind === 'function') functions.push(...functionsOf(conversion, declaration, problems));
    else graph ??= mainGraphOf(conversion, declaration, problems);
  }
  return {
    ...(model ?? { opsetImports: [], metadata: [] }),
    ...(graph === undefined ? undefined : { graph }),
    functions,
  };
}

function modelOfHeader(conversion: Conversion, syntax: ModelHeader): Model {
  const said = readAnnotations(conversion, syntax.annotations, 'model');
  const header = headerOf(conversion, syntax.entries, said);
  reportOutdated(conversion, said);
  const integer = <Key extends string>(name: string, key: Key) => propertyOf(key, header.integers.get(name));
  const string = <Key extends string>(name: string, key: Key) => propertyOf(key, header.strings.get(name));
  return {
    ...integer('ir_version', 'irVersion'),
    opsetImports: header.opsetImports,
    ...string('producer_name', 'producerName'),
    ...string('producer_version', 'producerVersion'),
    ...string('domain', 'domain'),
    ...integer('model_version', 'modelVersion'),
    ...(propertyOf('docString', said.docString) ?? string('doc_string', 'docString')),
    metadata: header.metadata,
    functions: [],
    ...(said.fields.length === 0 ? undefined : { otherFields: said.fields }),
  };
}

function propertyOf<Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): { readonly [Name in Key]: Value } | undefined {
  return value === undefined ? undefined : ({ [key]: value } as { [Name in Key]: Value });
}

function mainGraphOf(conversion: Conversion, declaration: Declaration, problems: ModelProblem[]): Graph {
  const { signature, values, nodes } = declaration;
  const [head] = convertRange(conversion, signature, signature + 1, problems, (segment) =>
    segment.kind === 'graph-signature' ? graphHeadOf(conversion, segment) : undefined,
  );
  const inputs = head?.inputs ?? [];
  const listed = listedOf(conversion, values, problems);
  return {
    ...(head?.graph ?? emptyGraph),
    initializers: initializersOf(inputs, listed),
    inputs: valuesOf(inputs),
    valueInfos: valuesOf(listed),
    nodes: nodesOf(conversion, nodes, problems),
  };
}

const emptyGraph: Graph = {
  name: '',
  nodes: [],
  initializers: [],
  inputs: [],
  outputs: [],
  valueInfos: [],
  metadata: [],
};

interface GraphHead {
  /** Without its body. */
  readonly graph: Graph;
  readonly inputs: readonly Declared[];
}

function graphHeadOf(conversion: Conversion, signature: GraphSignature): GraphHead {
  const said = readAnnotations(conversion, signature.annotations, 'graph');
  const inputs = signature.inputs.map((declaration) => inputOf(conversion, declaration));
  const outputs = signature.outputs.map((declaration) => valueInfoOf(conversion, declaration));
  const name = exactString(said, 'name', signature.name.name);
  return { graph: withSaid(conversion, 'GraphProto', { ...emptyGraph, name, outputs }, said), inputs };
}

/** One function, or none where the declaration has no signature. */
function functionsOf(
  conversion: Conversion,
  declaration: Declaration,
  problems: ModelProblem[],
): FunctionDefinition[] {
  const { signature, values, nodes } = declaration;
  const heads = convertRange(conversion, signature, signature + 1, problems, (segment) =>
    segment.kind === 'function-signature' ? signatureOf(conversion, segment) : undefined,
  );
  const listed = listedOf(conversion, values, problems);
  const body = nodesOf(conversion, nodes, problems);
  return heads.map((head) => withBody(head, valuesOf(listed), body));
}

/** The same for graphs and functions, as an edit may turn entries of the one into entries of the other. */
function listedOf(
  conversion: Conversion,
  range: Declaration['values'],
  problems: ModelProblem[],
): Declared[] {
  return convertRange(conversion, range.from, range.to, problems, (segment) =>
    segment.kind === 'value-declaration' ? listedValueOf(conversion, segment) : undefined,
  );
}

function nodesOf(conversion: Conversion, range: Declaration['nodes'], problems: ModelProblem[]): Node[] {
  return convertRange(conversion, range.from, range.to, problems, (segment) =>
    segment.kind === 'node-statement' ? nodeOf(conversion, segment) : undefined,
  );
}

/** What the segments of a range are converted to, those left out that `convert` has nothing for. */
function convertRange<Value extends object>(
  conversion: Conversion,
  from: number,
  to: number,
  problems: ModelProblem[],
  convert: (segment: Segment) => Value | undefined,
): Value[] {
  const { kept, tree } = conversion;
  const values: Value[] = [];
  const end = Math.min(to, tree.segments.length);
  for (let index = from; index < end; index++) {
    // One segment is always converted by the same function: its kind says by which.
    let value = kept.values[index] as Value | undefined;
    const segment = tree.segments[index];
    if (value === undefined && segment !== undefined) {
      conversion.segment = index;
      conversion.problems = undefined;
      value = convert(segment);
      kept.values[index] = value;
      if (conversion.problems !== undefined) kept.problems.set(index, conversion.problems);
    }
    if (value !== undefined) values.push(value);
    if (kept.problems.size === 0) continue;
    for (const problem of kept.problems.get(index) ?? []) problems.push({ ...problem, segment: index });
  }
  return values;
}

/** An edit leaves the segments before and behind it as they are, and what they were turned into counts still. */
function keepUntouched(conversion: Conversion): void {
  const { kept, tree, defaults } = conversion;
  const old = conversion.context.cache;
  const { segments } = tree;
  kept.defaults = JSON.stringify([
    defaults.rawData,
    [...defaults.emptyFields].map(([message, fields]) => [message, ...fields]),
    [...defaults.absentFields],
  ]);
  kept.segments = segments;
  if (old?.defaults !== kept.defaults) return;
  const shorter = Math.min(segments.length, old.segments.length);
  const moved = segments.length - old.segments.length;
  let before = 0;
  while (before < shorter && segments[before] === old.segments[before]) before++;
  let behind = segments.length;
  while (
    behind > before &&
    behind - moved > before &&
    segments[behind - 1] === old.segments[behind - 1 - moved]
  )
    behind--;
  kept.values = old.values.slice(0, before);
  kept.values.length = behind;
  for (let index = behind; index < segments.length; index++) kept.values.push(old.values[index - moved]);
  for (const [index, found] of old.problems) {
    if (index < before) kept.problems.set(index, found);
    else if (index + moved >= behind) kept.problems.set(index + moved, found);
  }
}

/** What the annotations before the header say of all messages; readAnnotations reports what is wrong with them. */
function textDefaults(annotations: readonly Annotation[]): TextDefaults {
  const fields = new Map<MessageName, Set<string>>();
  const absent = new Set<string>();
  for (const { key, value } of annotations) {
    if (value.kind !== 'strings') continue;
    for (const text of value.values) {
      const [message = '', field = ''] = text.split('.');
      if (key === 'absent_fields') absent.add(text);
      if (key !== 'empty_fields' || !isMessageName(message)) continue;
      const known = fields.get(message) ?? new Set();
      if (Object.hasOwn(emptyFields[message], field)) fields.set(message, known.add(field));
    }
  }
  const rawData = annotations.some(({ key, value }) => key === 'raw_data' && value.kind === 'flag');
  return { rawData, emptyFields: fields, absentFields: absent };
}

function isMessageName(name: string): name is MessageName {
  return Object.hasOwn(emptyFields, name);
}
