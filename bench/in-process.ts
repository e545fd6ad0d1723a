/**
 * What reading, printing and shape inference cost by themselves, without a server around them.
 *
 * usage: tsx bench/in-process.ts MODEL TIMES index|text|inference
 *
 * Prints one line of JSON: {"milliseconds": {NAME: [...]}, "megabytes": N}; megabytes are the process's largest resident memory.
 * The first time of each, which warms up, is left out, as it is for the peers.
 */
import path from 'node:path';
import { changedDocument, createDocument } from '../server/src/features/document.ts';
import { nodeFileAccess } from '../server/src/node/file-access.ts';
import { readModel } from '../server/src/onnx/binary/reader.ts';
import { inferModel } from '../server/src/onnx/inference/infer.ts';
import { isFileRange, readBytes } from '../server/src/onnx/model/bytes.ts';
import type { Bytes, Model } from '../server/src/onnx/model/model.ts';
import { inlineBytesForPrinting, printOnnxText } from '../server/src/onnx/text/printer/print.ts';

const [modelPath = '', times = '5', work = 'index'] = process.argv.slice(2);
const milliseconds: Record<string, number[]> = {};
for (let time = 0; time <= Number(times); time += 1) {
  for (const [name, elapsed] of Object.entries(measure())) {
    milliseconds[name] ??= [];
    if (time > 0) milliseconds[name].push(elapsed);
  }
}
const megabytes = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ milliseconds, megabytes }));

function measure(): Record<string, number> {
  if (work === 'inference') return inference();
  const start = performance.now();
  const model = index();
  const indexed = performance.now();
  if (work === 'index') return { index: indexed - start };
  print(model);
  return { text: performance.now() - indexed };
}

function index(): Model {
  const source = nodeFileAccess.open(modelPath);
  try {
    return readModel(source, { inlineBytes: inlineBytesForPrinting });
  } finally {
    source.close();
  }
}

function print(model: Model): string {
  const source = nodeFileAccess.open(modelPath);
  try {
    const read = (bytes: Bytes) => (isFileRange(bytes) ? source.read(bytes.offset, bytes.length) : bytes);
    return printOnnxText(model, { location: path.basename(modelPath), readBytes: read });
  } finally {
    source.close();
  }
}

/** From scratch, and after one operator in the middle became another. */
function inference(): Record<string, number> {
  const uri = `onnx://${modelPath}`;
  const context = {
    readBytes: (bytes: Bytes) => (isFileRange(bytes) ? readBytes(bytes, nodeFileAccess) : bytes),
  };
  const text = print(index());
  const document = createDocument(uri, 1, text, nodeFileAccess);
  const { model } = document.model;
  const start = performance.now();
  const before = inferModel(model, context);
  const scratch = performance.now() - start;
  const at = text.indexOf('= Tanh (', text.length >> 1) + 2;
  const edited = changedDocument(document, 2, [{ start: at, end: at + 4, text: 'Sigmoid' }]);
  const { model: editedModel } = edited.model;
  const again = performance.now();
  inferModel(editedModel, context, before);
  return { scratch, edit: performance.now() - again };
}
