/** Single weights as the bridge takes them: a range of a file for each. */
import type { WeightSource } from '../../../../../native-bridge/src/engine-protocol.ts';
import { listedNames } from '../../../engine/listed-names.ts';
import type { MappedWeight } from '../../../engine/refit/map-weights.ts';
import { convertWeights } from '../../../engine/refit/weight-types.ts';
import { onnxTypeOf } from '../../../engine/tensorrt-data-types.ts';
import { nodeFileAccess } from '../../../node/file-access.ts';
import type { LoadedModel } from '../../../node/load-model.ts';
import { isFileRange, readBytes } from '../../../onnx/model/bytes.ts';
import { byteLength, dataTypeName, elementCount } from '../../../onnx/model/data-types.ts';
import { temporaryFile } from '../../temporary-file.ts';
import { rawBytesOf } from '../../weights.ts';

export interface WeightSources {
  readonly sources: readonly WeightSource[];
  /** Removes what was written for them. */
  readonly remove: () => Promise<void>;
}

/** Throws an error for people where one of the names is none of the engine's, or its values cannot be had or do not fit. */
export async function weightSources(
  names: readonly string[],
  weights: readonly MappedWeight[],
  model: LoadedModel,
): Promise<WeightSources> {
  const written: (() => Promise<void>)[] = [];
  const remove = async () => {
    for (const each of written) await each();
  };
  try {
    const sources: WeightSource[] = [];
    const bytesOf = rawBytesOf(model);
    for (const name of new Set(names)) {
      const { tensor, type, count } = weightOf(name, weights, model);
      const bytes = bytesOf(tensor);
      if (!bytes || bytes.length !== byteLength(tensor.dataType, tensor.dims)) {
        throw new Error(`The values of ${name} cannot be read from ${model.name}.`);
      }
      const target = onnxTypeOf(type);
      if (!target) throw new Error(`${name} has the type ${type} in the engine, which is not known here.`);
      const isSame = target.number === tensor.dataType;
      if (isSame && isFileRange(bytes)) {
        sources.push({ name, type, count, path: bytes.path, offset: bytes.offset, byteLength: bytes.length });
        continue;
      }
      const converted = convertWeights(readBytes(bytes, nodeFileAccess), tensor.dataType, target);
      if (converted.kind === 'refused') {
        throw new Error(
          `${name} is ${dataTypeName(tensor.dataType)} in ${model.name} and ${target.name} in the engine, and ${converted.reason}. Convert it in the model, or refit the engine with the whole model.`,
        );
      }
      const file = await temporaryFile(converted.bytes);
      written.push(() => file.remove());
      sources.push({ name, type, count, path: file.path, offset: 0, byteLength: converted.bytes.length });
    }
    return { sources, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

function weightOf(name: string, weights: readonly MappedWeight[], model: LoadedModel) {
  const found = weights.find((weight) => weight.name === name);
  if (!found) {
    const [byLayer] = weights.filter(({ tensor, type }) => tensor?.name === name && type === undefined);
    throw new Error(
      byLayer
        ? `TensorRT knows ${name} only as ${byLayer.name}; refit the engine with the whole model.`
        : `The engine has no refittable weights ${name}. It has ${listedNames(
            weights.map((weight) => weight.name),
            12,
          )}.`,
    );
  }
  const { tensor, type, count, mismatch } = found;
  if (!tensor) throw new Error(`${model.name} has no initializer ${name}.`);
  if (mismatch !== undefined) throw new Error(`${name} does not fit: ${mismatch}.`);
  const own = elementCount(tensor.dims);
  if (type === undefined || count === undefined || own === undefined) {
    throw new Error(`TensorRT does not tell the type of ${name}; refit the engine with the whole model.`);
  }
  return { tensor, type, count };
}
