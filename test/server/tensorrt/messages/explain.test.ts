import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ParserErrorRecord } from '../../../../native-bridge/src/protocol.ts';
import { explain, targetOf, tensorRtCodes } from '../../../../server/src/tensorrt/messages/explain.ts';
import { titles } from '../../../../server/src/tensorrt/messages/titles.ts';

const record = (given: Partial<ParserErrorRecord>): ParserErrorRecord => ({
  code: 8,
  codeName: 'kUNSUPPORTED_NODE',
  description: 'false',
  file: 'onnxOpCheckers.cpp',
  line: 1,
  function: 'checkFoo',
  nodeIndex: 0,
  nodeName: '',
  operator: 'Foo',
  localFunctionStack: [],
  ...given,
});
const pluginNotFound = record({
  code: 6,
  codeName: 'kINVALID_NODE',
  description: 'creator && "Plugin not found, are the plugin name, version, and namespace correct?"',
});

describe('an explanation', () => {
  test('names the runtime and the operator', () => {
    const { explanation } = explain(record({ operator: 'Unique' }), 'TensorRT 11.2.1');
    assert.equal(explanation, 'TensorRT 11.2.1 knows the ONNX operator Unique and does not implement it.');
  });

  test('of an unknown operator depends on where the operator comes from', () => {
    const of = (domain: string, isStandardOperator: boolean) =>
      explain(pluginNotFound, 'TensorRT', { domain, isStandardOperator }).explanation;
    assert.match(of('', true), /no implementation of the ONNX operator Foo/);
    assert.match(of('com.microsoft', false), /an operator of ONNX Runtime \(domain com\.microsoft\)/);
    assert.match(of('my.plugins', false), /^Foo \(domain my\.plugins\) is no operator of ONNX/);
  });

  test('of words that nobody has met follows the parser’s error code', () => {
    const codeOf = (codeName: string) =>
      explain(record({ codeName, description: 'New words' }), 'TensorRT').code;
    assert.equal(codeOf('kUNSUPPORTED_NODE_ATTR'), 'trt.unsupported-attribute');
    assert.equal(codeOf('kUNSUPPORTED_NODE_DYNAMIC'), 'trt.dynamic-shape');
    assert.equal(codeOf('kMODEL_DESERIALIZE_FAILED'), 'trt.invalid-model');
    assert.equal(codeOf('kSOMETHING_NEW'), 'trt.refused');
  });

  test('keeps the parser’s own words beside it', () => {
    assert.equal(
      explain(pluginNotFound, 'TensorRT').parserWords,
      'Plugin not found, are the plugin name, version, and namespace correct?',
    );
  });

  test('every code has a title', () => {
    assert.deepEqual(Object.keys(titles).sort(), [...tensorRtCodes]);
  });
});

describe('what the words are about', () => {
  const cases: readonly (readonly [Partial<ParserErrorRecord>, object])[] = [
    [{}, { kind: 'operator' }],
    [
      {
        description:
          '(dilations[i] == 1) && "This version of TensorRT does not support dilations other than 1."',
      },
      { kind: 'attribute', name: 'dilations' },
    ],
    [
      {
        operator: 'ReduceSum',
        description: 'Assertion failed: inputAxes.is_weights(): Axis input must be an initializer!',
      },
      { kind: 'input', index: 1 },
    ],
    [
      {
        description:
          'Network input scales is a shape tensor and must have type Int32 or Int64. Type is Float.',
      },
      { kind: 'value', name: 'scales' },
    ],
    [
      {
        description:
          'Node has more output tensors than TRT expected, expected output size is 2, actual output size is 3.',
      },
      { kind: 'output', index: 2 },
    ],
    [
      {
        function: 'importInput',
        file: 'x',
        nodeIndex: -1,
        description: 'Assertion failed: convertDtype(a, b) && "Failed"',
      },
      { kind: 'type' },
    ],
  ];
  for (const [given, target] of cases) {
    test(JSON.stringify(target), () => assert.deepEqual(targetOf(record(given)), target));
  }
});
