import type { Network, NetworkTensor } from '../../../../native-bridge/src/protocol.ts';

/** Finds the tensors of TensorRT's network that hold a model's values. */
export interface NetworkIndex {
  /** A graph input. */
  input(name: string): NetworkTensor | undefined;
  /**
   * The output of a node. `way` are the names of the calls and If nodes that lead to the node, outermost first; `names` are the
   * names that the value may have: its own, and those by which callers know it.
   */
  output(way: readonly string[], node: string, names: readonly string[]): NetworkTensor | undefined;
}

/**
 * TensorRT makes names unique across functions and subgraphs (`t`, `t_1`), so a name alone says nothing. A layer's metadata says
 * which node it is of: `node_of_t | node_of_y (inner) | node_of_b (outer)`, the innermost first. Bodies of Loop and Scan leave no
 * trace there, and neither do the layers that collect their outputs.
 */
export function networkIndex(network: Network): NetworkIndex {
  const inputs = new Map<string, NetworkTensor>();
  for (const tensor of network.tensors) if (tensor.isInput) inputs.set(tensor.name, tensor);
  const ofNodes = new Map<string, NetworkTensor[]>();
  const ofNobody = new Map<string, NetworkTensor>();
  for (const layer of network.layers) {
    const outputs = layer.outputs.flatMap((index) => network.tensors[index] ?? []);
    if (layer.onnxNodes.length === 0) {
      for (const tensor of outputs) ofNobody.set(tensor.name, tensor);
    }
    for (const chain of layer.onnxNodes) {
      const key = keyOfChain(chain);
      const known = ofNodes.get(key);
      if (known) known.push(...outputs);
      else ofNodes.set(key, [...outputs]);
    }
  }
  return {
    input: (name) => inputs.get(name),
    output: (way, node, names) => {
      const tensors = ofNodes.get(keyOf(way, node)) ?? [];
      for (const name of names) {
        const found =
          tensors.findLast((tensor) => tensor.name === name) ??
          tensors.findLast((tensor) => isMadeUnique(tensor.name, name));
        if (found) return found;
      }
      return way.length === 0 && tensors.length === 0 ? ofNobody.get(names[0] ?? '') : undefined;
    },
  };
}

/** `t` may have become `t_14`. */
function isMadeUnique(tensor: string, name: string): boolean {
  return tensor.startsWith(`${name}_`) && /^\d+$/.test(tensor.slice(name.length + 1));
}

function keyOfChain(chain: string): string {
  const [node = '', ...callers] = chain.split(' | ');
  const way = callers.flatMap((caller) => {
    const [, name, operator] = /^(.*) \(([^()]*)\)$/s.exec(caller) ?? [undefined, caller, ''];
    return operator === 'then_branch' || operator === 'else_branch' ? [] : [name ?? ''];
  });
  return keyOf(way.reverse(), node);
}

function keyOf(way: readonly string[], node: string): string {
  return [...way, node].join('\0');
}
