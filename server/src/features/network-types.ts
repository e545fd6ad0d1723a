/** Types and shapes of TensorRT's network in the words of ONNX text. */

import type { Network, NetworkTensor } from '../../../native-bridge/src/protocol.ts';
import { onnxTypeOf } from '../engine/tensorrt-data-types.ts';
import type { Model } from '../onnx/model/model.ts';
import { mainGraphTensors } from '../tensorrt/shapes/model-shapes.ts';
import type { NetworkTypes } from './values.ts';

/** `model` is the one that TensorRT made the network of. */
export function networkTypes(
  network: Network,
  model: Model,
  runtime: string,
  current: boolean,
): NetworkTypes {
  return {
    runtime,
    current,
    typeOf: (name) => {
      const tensor = tensorsOf(network, model).get(name);
      return tensor && typeText(tensor);
    },
  };
}

const known = new WeakMap<Network, ReadonlyMap<string, NetworkTensor>>();

function tensorsOf(network: Network, model: Model): ReadonlyMap<string, NetworkTensor> {
  const tensors = known.get(network) ?? mainGraphTensors(model, network);
  known.set(network, tensors);
  return tensors;
}

/** `float[N,4]`; a scalar has no brackets, and what TensorRT has no shape for is of unknown rank. */
function typeText({ type, dims, dimensionNames }: NetworkTensor): string {
  const element = onnxTypeOf(type)?.name ?? type;
  if (!dims) {
    return `${element}[]`;
  }
  const shape = dims.map((dim, index) => (dim >= 0 ? String(dim) : dimensionNames[index] || '?'));
  return shape.length === 0 ? element : `${element}[${shape.join(',')}]`;
}
