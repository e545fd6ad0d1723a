import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parserWords } from '../../../../server/src/tensorrt/messages/parser-words.ts';

/** Descriptions as TensorRT 10.15, 11.2 and TensorRT for RTX 1.7.1 give them. */
const cases: readonly (readonly [description: string, words: string])[] = [
  ['false', 'false'],
  [
    'creator && "Plugin not found, are the plugin name, version, and namespace correct?"',
    'Plugin not found, are the plugin name, version, and namespace correct?',
  ],
  [
    'Assertion failed: resolvedWeights(axesWeights): Axis input must resolve to a build-time constant (an initializer or a constant-foldable subgraph)!',
    'Axis input must resolve to a build-time constant (an initializer or a constant-foldable subgraph)!',
  ],
  [
    'Assertion failed: creator && getPluginCreatorVersion(creator) == CreatorVersion::kV3ONE: failed to load LinearAttention plugin.',
    'failed to load LinearAttention plugin.',
  ],
  [
    'Assertion failed: convertDtype(onnxDtype.elem_type(), &trtDtype) && "Failed to convert ONNX date type to TensorRT data type."',
    'Failed to convert ONNX date type to TensorRT data type.',
  ],
  [
    'Failed to import initializer: In node -1 with name:  and operator:  (parseGraph): UNSUPPORTED_NODE: Assertion failed: ctx->getWeightsContext().convertOnnxWeights(initializer, &weights): Failed to import initializer: labels',
    'Failed to import initializer: labels',
  ],
  [
    'Invalid Node - node_of_m\nITensor::getDimensions: Error Code 4: API Usage Error (node_of_m: last dimension of input0 = 4 and second to last dimension of input1 = 3 but must match. In validate at /_src/optimizer/api/layers/matrixMultiplyLayer.cpp:192)\n[checkMacros.cpp::catchCudaError::250] Error Code 1: Cuda Runtime (In catchCudaError at /_src/common/dispatch/checkMacros.cpp:250 (cudaError 35: CUDA driver version is insufficient for CUDA runtime version))',
    'last dimension of input0 = 4 and second to last dimension of input1 = 3 but must match',
  ],
  [
    'Invalid Node - node_of_y\nITensor::getDimensions: Error Code 4: Shape Error (unsqueeze axis is not a constant In makeAxesMask at /_src/optimizer/common/shape/shapeContext.cpp:3553)',
    'unsqueeze axis is not a constant',
  ],
  [
    'Invalid Node - node_of_Y\nITensor::getDimensions: Error Code 3: API Usage Error (node_of_Y_AttentionInput: Key and Value must have the same shape In validate at /_src/optimizer/api/layers/attentionInputLayer.cpp:177)\nITensor::getDimensions: Error Code 4: API Usage Error (Output shape can not be computed for node node_of_Y_AttentionOutput. In needTypeAndDimensions at /_src/optimizer/shapeof/graphShapeAnalyzer.cpp:3026)',
    'Key and Value must have the same shape',
  ],
  // Nothing but the headline: better than nothing.
  ['Invalid Node - node_of_y', 'Invalid Node - node_of_y'],
  ['Words that no parser has said yet', 'Words that no parser has said yet'],
];

describe('the parser’s own words', () => {
  for (const [description, words] of cases) {
    test(words, () => assert.equal(parserWords(description), words));
  }
});
