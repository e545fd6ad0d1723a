/** Bringing external data into the model. */
import type { FileRange, Model, Tensor } from '../model/model.ts';
import { mapTensors } from './weightless/map-tensors.ts';

/**
 * All tensors with external data, in attributes and functions too, hold it in raw_data: as ranges of its files. `locate` is
 * externalBytes's. Throws an error that names the tensor whose data is not to be had.
 */
export function withExternalDataInside(
  model: Model,
  locate: (tensor: Tensor) => FileRange | undefined,
): Model {
  return mapTensors(model, (tensor) => {
    if (tensor.data.kind !== 'external') return tensor;
    const bytes = locate(tensor);
    if (bytes === undefined) {
      throw new Error(
        `The external data of "${tensor.name}" is not where the model says, or does not fit its type and shape.`,
      );
    }
    return { ...tensor, data: { kind: 'raw', bytes } };
  });
}
