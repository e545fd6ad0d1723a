import { enumName } from '../abi/enums.ts';
import type { Pointer } from '../abi/methods.ts';
import type { VirtualCalls } from '../native/virtual-calls.ts';
import type { Network as NetworkDescription, NetworkLayer, NetworkTensor } from '../protocol.ts';
import type { Network } from './network.ts';

/** Copies what a parsed network consists of: about 5 µs per layer and tensor. */
export function walkNetwork(calls: VirtualCalls, network: Network): NetworkDescription {
  const inputs = new Set(network.inputs());
  const outputs = new Set(network.outputs());
  const tensors: NetworkTensor[] = [];
  const indices = new Map<Pointer, number>();

  const tensorIndex = (address: Pointer | null): number => {
    if (address === null) {
      return -1;
    }
    let index = indices.get(address);
    if (index === undefined) {
      index = tensors.length;
      indices.set(address, index);
      tensors.push(describeTensor(calls, address, inputs.has(address), outputs.has(address)));
    }
    return index;
  };

  inputs.forEach(tensorIndex);
  const layers = network.layers().map((layer): NetworkLayer => {
    const type = calls.invoke(layer, 'getType');
    const inputCount = calls.invoke(layer, 'getNbInputs');
    const outputCount = calls.invoke(layer, 'getNbOutputs');
    return {
      name: calls.invoke(layer, 'getName') ?? '',
      type: enumName(calls.abi, 'LayerType', type) ?? String(type),
      inputs: indexed(inputCount, (index) => tensorIndex(calls.invoke(layer, 'getInput', index))),
      outputs: indexed(outputCount, (index) => tensorIndex(calls.invoke(layer, 'getOutput', index))),
      onnxNodes: onnxNodesOf(calls.invoke(layer, 'getMetadata') ?? ''),
    };
  });
  outputs.forEach(tensorIndex);
  return { tensors, layers };
}

function describeTensor(
  calls: VirtualCalls,
  address: Pointer,
  isInput: boolean,
  isOutput: boolean,
): NetworkTensor {
  const tensor = calls.object('VTensor', address);
  const type = calls.invoke(tensor, 'getType');
  const dims = calls.invoke(tensor, 'getDimensions');
  return {
    name: calls.invoke(tensor, 'getName') ?? '',
    type: enumName(calls.abi, 'DataType', type) ?? String(type),
    ...(dims && { dims }),
    // TensorRT keeps names for the dimensions of inputs only.
    dimensionNames:
      isInput && dims ? dims.map((_, index) => calls.invoke(tensor, 'getDimensionName', index) ?? '') : [],
    isInput,
    isOutput,
  };
}

/**
 * The node names in a layer's metadata: `[ONNX Layer: conv0]`, several of them separated by the control characters 0x1E and
 * 0x1F.
 */
export function onnxNodesOf(metadata: string): string[] {
  const prefix = '[ONNX Layer: ';
  return metadata
    .replaceAll('\u001e', '\u001f')
    .split('\u001f')
    .filter((part) => part.startsWith(prefix) && part.endsWith(']'))
    .map((part) => part.slice(prefix.length, -1));
}

function indexed<Value>(count: number, read: (index: number) => Value): Value[] {
  return Array.from({ length: count }, (_, index) => read(index));
}
