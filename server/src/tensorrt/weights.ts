/** The values of a model's tensors: where they lie, and what they hash to. */
import { createHash, type Hash } from 'node:crypto';
import path from 'node:path';
import { nodeFileAccess } from '../node/file-access.ts';
import type { LoadedModel } from '../node/load-model.ts';
import { externalBytes } from '../onnx/binary/external-data.ts';
import { isFileRange, readBytes } from '../onnx/model/bytes.ts';
import { dataTypeOfNumber } from '../onnx/model/data-types.ts';
import type { Bytes, Tensor } from '../onnx/model/model.ts';
import { namedTensors } from '../onnx/model/named-tensors.ts';
import { decodeElements, encodeElements } from '../onnx/model/tensor-values.ts';

/** What `ENGINE.json` keeps of the weights of an engine that is to be refitted with the same. */
export interface WeightsRecord {
  /** Of names, types, shapes and values, whatever file they lie in and whatever form they have there. */
  readonly sha256: string;
  readonly tensors: number;
  readonly bytes: number;
}

/** Finds the values of a model's tensors, as raw_data has them. The answer is undefined where they cannot be had. */
export function rawBytesOf({ path: file }: Pick<LoadedModel, 'path'>): (tensor: Tensor) => Bytes | undefined {
  const external = externalBytes(nodeFileAccess, path.dirname(file));
  return (tensor) => {
    const { data } = tensor;
    switch (data.kind) {
      case 'raw':
        return data.bytes;
      case 'external':
        return external(tensor);
      case 'typed': {
        // Packed floats and doubles are stored as raw_data stores them.
        if (data.field === 'float_data' && tensor.dataType === 1) return data.bytes;
        if (data.field === 'double_data' && tensor.dataType === 11) return data.bytes;
        const elements = decodeElements(tensor, readBytes(data.bytes, nodeFileAccess));
        return elements && encodeElements(tensor, 'raw_data', elements);
      }
      case 'none':
        return new Uint8Array();
      case 'strings':
        return undefined;
    }
  };
}

/** Reads all weights once. Rejects with an error for people where some cannot be had, or the signal's reason. */
export async function weightsRecord(
  model: Pick<LoadedModel, 'name' | 'path' | 'model'>,
  signal?: AbortSignal,
): Promise<WeightsRecord> {
  const hash = createHash('sha256');
  let [tensors, total] = [0, 0];
  for await (const { bytes, hashInto } of tensorsToHash(model, new Set(), signal)) {
    hashInto(hash);
    tensors++;
    total += bytes;
  }
  return { sha256: hash.digest('hex'), tensors, bytes: total };
}

/** Tells a changed tensor from others, by its name: the first 16 digits of SHA-256, of type, shape and values. */
export type TensorHashes = Readonly<Record<string, string>>;

/** As `weightsRecord`, tensor by tensor. `without`: names of those that are left out. */
export async function tensorHashes(
  model: Pick<LoadedModel, 'name' | 'path' | 'model'>,
  without: ReadonlySet<string>,
  signal?: AbortSignal,
): Promise<TensorHashes> {
  const hashes: [string, string][] = [];
  for await (const { name, hashInto } of tensorsToHash(model, without, signal)) {
    const hash = createHash('sha256');
    hashInto(hash);
    hashes.push([name, hash.digest('hex').slice(0, 16)]);
  }
  return Object.fromEntries(hashes);
}

/** Names of tensors that are in one of the two only, or differ. */
export function differentTensors(left: TensorHashes, right: TensorHashes): readonly string[] {
  const [before, after] = [new Map(Object.entries(left)), new Map(Object.entries(right))];
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => before.get(name) !== after.get(name));
}

async function* tensorsToHash(
  model: Pick<LoadedModel, 'name' | 'path' | 'model'>,
  without: ReadonlySet<string>,
  signal: AbortSignal | undefined,
): AsyncGenerator<{
  readonly name: string;
  readonly bytes: number;
  readonly hashInto: (hash: Hash) => void;
}> {
  const bytesOf = rawBytesOf(model);
  const tensors = [...namedTensors(model.model)]
    .filter(([name, { dataType }]) => dataTypeOfNumber(dataType)?.bits !== undefined && !without.has(name))
    .sort(([left], [right]) => (left < right ? -1 : 1));
  for (const [name, tensor] of tensors) {
    const bytes = bytesOf(tensor);
    if (!bytes) throw new Error(`The values of ${name} in ${model.name} cannot be read.`);
    const hashInto = (hash: Hash) => {
      hash.update(JSON.stringify([name, tensor.dataType, tensor.dims.map(String), bytes.length]));
      for (const chunk of chunksOf(bytes)) {
        hash.update(chunk);
        signal?.throwIfAborted();
      }
    };
    yield { name, bytes: bytes.length, hashInto };
    // Gigabytes take seconds: what else this process does goes on.
    if (bytes.length > chunkBytes) await new Promise(setImmediate);
  }
}

const chunkBytes = 4 << 20;

function* chunksOf(bytes: Bytes): Generator<Uint8Array> {
  if (!isFileRange(bytes)) {
    yield bytes;
    return;
  }
  const source = nodeFileAccess.open(bytes.path);
  try {
    for (let done = 0; done < bytes.length; done += chunkBytes) {
      yield source.read(bytes.offset + done, Math.min(chunkBytes, bytes.length - done));
    }
  } finally {
    source.close();
  }
}
