/** What saving a model writes, be it from the editor or the command line. */
import { unlink } from 'node:fs/promises';
import path from 'node:path';
import { mergeModel } from '../onnx/binary/merge-model.ts';
import { ModelReadError, readModel } from '../onnx/binary/reader.ts';
import { type Chunk, encodeModelOfAnySize, largestMessage } from '../onnx/binary/writer.ts';
import { byteCount } from '../onnx/model/bytes.ts';
import { externalLocations } from '../onnx/model/external-data.ts';
import type { FileAccess } from '../onnx/model/file-access.ts';
import type { Model } from '../onnx/model/model.ts';
import { type MovedModel, moveToExternalData } from '../onnx/model/move-to-external-data.ts';
import { writeModel } from './write-model.ts';

/** The file that a text was printed from, and what that text means. */
export interface Original {
  /** Absolute. */
  readonly path: string;
  readonly model: Model;
}

export interface SaveInput {
  /** Absolute path of the model to be written. */
  readonly target: string;
  readonly model: Model;
  /** Absent where the model is new. */
  readonly original: Original | undefined;
  /** Moves tensors of at least `threshold` bytes to this file (absolute, in the model's folder or below). */
  readonly externalData?: { readonly path: string; readonly threshold: number };
  readonly files: FileAccess;
  readonly signal?: AbortSignal;
}

/** No ONNX file can be as long as this model would be. */
export class ModelTooLargeError extends Error {
  override readonly name = 'ModelTooLargeError';
  readonly bytes: number;

  constructor(target: string, bytes: number) {
    super(
      `${path.basename(target)} would be ${(bytes / 2 ** 30).toFixed(2)} GiB long, and no ONNX file can be longer than 2 GiB (protobuf's limit for a message). Its weights have to go to a file of external data beside it.`,
    );
    this.bytes = bytes;
  }
}

/** Files are replaced as wholes; where something fails they are as they were. The answer is what went to the data file.
 * Throws a ModelTooLargeError, or an error for people. */
export async function saveModelFile(input: SaveInput): Promise<MovedModel['places']> {
  const { target, original, files, signal } = input;
  const moved = input.externalData && moveOut(input, input.externalData);
  const model = moved?.model ?? input.model;
  const chunks = encoded(model, original, files);
  const bytes = byteCount(chunks);
  if (bytes > largestMessage) throw new ModelTooLargeError(target, bytes);
  if (moved === undefined || moved.places.length === 0 || input.externalData === undefined) {
    await writeModel(target, chunks, signal);
    return [];
  }
  // First the data: a model without its weights would be worse than weights without a model.
  await writeModel(input.externalData.path, moved.data, signal);
  try {
    await writeModel(target, chunks, signal);
  } catch (error) {
    // It was not there before.
    await unlink(input.externalData.path);
    throw error;
  }
  return moved.places;
}

function encoded(model: Model, original: Original | undefined, files: FileAccess): Chunk[] {
  const after = encodeModelOfAnySize(model);
  if (original === undefined) return after;
  return mergeModel({ original: original.path, before: encodeModelOfAnySize(original.model), after, files });
}

function moveOut(
  { target, model, files }: SaveInput,
  { path: file, threshold }: { readonly path: string; readonly threshold: number },
) {
  const location = path.relative(path.dirname(target), file).replaceAll(path.sep, '/');
  if (location.startsWith('../') || path.isAbsolute(location)) {
    throw new Error(
      `External data has to be in the folder of the model or below, and ${file} is not. Please choose another place.`,
    );
  }
  if (externalLocations(model).includes(location) || files.size(file) !== undefined) {
    throw new Error(`${file} is there already, and may hold data of a model. Please choose another name.`);
  }
  return moveToExternalData(model, { location, threshold });
}

/** A name for the weights of a model that is not taken: NAME.onnx.data, NAME.onnx-2.data … */
export function freeDataFile(target: string, files: FileAccess): string {
  for (let number = 1; ; number++) {
    const file = number === 1 ? `${target}.data` : `${target}-${number}.data`;
    if (files.size(file) === undefined) return file;
  }
}

/** Whether there is a model to compare with; a file that is none is replaced like one that is not there. */
export function isModelFile(files: FileAccess, file: string): boolean {
  if (files.size(file) === undefined) return false;
  const source = files.open(file);
  try {
    readModel(source);
    return true;
  } catch (error) {
    if (error instanceof ModelReadError) return false;
    throw error;
  } finally {
    source.close();
  }
}
