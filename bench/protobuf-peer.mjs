/**
 * The same work by onnx-proto: code that protobufjs generates from ONNX's definitions.    usage: protobuf-peer.mjs MODEL TIMES
 *
 * Prints one line of JSON: {"milliseconds": [...]}, each for reading the file and decoding it; a first time is left out.
 */
import { readFileSync } from 'node:fs';
import proto from 'onnx-proto';

const [model = '', times = '5'] = process.argv.slice(2);
const milliseconds = [];
for (let time = 0; time <= Number(times); time += 1) {
  const start = performance.now();
  proto.onnx.ModelProto.decode(readFileSync(model));
  if (time > 0) milliseconds.push(performance.now() - start);
}
console.log(JSON.stringify({ milliseconds }));
