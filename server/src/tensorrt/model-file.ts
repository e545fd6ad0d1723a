/** A model as a file for TensorRT: a binary one as it is, a text as its structure with references to where its weights lie. */
import path from 'node:path';
import { nodeFileAccess } from '../node/file-access.ts';
import type { LoadedModel } from '../node/load-model.ts';
import { weightless } from '../onnx/binary/weightless.ts';
import { temporaryFile } from './temporary-file.ts';

export interface ModelFile {
  readonly path: string;
  /** What its external data is relative to, where that is not its own folder. */
  readonly externalDataDirectory?: string;
  /** Removes what was written for it. */
  readonly remove: () => Promise<void>;
}

/** `cannot` ends the sentence that is thrown where the text's weights are not there: `cannot be built`. */
export async function modelFile(model: LoadedModel, cannot: string): Promise<ModelFile> {
  if (!model.isText) return { path: model.path, remove: async () => undefined };
  const { bytes, externalDataDirectory, problems } = weightless(model.model, {
    files: nodeFileAccess,
    modelDirectory: path.dirname(model.path),
    loadsInitializers: false,
  });
  const [problem] = problems;
  if (problem) throw new Error(`${model.name} ${cannot}: ${problem.message}`);
  const file = await temporaryFile(bytes);
  return { path: file.path, externalDataDirectory, remove: () => file.remove() };
}
