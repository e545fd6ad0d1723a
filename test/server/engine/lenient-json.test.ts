import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseLenientJson } from '../../../server/src/engine/lenient-json.ts';

describe('JSON as TensorRT writes it', () => {
  test('strict JSON means what it always means', () => {
    const text = '{"a": [1, -2.5e3, true, null, "\\u001e\\n\\"", {}], "b": []}';
    assert.deepEqual(parseLenientJson(text), JSON.parse(text));
  });

  test('control characters stand in names', () => {
    assert.deepEqual(parseLenientJson('{"Metadata": "[ONNX Layer: a]\u001e[ONNX Layer: b]\u001f"}'), {
      Metadata: '[ONNX Layer: a]\u001e[ONNX Layer: b]\u001f',
    });
  });

  test('quotes and backslashes that nothing escapes belong to the name', () => {
    assert.deepEqual(
      parseLenientJson(
        '[{ "name" : "a "b" c", "timeMs" : 1 }\n, { "name" : "C:\\models\\q", "timeMs" : 2 }]',
      ),
      [
        { name: 'a "b" c', timeMs: 1 },
        { name: 'C:\\models\\q', timeMs: 2 },
      ],
    );
    assert.deepEqual(parseLenientJson('["x",y", "z"]'), ['x",y', 'z']);
  });

  test('infinite and undefined numbers, commas before the end, a byte order mark', () => {
    assert.deepEqual(parseLenientJson('\uFEFF[inf, -inf, nan, 1,]'), [
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.NaN,
      1,
    ]);
  });

  test('what is no JSON at all is refused with its line', () => {
    const refused = (text: string, words: RegExp) => assert.throws(() => parseLenientJson(text), words);
    refused('', /line 1/);
    refused('{"a": 1\n"b": 2}', /line 2 has no comma/);
    refused('[1, 2', /its end too early/);
    refused('[1] x', /more after its end/);
    refused('hello', /`hello`/);
    refused('["abc', /a string without an end/);
    refused('['.repeat(100000), /lists inside lists/);
  });
});
