/** Values of debug tensors and outputs of an engine, caught in a run on the GPU. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type {
  EngineDescription,
  RunParams,
  RunResult,
  TensorFile,
} from '../../../../../native-bridge/src/engine-protocol.ts';
import type { StoredValues } from '../../../engine/debug/capture.ts';
import { openValueFile } from '../../../engine/tensor-values/value-file.ts';
import { valueType, valueTypeOfTensorRT } from '../../../engine/tensor-values/value-types.ts';
import { nodeFileAccess } from '../../../node/file-access.ts';
import { turnIntoNpy, ValueFileNames } from '../../../node/value-files.ts';

/** Which debug tensors of the engine are caught. */
export interface CaughtTensors {
  readonly tensors: readonly string[] | 'all';
  readonly unfused: boolean;
}

/** The run that catches them: the inputs once through the engine, and once more with ears. */
export function debugRun(
  params: RunParams,
  inputs: readonly StoredValues[],
  { tensors, unfused }: CaughtTensors,
  directory: string,
): RunParams {
  const folder = path.join(directory, 'tensorrt');
  return {
    ...params,
    inputs: Object.fromEntries(
      inputs.map(({ name, type, dims, file }) => {
        const given = params.inputs[name];
        // Values of shape tensors have to be known before the run.
        if (given?.source?.kind === 'values') return [name, given];
        const source = path.join(directory, file);
        const { dataOffset, byteLength } = openValueFile(source, nodeFileAccess, type);
        const isFixed = given?.dims === undefined;
        return [
          name,
          {
            ...(!isFixed && { dims }),
            source: { kind: 'file', path: source, offset: dataOffset, byteLength },
          },
        ];
      }),
    ),
    timing: {
      warmUp: 0,
      iterations: 0,
      duration: 0,
      streams: 1,
      cudaGraph: false,
      transfers: true,
    },
    profileLayers: false,
    outputDirectory: folder,
    debug: { tensors, unfused, directory: folder },
  };
}

/** Debug tensors that the engine has and that are asked for. Throws an error for people where one is asked for that it does not have. */
export function debugTensorsOf(
  { debugTensors, tensors }: EngineDescription,
  wanted: readonly string[] | undefined,
  engine: string,
): readonly string[] | 'all' {
  if (wanted === undefined) return 'all';
  const outputs = new Set(tensors.filter(({ mode }) => mode === 'output').map(({ name }) => name));
  const asked = wanted.filter((name) => !outputs.has(name));
  const missing = asked.filter((name) => !debugTensors.includes(name));
  if (missing.length > 0) {
    const there = debugTensors.length > 0 ? `it has ${debugTensors.join(', ')}` : 'it has none';
    throw new Error(
      `${missing.join(', ')} ${missing.length === 1 ? 'is no debug tensor' : 'are no debug tensors'} of ${engine}: ${there}. Tensors are marked when an engine is built: debug the build config or the model instead, or build with \`markDebug\`.`,
    );
  }
  return asked;
}

/** Raw files of a run as `.npy` files in `tensorrt/`. What `earlier` runs have stored there, of other engines, stays, and counts. */
export async function storeRun(
  { debugTensors, outputs }: Pick<RunResult, 'debugTensors' | 'outputs'>,
  directory: string,
  earlier: readonly StoredValues[] = [],
): Promise<{ readonly values: readonly StoredValues[]; readonly notes: readonly string[] }> {
  const names = new ValueFileNames();
  // As they were given out then.
  for (const { name } of earlier) names.of(name);
  const known = new Set(earlier.map(({ name }) => name));
  const notes: string[] = [];
  const values = new Map<string, StoredValues>();
  const store = async ({ name, type, dims, path: raw }: TensorFile) => {
    // One inside of a loop comes several times; the first counts.
    if (values.has(name) || known.has(name)) return await rm(raw);
    const found = valueTypeOfTensorRT(type);
    if (!found) {
      notes.push(`${name} is of type ${type}, whose values cannot be read here.`);
      return;
    }
    const file = `tensorrt/${names.of(name)}`;
    await turnIntoNpy(raw, path.join(directory, file), valueType(found.name) ?? found, dims);
    values.set(name, { name, type: found.name, dims, file });
  };
  for (const tensor of [...debugTensors, ...outputs]) await store(tensor);
  return { values: [...values.values()], notes };
}
