import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isStruct, koffiType, rangeCheck } from '../../../native-bridge/src/native/values.ts';

test('enums are 32 bits, masks unsigned, pointers addresses', () => {
  assert.equal(koffiType('DataType'), 'int32_t');
  assert.equal(koffiType('BuilderFlags'), 'uint32_t');
  assert.equal(koffiType('ITensor*'), 'void *');
  assert.equal(koffiType('string*'), 'void *');
  assert.equal(koffiType('string'), 'str');
  assert.equal(koffiType('strings'), 'const char **');
});

test('what comes back as a struct is known', () => {
  assert.ok(isStruct('Dims'));
  assert.ok(isStruct('InterfaceInfo'));
  assert.ok(!isStruct('Dims*'));
  assert.ok(!isStruct('DataType'));
});

test('numbers are checked against what they become', () => {
  const accepts = (word: string, value: unknown): boolean => {
    try {
      return rangeCheck(word, 'value')?.(value) === value;
    } catch (error) {
      assert.ok(error instanceof RangeError);
      return false;
    }
  };
  assert.ok(accepts('int32', -(2 ** 31)));
  assert.ok(!accepts('int32', 2 ** 31));
  assert.ok(!accepts('int32', 1.5));
  assert.ok(!accepts('int32', Number.NaN));
  assert.ok(!accepts('int32', '1'));
  assert.ok(accepts('uint32', 2 ** 32 - 1));
  assert.ok(!accepts('uint32', -1));
  assert.ok(accepts('int64', -(2n ** 63n)));
  assert.ok(!accepts('int64', 2n ** 63n));
  assert.ok(accepts('size_t', 2 ** 40));
  assert.ok(!accepts('size_t', -1n));
  assert.ok(!accepts('size_t', 2 ** 60));
  assert.equal(rangeCheck('string', 'value'), undefined);
  assert.equal(rangeCheck('bool', 'value'), undefined);
});
