/** The process that runs a model with ONNX Runtime, on the CPU: native code that a hostile model may crash. See protocol.ts. */
import { closeSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { InferenceSession, Tensor } from 'onnxruntime-common';
import { npyHeader } from '../engine/npy/write-header.ts';
import { valueType } from '../engine/tensor-values/value-types.ts';
import type { ReferenceAnswer, ReferenceInput, ReferenceOutput, ReferenceRequest } from './protocol.ts';

type OnnxRuntime = typeof import('onnxruntime-common');

// Nobody waits any more.
process.once('disconnect', () => process.exit());

process.once('message', async (request: ReferenceRequest) => {
  const answer = await run(request);
  process.send?.(answer, () => process.exit());
});

async function run({
  model,
  externalDataDirectory,
  inputs,
  outputs,
}: ReferenceRequest): Promise<ReferenceAnswer> {
  let runtime: OnnxRuntime;
  try {
    runtime = createRequire(import.meta.url)('onnxruntime-node');
  } catch (error) {
    return failed('binding', error);
  }
  let session: InferenceSession;
  try {
    session = await runtime.InferenceSession.create(readFileSync(model), {
      executionProviders: ['cpu'],
      // Each node by itself, as the model has it.
      graphOptimizationLevel: 'disabled',
      logSeverityLevel: 3,
      extra: { session: { model_external_initializers_file_folder_path: externalDataDirectory } },
    });
  } catch (error) {
    return failed('session', error);
  }
  try {
    const feeds = Object.fromEntries(inputs.map((input) => [input.name, readTensor(runtime, input)]));
    const results = await session.run(
      feeds,
      outputs.map(({ output }) => output),
    );
    const written = outputs.flatMap(({ output, file }): ReferenceOutput[] => {
      const tensor = results[output];
      return tensor ? [{ output, file, ...writeTensor(tensor, file) }] : [];
    });
    return { kind: 'done', version: runtime.env.versions.node ?? '', outputs: written };
  } catch (error) {
    return failed('run', error);
  }
}

function failed(stage: 'binding' | 'session' | 'run', error: unknown): ReferenceAnswer {
  return { kind: 'failed', stage, message: error instanceof Error ? error.message : String(error) };
}

/** The binding's names of types where they are not ONNX text's. */
const bindingNames: Readonly<Record<string, Tensor.Type>> = { float: 'float32', double: 'float64' };
const textNames: Readonly<Record<string, string>> = { float32: 'float', float64: 'double' };

const arrays = {
  float: Float32Array,
  double: Float64Array,
  float16: Uint16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
} as const;

function readTensor(
  { Tensor }: OnnxRuntime,
  { name, type, dims, path, offset, byteLength }: ReferenceInput,
): Tensor {
  const buffer = new ArrayBuffer(byteLength);
  const descriptor = openSync(path, 'r');
  try {
    for (let done = 0; done < byteLength; ) {
      const length = Math.min(byteLength - done, 2 ** 30);
      const count = readSync(descriptor, new Uint8Array(buffer, done, length), 0, length, offset + done);
      if (count === 0) throw new Error(`${path} ends before the last value of ${name}.`);
      done += count;
    }
  } finally {
    closeSync(descriptor);
  }
  const Elements = arrays[type as keyof typeof arrays];
  if (!Elements)
    throw new Error(`The input ${name} is of type ${type}, which ONNX Runtime is not given from here.`);
  return new Tensor(bindingNames[type] ?? (type as Tensor.Type), new Elements(buffer), dims);
}

function writeTensor(tensor: Tensor, file: string): Pick<ReferenceOutput, 'type' | 'dims'> {
  const name = textNames[tensor.type] ?? tensor.type;
  const type = valueType(name);
  const { data, dims } = tensor;
  if (!type || !ArrayBuffer.isView(data))
    throw new Error(`An output is of type ${tensor.type}, which holds no numbers.`);
  const descriptor = openSync(file, 'w');
  try {
    writeSync(descriptor, npyHeader(type.descr, dims));
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(descriptor, bytes, done, Math.min(bytes.length - done, 2 ** 30));
    }
  } finally {
    closeSync(descriptor);
  }
  return { type: name, dims };
}
