import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ModelReadError, readModel } from '../../../../server/src/onnx/binary/reader.ts';
import { delimited, join, memorySource, number, type Part } from './support/wire.ts';

const zip = (name: string) =>
  join(Uint8Array.from([0x50, 0x4b, 3, 4, ...new Array<number>(22).fill(0), name.length, 0, 0, 0]), name);

const files: Record<string, readonly [content: readonly Part[], says: RegExp]> = {
  'an empty file': [[], /the file is empty/],
  'a Git LFS pointer': [
    ['version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n'],
    /Git LFS pointer.*git lfs pull/,
  ],
  'a PyTorch checkpoint': [[zip('archive/data.pkl'), 'more'], /PyTorch file.*torch\.onnx\.export/],
  'another ZIP archive': [[zip('model/model.onnx')], /ZIP archive/],
  'a pickle': [[Uint8Array.of(0x80, 2), 'ctorch._utils\n'], /Python pickle/],
  'a TensorRT engine': [['ftrt', new Uint8Array(40)], /TensorRT engine \(plan file\)/],
  'an engine of TensorRT for RTX': [['vtrt', new Uint8Array(40)], /TensorRT for RTX engine/],
  'a TensorFlow Lite model': [[Uint8Array.of(0x1c, 0, 0, 0), 'TFL3', new Uint8Array(40)], /TensorFlow Lite/],
  'a model of ONNX Runtime': [[Uint8Array.of(0x1c, 0, 0, 0), 'ORTM', new Uint8Array(40)], /\.ort/],
  'a safetensors file': [
    [Uint8Array.of(64, 0, 0, 0, 0, 0, 0, 0), '{"weight":{"dtype":"F32"}}'],
    /safetensors/,
  ],
  'a GGUF file': [['GGUF', Uint8Array.of(3, 0, 0, 0)], /GGUF/],
  'a Keras model': [[Uint8Array.of(0x89), 'HDF\r\n', Uint8Array.of(0x1a), '\n'], /HDF5.*Keras/],
  'a compressed model': [[Uint8Array.of(0x1f, 0x8b, 8, 0)], /gzip/],
  'a model in ONNX text': [
    ['<ir_version: 8, opset_import: ["" : 17]>\ng (float x) => (y) {}\n'],
    /\.onnxtxt/,
  ],
  "a model in protobuf's text": [['ir_version: 8\ngraph {\n}\n'], /protobuf's text format/],
  'a model as JSON': [['{"irVersion":"8","graph":{}}'], /model as JSON/],
  'other JSON': [['{"name": "x"}'], /JSON file/],
  'an error page': [['<!DOCTYPE html>\n<html><body>404</body></html>'], /web page/],
  'an OpenVINO model': [['<?xml version="1.0"?>\n<net name="x">'], /XML/],
  'a text': [['Dear reader,\nthis is no model.\n'], /text file/],
  'a long text that is cut inside a character': [['ä'.repeat(511), 'xä', 'ä'.repeat(500)], /text file/],
  noise: [[Uint8Array.of(0xde, 0xad, 0xbe, 0xef, 0, 1, 2, 3)], /has no graph, and reading it fails/],
  'a protobuf message that is no model': [
    [number(1, 3), delimited(2, 'description')],
    /neither a graph nor functions/,
  ],
};

describe('a file that is no ONNX model is called what it is', () => {
  for (const [name, [content, says]] of Object.entries(files)) {
    test(name, () => {
      assert.throws(
        () => readModel(memorySource(join(...content))),
        (error) => {
          assert.ok(error instanceof ModelReadError);
          assert.match(error.message, /^This is not an ONNX model: /);
          assert.match(error.message, says);
          return true;
        },
      );
    });
  }

  test('a library of functions without a graph is a model', () => {
    const functions = delimited(25, delimited(1, 'f'), delimited(10, 'local'));
    assert.equal(readModel(memorySource(functions)).functions[0]?.name, 'f');
  });
});
