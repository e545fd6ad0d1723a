import type { TensorRtCode } from './rule.ts';

/** What each code stands for, in one sentence: for lists of rules. The pages in docs/diagnostics tell more. */
export const titles: Readonly<Record<TensorRtCode, string>> = {
  'trt.cycle': 'The graph has a cycle.',
  'trt.dynamic-shape': 'A node needs shapes that are known at build time.',
  'trt.function-arguments': 'A call gives another number of inputs than the local function declares.',
  'trt.input-not-constant': 'An input has to be known at build time and is not.',
  'trt.internal-error': 'TensorRT failed inside itself.',
  'trt.invalid-graph': 'The graph is inconsistent.',
  'trt.invalid-model': 'The model file cannot be read.',
  'trt.invalid-node': 'A node is invalid as it stands.',
  'trt.invalid-value': 'A value is not allowed where it stands.',
  'trt.out-of-memory': 'TensorRT ran out of memory.',
  'trt.plugin-not-found': 'An operator is neither implemented by TensorRT nor by a loaded plugin.',
  'trt.refused': 'TensorRT refuses something with words that are not known yet.',
  'trt.shape-mismatch': 'The shapes of a node’s inputs do not fit together.',
  'trt.shape-tensor-type': 'An input that determines shapes has a type that TensorRT does not take for it.',
  'trt.too-many-outputs': 'TensorRT does not compute all outputs of a node.',
  'trt.undefined-value': 'A value is used that nothing defines.',
  'trt.unsupported-attribute': 'An attribute has a value that TensorRT does not implement.',
  'trt.unsupported-graph': 'The structure of the graph is beyond what TensorRT supports.',
  'trt.unsupported-initializer': 'An initializer cannot be imported.',
  'trt.unsupported-input-type': 'A graph input has an element type that TensorRT does not have.',
  'trt.unsupported-node': 'TensorRT does not implement an operator.',
  'trt.unsupported-shape': 'TensorRT does not support a shape.',
  'trt.unsupported-type': 'TensorRT does not compute an operator on values of a type.',
};
