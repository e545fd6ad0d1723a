/** Values of a reference: computed by ONNX Runtime on the CPU, or read from a folder. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { captureFileName, readCapture, type StoredValues } from '../../../engine/debug/capture.ts';
import { referenceModel, type TypeOfValue } from '../../../engine/debug/reference-model.ts';
import { openValueFile } from '../../../engine/tensor-values/value-file.ts';
import { valueType } from '../../../engine/tensor-values/value-types.ts';
import { nodeFileAccess } from '../../../node/file-access.ts';
import { plainFileName, ValueFileNames } from '../../../node/value-files.ts';
import { externalBytes } from '../../../onnx/binary/external-data.ts';
import { mapTensors } from '../../../onnx/binary/weightless/map-tensors.ts';
import { weightless } from '../../../onnx/binary/weightless.ts';
import { isFileRange, readBytes } from '../../../onnx/model/bytes.ts';
import type { Model } from '../../../onnx/model/model.ts';
import type { ReferenceInput, ReferenceRequest } from '../../../onnxruntime/protocol.ts';
import { ReferenceFailure, runReference } from '../../../onnxruntime/run-reference.ts';
import { temporaryFile } from '../../temporary-file.ts';
import { convertValues } from './inputs.ts';

export interface ReferenceValues {
  /** `ONNX Runtime 1.30.0`. */
  readonly name: string;
  /** Files relative to the capture's folder, or absolute. */
  readonly values: readonly StoredValues[];
  readonly notes: readonly string[];
}

