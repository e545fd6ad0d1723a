/** Weights that are no longer where a text says, found again by their fingerprint. */
import { sameBytes } from '../../binary/merge/rope.ts';
import { ModelReadError, readModel } from '../../binary/reader.ts';
import { isFileRange } from '../../model/bytes.ts';
import { tensorsOf } from '../../model/external-data.ts';
import type { ByteSource, KeptWeights } from '../../model/file-access.ts';
import { fingerprint } from '../../model/fingerprint.ts';
import type { FileRange } from '../../model/model.ts';
import { type ElementField, elementField } from '../../model/tensor-values.ts';

export interface SoughtWeights {
  /** The tensor's name, which decides between equal tensors. */
  readonly name: string;
  readonly field: ElementField;
  readonly length: number;
  readonly check: string;
}

/** The data of tensors in a model file, by field and length. */
export type WeightsIndex = ReadonlyMap<
  string,
  readonly { readonly name: string; readonly range: FileRange }[]
>;

/** Empty for a file that is no model. */
export function indexWeights(source: ByteSource): WeightsIndex {
  const index = new Map<string, { name: string; range: FileRange }[]>();
  try {
    for (const tensor of tensorsOf(readModel(source, { inlineBytes: 0 }))) {
      const { data, name } = tensor;
      if ((data.kind !== 'raw' && data.kind !== 'typed') || !isFileRange(data.bytes)) continue;
      const key = keyOf(elementField(tensor), data.bytes.length);
      const known = index.get(key);
      if (known === undefined) index.set(key, [{ name, range: data.bytes }]);
      else known.push({ name, range: data.bytes });
    }
  } catch (error) {
    if (!(error instanceof ModelReadError)) throw error;
  }
  return index;
}

function keyOf(field: ElementField, length: number): string {
  return `${field} ${length}`;
}

/** Where the bytes are now: in the file, or among the weights that a save took out of it. */
export function findWeights(
  sought: SoughtWeights,
  source: ByteSource,
  index: WeightsIndex,
  kept: readonly KeptWeights[],
): FileRange | undefined {
  const { name, field, length, check } = sought;
  const matching = (index.get(keyOf(field, length)) ?? []).filter(
    ({ range }) =>
      fingerprint(length, (offset, bytes) => source.read(range.offset + offset, bytes)) === check,
  );
  const named = matching.find((candidate) => candidate.name === name);
  if (named !== undefined) return named.range;
  const keptRange = kept.find(
    (candidate) =>
      candidate.field === field && candidate.range.length === length && candidate.check === check,
  )?.range;
  if (keptRange !== undefined) return keptRange;
  const [first, ...others] = matching;
  // Samples may agree where all bytes do not: then nobody knows which of them is meant.
  const reader = {
    read: (_path: string, offset: number, bytes: number) => source.read(offset, bytes),
    close() {},
  };
  return first !== undefined && others.every(({ range }) => sameBytes([first.range], [range], reader))
    ? first.range
    : undefined;
}
