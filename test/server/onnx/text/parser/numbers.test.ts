import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseStatement, randomNumbers } from './support.ts';

function attributeNumber(text: string): number | bigint {
  const value = parseStatement(`y = Foo <a = ${text}> (x)`).attributes[0]?.value;
  assert.ok(value?.kind === 'float' || value?.kind === 'integer');
  return value.value;
}

function doubleNumber(text: string): number {
  const value = parseStatement(`y = Foo <a = double {${text}}> (x)`).attributes[0]?.value;
  assert.ok(value?.kind === 'tensor' && value.value.data?.kind === 'values');
  return Number(value.value.data.elements[0]);
}

describe('a decimal', () => {
  test('is the nearest double', () => {
    const random = randomNumbers(5);
    for (let round = 0; round < 3000; round++) {
      const digits = 1 + Math.floor(random() * 20);
      const mantissa = (random() * 10).toFixed(Math.min(digits, 20));
      const text = `${random() < 0.5 ? '-' : ''}${mantissa}e${Math.floor(random() * 80) - 40}`;
      assert.equal(doubleNumber(text), Number(text), text);
    }
    for (const text of [
      '0.1',
      '123456789012345678',
      '9007199254740993',
      '1e23',
      '4.9e-324',
      '0.000001',
      '-0.0',
    ]) {
      assert.equal(doubleNumber(text), Number(text), text);
    }
  });

  // Rounding to a double first and to a float then would round twice: 1 + 2^-24 + 2^-60 to 1 + 2^-24, and that to 1.
  test('is the nearest float where a float is meant', () => {
    assert.equal(Math.fround(Number('1.00000005960464477626')), 1);
    assert.equal(Math.fround(Number(attributeNumber('1.00000005960464477626'))), 1 + 2 ** -23);
    assert.equal(Math.fround(Number(attributeNumber('-1.00000005960464477626'))), -1 - 2 ** -23);
    assert.equal(Math.fround(Number(attributeNumber('1.000000059604644775390625'))), 1);
    assert.equal(Math.fround(Number(attributeNumber('1.00000017881393432617187'))), 1 + 2 ** -23);
    assert.equal(Math.fround(Number(attributeNumber('7.006492321624086e-46'))), 2 ** -149);
    assert.equal(Math.fround(Number(attributeNumber('7.0064923216240853e-46'))), 0);
  });

  test('that no float holds is out of range, but not one that is too small', () => {
    assert.equal(attributeNumber('1e-60'), 1e-60);
    assert.equal(attributeNumber('3.4028235e38'), 3.4028235e38);
  });
});

describe('an integer', () => {
  for (const [text, expected] of [
    ['0', 0],
    ['-0', 0],
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', 9007199254740992n],
    ['-9223372036854775808', -9223372036854775808n],
    ['0000000000000000000000000000012', 12],
  ] as const) {
    test(`of any size keeps its value: ${text}`, () => {
      assert.equal(attributeNumber(text), expected);
    });
  }
});
