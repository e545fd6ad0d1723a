/** SyntaxTree → Model: what a text means. See docs/onnx-text.md. */
import { changedPart } from '../../analysis/changed-part.ts';
import { betweenPauses, finished, type Steps } from '../../analysis/steps.ts';
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
  type ModelCache,
  type SegmentProblem,
  type TextDefaults,
  type ToModelContext,
} from './context.ts';
import { signatureOf } from './functions.ts';
import { type Declared, inputOf, listedValueOf, nodeOf, valueInfoOf } from './graphs.ts';
import { headerOf } from './headers.ts';
import { keptBySegment, keptInitializersOf, keptValuesOf, keptWithBody } from './kept-lists.ts';
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
  return finished(toModelInSteps(tree, context));
}

/** As toModel, in steps of about a millisecond. No file is open at a pause. */
export function* toModelInSteps(tree: SyntaxTree, context: ToModelContext): Steps<ToModelResult> {
  const header = tree.header === undefined ? undefined : tree.segments[tree.header];
  const conversion: Conversion = {
    tree,
    context,
    defaults: textDefaults(header?.annotations ?? []),
    segment: 0,
    problems: undefined,
    kept: createModelCache(),
    old: undefined,
    attributes: new Map(),
    attributeLists: new Map(),
    dims: new Map(),
    sources: new Map(),
    weights: new Map(),
  };
  keepUntouched(conversion);
  const problems: ModelProblem[] = [];
  try {
    const model = yield* modelOf(conversion, problems);
    if (context.cache !== undefined) Object.assign(context.cache, conversion.kept);
    return { model, problems };
  } finally {
    closeSources(conversion);
  }
}

function closeSources({ sources }: Conversion): void {
  for (const source of sources.values()) if (typeof source !== 'string') source.close();
  sources.clear();
}

function* modelOf(conversion: Conversion, problems: ModelProblem[]): Steps<Model> {
  const { tree } = conversion;
  const header = tree.header ?? tree.segments.length;
  const [model] = yield* convertRange(conversion, header, header + 1, problems, (segment) =>
    segment.kind === 'model-header' ? modelOfHeader(conversion, segment) : undefined,
  );
  let graph: Graph | undefined;
  const functions: FunctionDefinition[] = [];
  for (const declaration of tree.declarations) {
    if (declaration.kind === 'function')
      functions.push(...(yield* functionsOf(conversion, declaration, problems)));
    else graph ??= yield* mainGraphOf(conversion, declaration, problems);
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

function* mainGraphOf(
  conversion: Conversion,
  declaration: Declaration,
  problems: ModelProblem[],
): Steps<Graph> {
  const { signature, values, nodes } = declaration;
  const [head] = yield* convertRange(conversion, signature, signature + 1, problems, (segment) =>
    segment.kind === 'graph-signature' ? graphHeadOf(conversion, segment) : undefined,
  );
  const inputs = head?.inputs ?? noValues;
  const listed = yield* listedOf(conversion, values, problems);
  return {
    ...(head?.graph ?? emptyGraph),
    initializers: keptInitializersOf(inputs, listed),
    inputs: keptValuesOf(inputs),
    valueInfos: keptValuesOf(listed),
    nodes: yield* nodesOf(conversion, nodes, problems),
  };
}

const noValues: readonly never[] = [];

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
function* functionsOf(
  conversion: Conversion,
  declaration: Declaration,
  problems: ModelProblem[],
): Steps<FunctionDefinition[]> {
  const { signature, values, nodes } = declaration;
  const heads = yield* convertRange(conversion, signature, signature + 1, problems, (segment) =>
    segment.kind === 'function-signature' ? signatureOf(conversion, segment) : undefined,
  );
  const listed = yield* listedOf(conversion, values, problems);
  const body = yield* nodesOf(conversion, nodes, problems);
  return heads.map((head) => keptWithBody(head, listed, body));
}

/** The same for graphs and functions, as an edit may turn entries of the one into entries of the other. */
function listedOf(
  conversion: Conversion,
  range: Declaration['values'],
  problems: ModelProblem[],
): Steps<readonly Declared[]> {
  return convertRange(conversion, range.from, range.to, problems, (segment) =>
    segment.kind === 'value-declaration' ? listedValueOf(conversion, segment) : undefined,
  );
}

function nodesOf(
  conversion: Conversion,
  range: Declaration['nodes'],
  problems: ModelProblem[],
): Steps<readonly Node[]> {
  return convertRange(conversion, range.from, range.to, problems, (segment) =>
    segment.kind === 'node-statement' ? nodeOf(conversion, segment) : undefined,
  );
}

/** What the segments of a range are converted to, those left out that `convert` has nothing for. */
function* convertRange<Value extends object>(
  conversion: Conversion,
  from: number,
  to: number,
  problems: ModelProblem[],
  convert: (segment: Segment) => Value | undefined,
): Steps<readonly Value[]> {
  const { kept, tree } = conversion;
  const end = Math.min(to, tree.segments.length);
  if (end <= from) return noValues;
  const known = kept.lists.get(from);
  if (known?.to === end) {
    pushProblems(kept, from, end, problems);
    return known.values as readonly Value[];
  }
  const bySegment = keptBySegment(conversion.old, from, end);
  let count = 0;
  // A search by the engine itself passes by the many that were kept in next to no time.
  for (let place = bySegment.indexOf(undefined); place >= 0; ) {
    const index = from + place;
    const segment = tree.segments[index];
    if (segment !== undefined) {
      conversion.segment = index;
      conversion.problems = undefined;
      // One segment is always converted by the same function: its kind says by which.
      bySegment[place] = convert(segment);
      if (conversion.problems !== undefined) kept.problems.set(index, conversion.problems);
    }
    if (++count % betweenPauses === 0) {
      closeSources(conversion);
      yield;
    }
    place = bySegment.indexOf(undefined, place + 1);
  }
  pushProblems(kept, from, end, problems);
  const all = bySegment as (Value | undefined)[];
  const values = all.includes(undefined)
    ? all.filter((value) => value !== undefined)
    : (all as readonly Value[]);
  kept.lists.set(from, { to: end, bySegment, values });
  return values;
}

/** Those of the segments of a range, in their order. */
function pushProblems(kept: ModelCache, from: number, end: number, problems: ModelProblem[]): void {
  if (kept.problems.size === 0) return;
  const indices = [...kept.problems.keys()].filter((index) => index >= from && index < end);
  for (const index of indices.sort((a, b) => a - b)) {
    for (const problem of kept.problems.get(index) ?? []) problems.push({ ...problem, segment: index });
  }
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
  const changed = changedPart(old.segments, segments);
  const { from, oldTo, newTo } = changed;
  const moved = newTo - oldTo;
  conversion.old = { lists: old.lists, changed };
  for (const [index, found] of old.problems) {
    if (index < from) kept.problems.set(index, found);
    else if (index >= oldTo) kept.problems.set(index + moved, found);
  }
  for (const [first, list] of old.lists) {
    if (list.to <= from) kept.lists.set(first, list);
    else if (first >= oldTo) kept.lists.set(first + moved, { ...list, to: list.to + moved });
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
