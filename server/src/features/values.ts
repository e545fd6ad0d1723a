/** The value under the cursor, and what is known of a value. */
import {
  declarationAt,
  type Occurrence,
  occurrencesOf,
  type Scope,
  scopeOfName,
} from '../onnx/analysis/names.ts';
import type { NameRole } from '../onnx/analysis/segment-names.ts';
import type { GraphSyntax } from '../onnx/text/syntax-tree.ts';
import { type OnnxDocument, textOf } from './document.ts';
import type { Element, IdentifierRole, Place } from './elements.ts';
import { inferredType } from './inferred-types.ts';

export interface ValueReference {
  readonly name: string;
  /** The scope that defines it. */
  readonly scope: Scope;
  /** Index of the segment of the reference. */
  readonly segment: number;
}

export type TypeSource =
  | 'tensorrt'
  | 'value_info'
  | 'input'
  | 'output'
  | 'initializer'
  | 'inferred'
  /** Inferred from the text as it was before the last edits; that of the text as it stands is being worked out. */
  | 'inferred-before';

export interface KnownType {
  /** As ONNX text writes it: `float[N,3,224,224]`. */
  readonly text: string;
  readonly source: TypeSource;
}

/** Types and shapes of the network that TensorRT made of a document. */
export interface NetworkTypes {
  /** `TensorRT 11.2.1` */
  readonly runtime: string;
  /** Whether the network is that of the text as it stands; otherwise of a version before. */
  readonly current: boolean;
  /** Of a value of the main graph; a dimension known only at run time is `?`, or its name where it has one. */
  typeOf(name: string): string | undefined;
}

const valueRoles: ReadonlySet<IdentifierRole> = new Set<NameRole>([
  'input',
  'output',
  'initializer',
  'value-info',
  'node-output',
  'node-input',
]);

/** The value whose name the cursor is on. */
export function valueAt(document: OnnxDocument, place: Place): ValueReference | undefined {
  const element = place.path.at(-1);
  const declaration = declarationAt(document.tree, place.segment);
  if (element?.kind !== 'identifier' || !valueRoles.has(element.role) || declaration === undefined) {
    return undefined;
  }
  const { name } = element.node;
  if (name === '') {
    return undefined;
  }
  const scope = scopeOfName({ declaration, graphs: graphsAround(place.path) }, name);
  return { name, scope, segment: place.segment };
}

/** The graphs inside attributes that a place is in, the outermost first. */
export function graphsAround(path: readonly Element[]): GraphSyntax[] {
  return path.flatMap((element) => (element.kind === 'graph' ? [element.node] : []));
}

/** All places that name the value, in document order. */
export function occurrencesOfValue(document: OnnxDocument, value: ValueReference): Occurrence[] {
  return occurrencesOf(document.names, value.scope, value.name, value.segment);
}

/**
 * Type and shape of a value: from TensorRT's network where the value is of the main graph, else as the text states it, else by our
 * inference. Names of dimensions in the text are kept where TensorRT has none.
 */
export function typeOfValue(
  document: OnnxDocument,
  occurrences: readonly Occurrence[],
  value: ValueReference,
  network: NetworkTypes | undefined,
): KnownType | undefined {
  const stated = statedType(document, occurrences);
  const isOfMainGraph =
    value.scope.graphs.length === 0 && document.tree.declarations[value.scope.declaration]?.kind === 'graph';
  const judged = isOfMainGraph ? network?.typeOf(value.name) : undefined;
  if (judged !== undefined) {
    const names =
      stated?.text ?? (judged.includes('?') ? currentType(document, occurrences, value) : undefined);
    return { text: withDimensionNames(judged, names), source: 'tensorrt' };
  }
  if (stated) {
    return stated;
  }
  const inferred = inferredType(document, occurrences, value);
  return inferred && { text: inferred.text, source: inferred.isCurrent ? 'inferred' : 'inferred-before' };
}

function currentType(
  document: OnnxDocument,
  occurrences: readonly Occurrence[],
  value: ValueReference,
): string | undefined {
  const inferred = inferredType(document, occurrences, value);
  return inferred?.isCurrent ? inferred.text : undefined;
}

const sourceOfRole: Partial<Record<NameRole, TypeSource>> = {
  'value-info': 'value_info',
  input: 'input',
  output: 'output',
  initializer: 'initializer',
};

function statedType(document: OnnxDocument, occurrences: readonly Occurrence[]): KnownType | undefined {
  let found: KnownType | undefined;
  for (const { owner, role, segment } of occurrences) {
    const source = sourceOfRole[role];
    if (owner.kind === 'value-declaration' && owner.type && source && (!found || source === 'value_info')) {
      found = { text: textOf(document, segment, owner.type).replace(/\s+/g, ''), source };
    }
  }
  return found;
}

/** `float[?,4]` and `float[N,4]` give `float[N,4]`. */
function withDimensionNames(judged: string, stated: string | undefined): string {
  const ours = dimensionsOf(stated);
  const theirs = dimensionsOf(judged);
  if (!ours || !theirs || ours.length !== theirs.length) {
    return judged;
  }
  const dims = theirs.map((dim, index) => (dim === '?' ? (ours[index] ?? dim) : dim));
  return `${judged.slice(0, judged.indexOf('['))}[${dims.join(',')}]`;
}

function dimensionsOf(type: string | undefined): string[] | undefined {
  const dims = type && /^\w+\[(.*)\]$/.exec(type)?.[1];
  return dims ? dims.split(',') : undefined;
}
