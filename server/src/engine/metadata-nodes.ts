/** The nodes that an engine itself names, for where its model is not at hand: built with detailed verbosity, layers have them as metadata. */
import type { GraphNode } from './graph-nodes.ts';
import type { LayerInformation } from './layer-information.ts';

/** By name, and nothing else is known of them; of several engines, those of all. Undefined where one of them names none. */
export function metadataNodes(
  ...engines: readonly (LayerInformation | undefined)[]
): readonly GraphNode[] | undefined {
  const names = engines.map((engine) => engine?.layers.flatMap(({ onnxNodes }) => onnxNodes) ?? []);
  if (names.some(({ length }) => length === 0)) return undefined;
  return [...new Set(names.flat())].map((name) => ({
    name,
    operator: '',
    domain: '',
    inputs: [],
    outputs: [],
    top: 0,
    path: [],
    isConstant: false,
  }));
}

export const metadataNodesNote =
  'The model is not at hand, so nodes are those that the engine’s own metadata names.';
