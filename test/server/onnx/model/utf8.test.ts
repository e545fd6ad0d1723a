import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  decodeUtf8,
  encodeUtf8,
  isWellFormed,
  strictUtf8,
  utf8Length,
} from '../../../../server/src/onnx/model/utf8.ts';

describe('strings of a model', () => {
  for (const text of ['', 'conv1.weight', 'größe', '😀', '\u0000', '\ufeffx', '\ud7ff\ue000\uffff']) {
    test(`UTF-8 is what it is: ${JSON.stringify(text)}`, () => {
      const bytes = Buffer.from(text);
      assert.equal(decodeUtf8(bytes), text);
      assert.equal(strictUtf8(bytes), text);
      assert.deepEqual(Buffer.from(encodeUtf8(text)), bytes);
      assert.equal(utf8Length(text), bytes.length);
      assert.ok(isWellFormed(text));
    });
  }

  test('bytes that are no UTF-8 become lone surrogates', () => {
    assert.equal(decodeUtf8(Uint8Array.of(0x61, 0xff, 0xc3, 0xa9, 0xc3)), 'a\udcffé\udcc3');
    assert.equal(strictUtf8(Uint8Array.of(0xff)), undefined);
    assert.ok(!isWellFormed('a\udcff'));
  });

  test('any bytes come back as they were', () => {
    // Bytes that begin, continue and break sequences, in all combinations of four.
    const bytes = [0x00, 0x41, 0x80, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff];
    for (const one of bytes)
      for (const two of bytes)
        for (const three of bytes)
          for (const four of bytes) {
            const sequence = Uint8Array.of(one, two, three, four);
            const text = decodeUtf8(sequence);
            assert.deepEqual(encodeUtf8(text), sequence);
            assert.equal(utf8Length(text), 4);
            assert.equal(isWellFormed(text), strictUtf8(sequence) !== undefined);
          }
  });

  test('half a character that an editor left behind is written as a replacement', () => {
    assert.deepEqual(Buffer.from(encodeUtf8('x\ud83d')), Buffer.from('x\ufffd'));
    assert.equal(utf8Length('x\ud83d'), 4);
  });
});