export interface OnnxRuntimeOptions {
  readonly model: Model;
  /** Absolute: what its external data is relative to. */
  readonly modelDirectory: string;
  /** Names of values. */
  readonly wanted: readonly string[];
  readonly typeOf: TypeOfValue;
  readonly inputs: readonly StoredValues[];
  /** The capture's folder; values go to `onnxruntime/` in it, which is there. */
  readonly directory: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The model's structure goes to a temporary file that refers to the weights where they lie. Throws an error for people where ONNX Runtime
 * does not run the model.
 */
export async function valuesOfOnnxRuntime({
  model,
  modelDirectory,
  wanted,
  typeOf,
  inputs,
  directory,
  signal,
}: OnnxRuntimeOptions): Promise<ReferenceValues> {
  const asked = referenceModel(model, wanted, typeOf);
  if (asked.values.length === 0) {
    throw new Error(
      `There is nothing to ask ONNX Runtime for. ${asked.missing[0] ?? 'The model computes no values.'}`,
    );
  }
  const feeds: ReferenceInput[] = [];
  for (const { name, input, type } of asked.inputs) {
    feeds.push(await feedOf(name, input, type, inputs, directory, signal));
  }
  const names = new ValueFileNames();
  const files = new Map(asked.values.map(({ name, output }) => [output, `onnxruntime/${names.of(name)}`]));
  const request = {
    inputs: feeds,
    outputs: asked.values.map(({ output }) => ({
      output,
      file: path.join(directory, files.get(output) ?? ''),
    })),
  };
  const { answer, notes } = await inKnownVersion(asked.model, (known) =>
    runModel(known, modelDirectory, request, signal),
  );
  const results = new Map(answer.outputs.map((output) => [output.output, output]));
  return {
    name: `ONNX Runtime ${answer.version}`,
    values: asked.values.flatMap(({ name, output }): StoredValues[] => {
      const result = results.get(output);
      return result ? [{ name, type: result.type, dims: result.dims, file: files.get(output) ?? '' }] : [];
    }),
    notes: [...asked.missing, ...notes],
  };
}

/**
 * Exporters write the newest IR version that there is, mostly for models that have nothing of it: those are run as of the version that ONNX
 * Runtime knows. It says itself what else it does not know.
 */
async function inKnownVersion<Answer>(
  model: Model,
  run: (model: Model) => Promise<Answer>,
): Promise<{ readonly answer: Answer; readonly notes: readonly string[] }> {
  try {
    return { answer: await run(model), notes: [] };
  } catch (error) {
    const known = error instanceof ReferenceFailure ? error.knownIrVersion : undefined;
    if (known === undefined) throw error;
    return {
      answer: await run({ ...model, irVersion: BigInt(known) }),
      notes: [
        `ONNX Runtime knows IR versions up to ${known}: the model, of version ${model.irVersion}, was run as one of ${known}.`,
      ],
    };
  }
}

async function runModel(
  model: Model,
  modelDirectory: string,
  request: Pick<ReferenceRequest, 'inputs' | 'outputs'>,
  signal: AbortSignal | undefined,
): ReturnType<typeof runReference> {
  const { bytes, externalDataDirectory, problems } = weightless(withSmallTensors(model, modelDirectory), {
    files: nodeFileAccess,
    modelDirectory,
    loadsInitializers: false,
  });
  const [problem] = problems;
  if (problem) throw new Error(`ONNX Runtime cannot run the model: ${problem.message}`);
  const file = await temporaryFile(bytes);
  try {
    return await runReference({ model: file.path, externalDataDirectory, ...request }, signal);
  } finally {
    await file.remove();
  }
}

/** ONNX Runtime looks at the values of shapes and the like before it runs, and then not into other files. Bytes. */
const smallTensor = 2 ** 16;

function withSmallTensors(model: Model, folder: string): Model {
  const external = externalBytes(nodeFileAccess, folder);
  return mapTensors(model, (tensor) => {
    const bytes = tensor.data.kind === 'raw' ? tensor.data.bytes : external(tensor);
    if (!bytes || !isFileRange(bytes) || bytes.length > smallTensor) return tensor;
    return { ...tensor, data: { kind: 'raw', bytes: readBytes(bytes, nodeFileAccess) } };
  });
}

async function feedOf(
  name: string,
  input: string,
  type: string,
  inputs: readonly StoredValues[],
  directory: string,
  signal: AbortSignal | undefined,
): Promise<ReferenceInput> {
  const stored = inputs.find((candidate) => candidate.name === name);
  if (!stored)
    throw new Error(`The engine has no input ${name}, which the model has: it was built from another one.`);
  const source = path.join(directory, stored.file);
  const [from, to] = [valueType(stored.type), valueType(type)];
  if (!from || !to)
    throw new Error(`The input ${name} is of type ${type}, which ONNX Runtime is not given from here.`);
  let fed = source;
  if (from !== to) {
    fed = source.replace(/\.npy$/, `.${type}.npy`);
    await convertValues(source, fed, from, to, signal);
  }
  const { dims, dataOffset, byteLength } = openValueFile(fed, nodeFileAccess, type);
  return { name: input, type, dims, path: fed, offset: dataOffset, byteLength };
}

/** Of a folder with a file per tensor (`NAME.npy`), or with another capture. Throws an error for people. */
export async function valuesOfFolder(folder: string, wanted: readonly string[]): Promise<ReferenceValues> {
  const entries = await referenceEntries(folder);
  if (entries.includes(captureFileName)) return await valuesOfCapture(folder, wanted);
  const present = new Map(entries.map((entry) => [entry, path.join(folder, entry)]));
  const others = new Set(wanted);
  const values = wanted.flatMap((name): StoredValues[] => {
    const plain = plainFileName(name);
    // `a_b.npy` is that of a/b, unless there is a tensor a_b.
    const file = present.get(`${name}.npy`) ?? (others.has(plain) ? undefined : present.get(`${plain}.npy`));
    if (file === undefined) return [];
    const { type, dims } = openValueFile(file, nodeFileAccess);
    return [{ name, type: type.name, dims, file }];
  });
  if (values.length === 0) {
    throw new Error(
      `${folder} has no values of any tensor asked for: a file is named after its tensor, like ${plainFileName(wanted[0] ?? 'NAME')}.npy.`,
    );
  }
  return { name: folder, values, notes: [] };
}

/** Names of files. Throws an error for people where there are none to be had. */
export async function referenceEntries(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    throw new Error(`The folder with reference values, ${folder}, cannot be read.`, { cause });
  }
}

async function valuesOfCapture(folder: string, wanted: readonly string[]): Promise<ReferenceValues> {
  const index = path.join(folder, captureFileName);
  const { tensors, engine, reference } = readCapture(await readFile(index, 'utf8'));
  const values = tensors.flatMap(({ name, engine: own, reference: other }): StoredValues[] => {
    const found = own ?? other;
    if (!found || !wanted.includes(name)) return [];
    return [{ name, type: found.type, dims: found.dims, file: path.resolve(folder, found.file) }];
  });
  return { name: `${engine?.runtime ?? reference?.name ?? 'the capture'} (${index})`, values, notes: [] };
}
