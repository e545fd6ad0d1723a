/** Our inference beside onnx's, value by value. */

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { readModel } from '../../../../server/src/onnx/binary/reader.ts';
import {
  type Dim,
  isAnonymous,
  loneSymbol,
  substitute,
} from '../../../../server/src/onnx/inference/expression.ts';
import { formatType } from '../../../../server/src/onnx/inference/format.ts';
import {
  type Inference,
  type InferenceScope,
  inferModel,
} from '../../../../server/src/onnx/inference/infer.ts';
import type { ValueType } from '../../../../server/src/onnx/inference/value.ts';
import { isFileRange } from '../../../../server/src/onnx/model/bytes.ts';
import type { ByteSource } from '../../../../server/src/onnx/model/file-access.ts';
import type { Bytes, Model } from '../../../../server/src/onnx/model/model.ts';

export interface OracleResult {
  readonly name: string;
  readonly variant: string;
  readonly file: string;
  readonly error?: string;
  readonly graphs?: readonly {
    readonly path: readonly (readonly [node: number, attribute: string])[];
    readonly values: Readonly<Record<string, OracleType | null>>;
  }[];
}

type OracleType =
  | OracleTensor
  | { readonly kind: 'sequence' | 'optional'; readonly element: OracleType | null }
  | { readonly kind: 'map'; readonly key: number; readonly value: OracleType | null };

interface OracleTensor {
  readonly kind: 'tensor' | 'sparse_tensor';
  readonly element: number;
  readonly dims: readonly (number | string | null)[] | null;
}

export interface Comparison {
  values: number;
  /** Values of which we know no less than onnx. */
  asMuch: number;
  /** Values of which we know something that onnx does not. */
  more: number;
  readonly contradictions: string[];
  readonly less: string[];
  /** Values that onnx gets wrong, seen from what it says of the same model with all dims known. */
  readonly wrongInOnnx: string[];
  /** Expressions of ours that do not come to what the dim is in the same model with all dims known. */
  readonly wrongExpressions: string[];
  /** Dims that onnx calls by one of the model's names and we by another. */
  readonly otherNames: string[];
}

export function fileSource(path: string): ByteSource {
  const descriptor = openSync(path, 'r');
  return {
    path,
    size: fstatSync(descriptor).size,
    read: (offset, length) => {
      const bytes = new Uint8Array(length);
      readSync(descriptor, bytes, 0, length, offset);
      return bytes;
    },
    close: () => closeSync(descriptor),
  };
}

/** A model and what inference needs to read its small constants. */
export function openModel(path: string): {
  model: Model;
  readBytes: (bytes: Bytes) => Uint8Array;
  close: () => void;
} {
  const source = fileSource(path);
  const readBytes = (bytes: Bytes) => (isFileRange(bytes) ? source.read(bytes.offset, bytes.length) : bytes);
  return { model: readModel(source), readBytes, close: () => source.close() };
}

export function newComparison(): Comparison {
  return {
    values: 0,
    asMuch: 0,
    more: 0,
    contradictions: [],
    less: [],
    wrongInOnnx: [],
    wrongExpressions: [],
    otherNames: [],
  };
}

/**
 * Adds to a comparison. `concrete` is the oracle's result for the same model with all dims known, where a symbol `d24` stands
 * for 24: it tells whether expressions are right, and whether onnx is.
 */
export function compare(result: OracleResult, comparison: Comparison, concrete?: OracleResult): Inference {
  const { model, readBytes, close } = openModel(result.file);
  const inference = inferModel(model, { readBytes });
  for (const [index, { path, values }] of (result.graphs ?? []).entries()) {
    const scope = scopeAt(model, inference, path);
    for (const [name, theirs] of Object.entries(values)) {
      if (theirs === null || name === '') continue;
      const ours = scope && inference.value(scope, name)?.type;
      const where = `${result.name} (${result.variant}) ${path.map((step) => `${step.join(' ')}/`).join('')}${name}`;
      compareValue(where, ours, theirs, comparison, concrete?.graphs?.[index]?.values[name] ?? undefined);
    }
  }
  close();
  return inference;
}

function scopeAt(
  model: Model,
  inference: Inference,
  path: readonly (readonly [node: number, attribute: string])[],
): InferenceScope | undefined {
  let scope: InferenceScope | undefined = inference.root;
  let graph = model.graph;
  for (const [index, name] of path) {
    const node: NonNullable<typeof graph>['nodes'][number] | undefined = graph?.nodes[index];
    const attribute = node?.attributes.find((candidate) => candidate.name === name);
    scope = scope && node && inference.inside(scope, node, name);
    graph = attribute?.type === 'graph' ? attribute.value : undefined;
  }
  return scope;
}

