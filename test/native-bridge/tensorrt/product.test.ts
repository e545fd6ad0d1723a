import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identifyProduct } from '../../../native-bridge/src/tensorrt/product.ts';

test('the product is told by the names of its libraries', () => {
  const products = [
    ['TensorRT', 'libnvinfer.so', 'libnvonnxparser.so'],
    ['TensorRT', 'libnvinfer.so.10', 'libnvonnxparser.so.10.15.1'],
    ['TensorRT', 'nvinfer_11.dll', 'nvonnxparser_11.dll'],
    ['TensorRT-RTX', 'libtensorrt_rtx.so.1.7.1', 'libtensorrt_onnxparser_rtx.so.1'],
    ['TensorRT-RTX', 'tensorrt_rtx_1_7.dll', 'tensorrt_onnxparser_rtx_1_7.dll'],
  ] as const;
  for (const [product, infer, onnxParser] of products) {
    assert.equal(identifyProduct({ infer: `/lib/${infer}`, onnxParser: `/lib/${onnxParser}` }), product);
  }
});

test('what is not TensorRT, or does not belong together, is refused in a sentence', () => {
  const refusals = [
    [
      'libnvinfer_plugin.so.10',
      'libnvonnxparser.so.10',
      /libnvinfer_plugin\.so\.10 is not a library of TensorRT/,
    ],
    ['libonnxruntime.so.1', 'libnvonnxparser.so.10', /libonnxruntime\.so\.1 is not a library of TensorRT/],
    [
      'libnvinfer.so.10',
      'libm.so.6',
      /its ONNX parser is called libnvonnxparser\.so or libtensorrt_onnxparser_rtx\.so/,
    ],
    ['libnvinfer.so.10', 'libnvinfer.so.10', /but its ONNX parser is needed here/],
    ['libnvinfer.so.10', 'libnvonnxparser.so.11', /one is of version 10, the other of 11/],
    [
      'libnvinfer.so.10.6.0',
      'libnvonnxparser.so.10.15.1',
      /one is of version 10\.6\.0, the other of 10\.15\.1/,
    ],
    ['libtensorrt_rtx.so.1', 'libnvonnxparser.so.1', /one is of TensorRT-RTX, the other of TensorRT/],
  ] as const;
  for (const [infer, onnxParser, message] of refusals) {
    const libraries = { infer: `/lib/${infer}`, onnxParser: `/lib/${onnxParser}` };
    assert.throws(() => identifyProduct(libraries), { name: 'unsupportedLibrary', message });
  }
});
