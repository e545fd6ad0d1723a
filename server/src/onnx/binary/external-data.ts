/** External data of a model against its files, without reading them: where each tensor's bytes lie, and what keeps them from it. */
import { byteLength } from '../model/data-types.ts';
import type { FileAccess } from '../model/file-access.ts';
import type { FileRange, Model, Tensor } from '../model/model.ts';
import { FileSizes } from './weightless/file-sizes.ts';
import { mapTensors } from './weightless/map-tensors.ts';
import {
  externalRange,
  findProblem,
  problemOf,
  statesLength,
  type WeightProblem,
} from './weightless/plan.ts';

/** `modelDirectory`: absolute path of the folder that locations are relative to. In the order of the model. */
export function externalDataProblems(
  model: Model,
  files: FileAccess,
  modelDirectory: string,
): readonly WeightProblem[] {
  const sizes = new FileSizes(files);
  const problems: WeightProblem[] = [];
  mapTensors(model, (tensor) => {
    const problem = problemWith(tensor, modelDirectory, sizes);
    if (problem) problems.push(problem);
    return tensor;
  });
  return problems;
}

/** Finds the bytes of a tensor outside the model; undefined where they cannot be had. Sizes of files are asked for once. */
export function externalBytes(
  files: FileAccess,
  modelDirectory: string,
): (tensor: Tensor) => FileRange | undefined {
  const sizes = new FileSizes(files);
  return (tensor) => {
    if (tensor.data.kind !== 'external' || problemWith(tensor, modelDirectory, sizes)) return undefined;
    const range = externalRange(tensor, tensor.data.entries, { modelDirectory, sizes });
    return 'code' in range ? undefined : range;
  };
}

function problemWith(tensor: Tensor, modelDirectory: string, sizes: FileSizes): WeightProblem | undefined {
  if (tensor.data.kind !== 'external') return undefined;
  const range = externalRange(tensor, tensor.data.entries, { modelDirectory, sizes });
  if ('code' in range) return range;
  const problem = findProblem(tensor, range, sizes);
  if (problem) return problem;
  const needed = byteLength(tensor.dataType, tensor.dims);
  if (needed === undefined || needed === range.length) return undefined;
  const takes = `takes ${needed} bytes by its type and shape, and`;
  return statesLength(tensor)
    ? problemOf(
        tensor,
        'wrong-length',
        range.path,
        `${takes} ${range.length} are stated for it in ${range.path}.`,
        'length',
      )
    : problemOf(
        tensor,
        'wrong-length',
        range.path,
        `${takes} without a length it has all ${range.length} from its offset to the end of ${range.path}. Add "length": "${needed}".`,
      );
}