function compareValue(
  where: string,
  ours: ValueType | undefined,
  theirs: OracleType,
  comparison: Comparison,
  concrete: OracleType | undefined,
): void {
  comparison.values++;
  const found: Found = { less: false, more: false, contradicts: false, renamed: false };
  compareTypes(ours, theirs, found);
  const line = `${where}: ${formatType(ours)}, onnx: ${JSON.stringify(theirs)}`;
  if (concrete && contradictsConcrete(dimsOf(theirs), concrete)) {
    comparison.wrongInOnnx.push(`${line}, in truth: ${JSON.stringify(concrete)}`);
    comparison.asMuch++;
  } else if (found.less) {
    comparison.less.push(line);
  } else {
    comparison.asMuch++;
  }
  if (concrete && contradictsConcrete(evaluatedDims(ours), concrete)) {
    comparison.wrongExpressions.push(`${line}, in truth: ${JSON.stringify(concrete)}`);
  }
  if (found.contradicts) comparison.contradictions.push(line);
  if (found.more) comparison.more++;
  if (found.renamed) comparison.otherNames.push(line);
}

function dimsOf(type: OracleType): OracleTensor['dims'] {
  return type.kind === 'tensor' || type.kind === 'sparse_tensor' ? type.dims : null;
}

function contradictsConcrete(dims: readonly unknown[] | null | undefined, concrete: OracleType): boolean {
  const known = dimsOf(concrete);
  if (!dims || !known) return false;
  return (
    dims.length !== known.length ||
    dims.some(
      (dim, axis) => typeof dim === 'number' && typeof known[axis] === 'number' && dim !== known[axis],
    )
  );
}

/** Our dims with 24 for each symbol `d24`. */
function evaluatedDims(type: ValueType | undefined): readonly Dim[] | undefined {
  if (type?.kind !== 'tensor') return undefined;
  return type.shape?.map((dim) =>
    substitute(dim, (name, anonymous) =>
      anonymous ? undefined : Number(/^d(\d+)$/.exec(name)?.[1]) || undefined,
    ),
  );
}

interface Found {
  less: boolean;
  more: boolean;
  contradicts: boolean;
  renamed: boolean;
}

function compareTypes(ours: ValueType | undefined, theirs: OracleType | null, found: Found): void {
  if (theirs === null) {
    found.more ||= ours !== undefined;
    return;
  }
  if (ours === undefined) {
    found.less = true;
    return;
  }
  if (ours.kind !== theirs.kind) {
    found.contradicts = true;
    return;
  }
  if (theirs.kind === 'map') {
    if (ours.kind !== 'map') return;
    if (ours.key !== theirs.key && theirs.key !== 0) found[ours.key === 0 ? 'less' : 'contradicts'] = true;
    compareTypes(ours.value, theirs.value, found);
    return;
  }
  if (theirs.kind === 'sequence' || theirs.kind === 'optional') {
    if (ours.kind === 'sequence' || ours.kind === 'optional')
      compareTypes(ours.element, theirs.element, found);
    return;
  }
  if (ours.kind !== 'tensor' && ours.kind !== 'sparse_tensor') return;
  if (theirs.kind !== 'tensor' && theirs.kind !== 'sparse_tensor') return;
  if (ours.elementType !== theirs.element && theirs.element !== 0) {
    found[ours.elementType === 0 ? 'less' : 'contradicts'] = true;
  }
  compareShapes(ours.shape, theirs.dims, found);
}

function compareShapes(
  ours: Extract<ValueType, { kind: 'tensor' | 'sparse_tensor' }>['shape'],
  theirs: readonly (number | string | null)[] | null,
  found: Found,
): void {
  if (theirs === null) {
    found.more ||= ours !== undefined;
    return;
  }
  if (ours === undefined) {
    found.less = true;
    return;
  }
  if (ours.length !== theirs.length) {
    found.contradicts = true;
    return;
  }
  theirs.forEach((their, axis) => {
    const our = ours[axis];
    // Names that stand for nothing, and negative dims, say nothing.
    const isUnknown = their === null || (typeof their === 'string' ? /^unk__|^\?$/.test(their) : their < 0);
    if (isUnknown) found.more ||= our !== undefined && !isAnonymous(our);
    else if (typeof their === 'number') {
      if (typeof our === 'number') found.contradicts ||= our !== their;
      else found.less = true;
    } else if (typeof our === 'number') found.more = true;
    else if (our === undefined || loneSymbol(our)?.anonymous) found.less = true;
    else if (loneSymbol(our)?.name !== their) found.renamed = true;
  });
}
