/** Types and shapes of TensorRT's network in the words of ONNX text. */
import type { Network, NetworkTensor } from '../../../native-bridge/src/protocol.ts';
import type { Model } from '../onnx/model/model.ts';
import { mainGraphTensors } from '../tensorrt/shapes/model-shapes.ts';
import type { NetworkTypes } from './values.ts';

/** nvinfer1::DataType by the name that ONNX text has for the type. */
const onnxNames: ReadonlyMap<string, string> = new Map([
  ['kFLOAT', 'float'],
  ['kHALF', 'float16'],
  ['kBF16', 'bfloat16'],
  ['kFP8', 'float8e4m3fn'],
  ['kFP4', 'float4e2m1'],
  ['kE8M0', 'float8e8m0'],
  ['kINT8', 'int8'],
  ['kUINT8', 'uint8'],
  ['kINT4', 'int4'],
  ['kINT32', 'int32'],
  ['kINT64', 'int64'],
  ['kBOOL', 'bool'],
]);

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
  const element = onnxNames.get(type) ?? type;
  if (!dims) {
    return `${element}[]`;
  }
  const shape = dims.map((dim, index) => (dim >= 0 ? String(dim) : dimensionNames[index] || '?'));
  return shape.length === 0 ? element : `${element}[${shape.join(',')}]`;
}
