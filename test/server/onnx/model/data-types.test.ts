import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  byteLength,
  dataTypeName,
  dataTypeOfName,
  dataTypeOfNumber,
  dataTypes,
  elementCount,
} from '../../../../server/src/onnx/model/data-types.ts';

describe('data types', () => {
  test('are found by number and by the name that ONNX text has for them', () => {
    for (const type of dataTypes) {
      assert.equal(dataTypeOfNumber(type.number), type);
      assert.equal(dataTypeOfName(type.name), type);
      assert.equal(dataTypeName(type.number), type.name);
    }
    assert.equal(dataTypeName(0), 'undefined');
    assert.equal(dataTypeName(99), 'data_type_99');
    assert.equal(dataTypeOfNumber(0), undefined);
  });

  test('sizes of tensors', () => {
    assert.equal(byteLength(1, [2, 3]), 24);
    assert.equal(byteLength(1, []), 4);
    assert.equal(byteLength(15, [2]), 32);
    assert.equal(byteLength(22, [3]), 2, 'int4: two to a byte, the last one padded');
    assert.equal(byteLength(26, [5]), 2, 'int2: four to a byte');
    assert.equal(byteLength(27, [5]), 4, 'float6e2m3: four in three bytes');
    assert.equal(byteLength(8, [2]), undefined, 'strings have no fixed size');
    assert.equal(byteLength(99, [2]), undefined);
  });

  test('dims that are no size', () => {
    assert.equal(elementCount([2, -1]), undefined);
    assert.equal(elementCount([0, -1]), undefined);
    assert.equal(elementCount([2n ** 62n, 2n ** 62n]), undefined);
    assert.equal(elementCount([2n ** 62n, 2n ** 62n, 0]), 0);
    assert.equal(byteLength(11, [2 ** 52]), undefined, 'more bytes than a number can count');
  });
});
