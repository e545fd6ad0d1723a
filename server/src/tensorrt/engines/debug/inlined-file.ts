/** A model with its calls of functions written out, as a text that TensorRT builds from. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { nodeFileAccess } from '../../../node/file-access.ts';
import { openFiles } from '../../../node/load-model.ts';
import { writeModel } from '../../../node/write-model.ts';
import { externalBytes } from '../../../onnx/binary/external-data.ts';
import { mapTensors } from '../../../onnx/binary/weightless/map-tensors.ts';
import type { PlaceOf } from '../../../onnx/text/printer/context.ts';
import { writeOnnxText } from '../../../onnx/text/printer/print.ts';
import type { DebuggedModel } from './capture.ts';

/**
 * Where it lies in a folder. Its weights stay where they are: the text refers to them. A file that says the same is left as it is, so that
 * engines of it stay up to date. Throws an error for people.
 */
export async function writeInlinedFile(
  { path: file, model }: DebuggedModel,
  folder: string,
): Promise<string> {
  const target = inlinedFile(file, folder);
  const from = (weights: string) => path.relative(folder, weights).replaceAll(path.sep, '/');
  const external = externalBytes(nodeFileAccess, path.dirname(file));
  const dataFiles = new Set<string>();
  // External data has to be in the model's folder, and a reference of the text may lead anywhere.
  const located = mapTensors(model, (tensor) => {
    const bytes = external(tensor);
    if (!bytes) return tensor;
    dataFiles.add(bytes.path);
    return { ...tensor, data: { kind: 'raw', bytes } };
  });
  const place: PlaceOf = ({ path: weights, offset }) => ({
    location: from(weights),
    offset,
    ...(dataFiles.has(weights) && { source: 'external' }),
  });
  const pieces: string[] = [];
  const files = openFiles();
  try {
    writeOnnxText(located, { location: from, place, readBytes: files.read }, (piece) => pieces.push(piece));
  } finally {
    files.close();
  }
  const text = Buffer.from(pieces.join(''));
  if (!existsSync(target) || !readFileSync(target).equals(text)) await writeModel(target, [text]);
  return target;
}

export function inlinedFile(file: string, folder: string): string {
  return path.join(folder, `${path.parse(file).name}.inlined.onnxtxt`);
}
