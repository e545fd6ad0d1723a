/** Inputs and outputs of a model in the order in which trtexec counts them. */
import type { Model, ValueInfo } from '../../onnx/model/model.ts';
import type { Port } from './to-trtexec.ts';

/** trtexec's words for ONNX data types. */
const typeNames: Readonly<Record<number, string>> = {
  1: 'fp32',
  2: 'uint8',
  3: 'int8',
  6: 'int32',
  7: 'int64',
  9: 'bool',
  10: 'fp16',
  16: 'bf16',
  17: 'fp8',
  22: 'int4',
};

/** Inputs that an initializer gives are none of the network. */
export function portsOf({ graph }: Model): { readonly inputs: Port[]; readonly outputs: Port[] } {
  if (!graph) return { inputs: [], outputs: [] };
  const given = new Set(graph.initializers.map(({ name }) => name));
  return {
    inputs: graph.inputs.filter(({ name }) => !given.has(name)).map(portOf),
    outputs: graph.outputs.map(portOf),
  };
}

function portOf({ name, type }: ValueInfo): Port {
  const known = type?.kind === 'tensor' ? typeNames[type.elementType] : undefined;
  return { name, ...(known !== undefined && { type: known }) };
}
