import type { TypeOfValue } from '../engine/debug/reference-model.ts';
import { externalBytes } from '../onnx/binary/external-data.ts';
import { type Inference, inferModel } from '../onnx/inference/infer.ts';
import { readBytes } from '../onnx/model/bytes.ts';
import type { Model } from '../onnx/model/model.ts';
import { nodeFileAccess } from './file-access.ts';

/** Types of the main graph's values by inference. `folder`: absolute, what external data is relative to. */
export function typesOfValues(model: Model, folder: string): TypeOfValue {
  return typesOfInference(
    inferModel(model, {
      readBytes: (bytes) => readBytes(bytes, nodeFileAccess),
      external: externalBytes(nodeFileAccess, folder),
    }),
  );
}

export function typesOfInference(inference: Inference): TypeOfValue {
  return (name) => {
    const type = inference.value(inference.root, name)?.type;
    if (type === undefined) return undefined;
    if (type.kind !== 'tensor') return 'no tensor';
    return type.elementType === 0 ? undefined : { elementType: type.elementType };
  };
}
