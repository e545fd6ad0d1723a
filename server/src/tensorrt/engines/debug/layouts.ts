/** Captured values that TensorRT handed over in a format of its own, in row-major order again. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { DebugTensor, StoredValues } from '../../../engine/debug/capture.ts';
import {
  correlationIn,
  type Layout,
  layoutsOf,
  placesIn,
  rowMajor,
} from '../../../engine/tensor-values/layouts.ts';
import { openValueFile, type ValueFile } from '../../../engine/tensor-values/value-file.ts';
import { nodeFileAccess } from '../../../node/file-access.ts';
import { writeModel } from '../../../node/write-model.ts';

export interface Rearranged {
  /** Tensors whose files were written again. */
  readonly rearranged: readonly string[];
  /** Tensors whose values cannot be had: padding took the place of some. */
  readonly unreadable: readonly string[];
  readonly notes: readonly string[];
}

/** Correlations: in a wrong order values have next to none, and an engine that computes coarsely stays far above this. */
const unrelated = 0.9;
const alike = 0.99;

/** Values of both sides and their places are in memory, 8 bytes each. */
const mostElements = 2 ** 24;

/** So many elements tell whether a format is worth a look at all of them. */
const sample = 2 ** 15;

/**
 * Looks at what differs from the reference, and finds the format in which it does not. Only the reference can tell: neither the listener nor
 * an engine without detailed layer information does. `directory`: what the files are relative to.
 */
export async function inRowMajorOrder(
  tensors: readonly DebugTensor[],
  directory: string,
): Promise<Rearranged> {
  const rearranged: string[] = [];
  const unreadable: string[] = [];
  const tooLarge: string[] = [];
  const names = new Map<string, string[]>();
  for (const { name, engine, reference, comparison } of tensors) {
    if (!engine || !reference || comparison?.verdict !== 'differs') continue;
    if (comparison.count > mostElements) {
      if ((comparison.cosine ?? 0) < unrelated && layoutsOf(engine.dims).length > 0) tooLarge.push(name);
      continue;
    }
    const found = layoutOf(open(engine, directory), open(reference, directory));
    if (!found) continue;
    names.set(found.layout.name, [...(names.get(found.layout.name) ?? []), name]);
    const isWritten = await rewrite(engine, directory, found.places);
    (isWritten ? rearranged : unreadable).push(name);
  }
  return {
    rearranged,
    unreadable,
    notes: [
      ...Array.from(
        names,
        ([layout, some]) =>
          `TensorRT handed ${some.join(', ')} over in the format of its kernels (${layout}), as the comparison with the reference shows.${some.every((name) => rearranged.includes(name)) ? ' The files have the values in row-major order.' : ''}`,
      ),
      ...(unreadable.length > 0
        ? [
            `${unreadable.join(', ')}: that format pads the channels, so not all values came. They are left out.`,
          ]
        : []),
      ...(tooLarge.length > 0
        ? [
            `${tooLarge.join(', ')}: too large to look for the format of TensorRT’s kernels (more than ${mostElements} values), so that they differ may be the format. A smaller shape (--shapes) tells.`,
          ]
        : []),
    ],
  };
}

function open(values: StoredValues, directory: string): ValueFile {
  return openValueFile(path.resolve(directory, values.file), nodeFileAccess, values.type);
}

function layoutOf(
  values: ValueFile,
  reference: ValueFile,
): { readonly layout: Layout; readonly places: Float64Array } | undefined {
  const candidates = layoutsOf(values.dims);
  if (candidates.length === 0) return undefined;
  const [own, other] = [allOf(values), allOf(reference)];
  const inOrder = Float64Array.from(own, (_, at) => at);
  if (correlationIn(own, other, inOrder) >= unrelated) return undefined;
  // Odd, so that it meets all channels of a vector.
  const step = Math.floor(own.length / sample) | 1;
  let best: { layout: Layout; places: Float64Array; correlation: number } | undefined;
  for (const layout of candidates) {
    const places = placesIn(values.dims, layout);
    if (correlationIn(own, other, places, step) <= unrelated) continue;
    const correlation = correlationIn(own, other, places);
    if (correlation > (best?.correlation ?? alike)) best = { layout, places, correlation };
  }
  return best;
}

function allOf({ count, chunks }: ValueFile): Float64Array {
  const all = new Float64Array(count);
  let at = 0;
  for (const chunk of chunks()) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

/** False where not all values are there. */
async function rewrite(values: StoredValues, directory: string, places: Float64Array): Promise<boolean> {
  const file = path.resolve(directory, values.file);
  const { dataOffset, byteLength, type } = open(values, directory);
  const bytes = readFileSync(file);
  const data = rowMajor(bytes.subarray(dataOffset, dataOffset + byteLength), type.bytes, places);
  if (!data) return false;
  await writeModel(file, [bytes.subarray(0, dataOffset), data]);
  return true;
}
