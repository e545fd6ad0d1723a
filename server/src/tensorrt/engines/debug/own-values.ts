/** Ranges of a model's own values and of its inputs, for telling masks from what went wrong: see engine/debug/own-infinities.ts. */
import path from 'node:path';
import type { StoredValues } from '../../../engine/debug/capture.ts';
import type { OwnValues, ValueRange } from '../../../engine/debug/own-infinities.ts';
import { openValueFile } from '../../../engine/tensor-values/value-file.ts';
import { valueType } from '../../../engine/tensor-values/value-types.ts';
import { nodeFileAccess } from '../../../node/file-access.ts';
import { isFileRange } from '../../../onnx/model/bytes.ts';
import { dataTypeOfNumber } from '../../../onnx/model/data-types.ts';
import type { Bytes, Tensor } from '../../../onnx/model/model.ts';
import { rawBytesOf } from '../../weights.ts';
import type { DebuggedModel } from './capture.ts';

/** `directory`: what the files of inputs are relative to. Each range is read once, when it is asked for. */
export function ownValues(
  model: DebuggedModel,
  inputs: readonly StoredValues[],
  directory: string,
): OwnValues {
  const bytesOf = rawBytesOf(model);
  const ofTensors = new Map<Tensor, ValueRange | undefined>();
  const ofInputs = new Map<string, ValueRange | undefined>();
  return {
    model: model.model,
    rangeOf: (tensor) => {
      if (!ofTensors.has(tensor)) ofTensors.set(tensor, rangeOfTensor(tensor, bytesOf(tensor)));
      return ofTensors.get(tensor);
    },
    rangeOfInput: (name) => {
      const stored = inputs.find((input) => input.name === name);
      if (stored && !ofInputs.has(name)) {
        const file = path.resolve(directory, stored.file);
        ofInputs.set(name, rangeIn(openValueFile(file, nodeFileAccess, stored.type).chunks()));
      }
      return ofInputs.get(name);
    },
  };
}

/** Bytes. A whole number of elements of any type. */
const chunkBytes = 2 ** 20;

function rangeOfTensor(tensor: Tensor, bytes: Bytes | undefined): ValueRange | undefined {
  const type = valueType(dataTypeOfNumber(tensor.dataType)?.name ?? '');
  // Integers and the like hold no infinities, and nothing that makes some.
  if (!type?.isFloat || !bytes) return undefined;
  if (!isFileRange(bytes)) return rangeIn([type.decode(bytes)]);
  const { path: file, offset, length } = bytes;
  const source = nodeFileAccess.open(file);
  function* chunks() {
    for (let done = 0; done < length; done += chunkBytes) {
      yield type?.decode(source.read(offset + done, Math.min(chunkBytes, length - done))) ?? [];
    }
  }
  try {
    return rangeIn(chunks());
  } finally {
    source.close();
  }
}

function rangeIn(chunks: Iterable<ArrayLike<number>>): ValueRange {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at++) {
      const value = chunk[at] ?? Number.NaN;
      if (value < least) least = value;
      if (value > greatest) greatest = value;
    }
  }
  return { least, greatest };
}
