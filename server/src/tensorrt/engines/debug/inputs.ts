/** Values of a model's inputs as files, the same ones for an engine and for a reference. */
import path from 'node:path';
import type { EngineDescription, RunParams } from '../../../../../native-bridge/src/engine-protocol.ts';
import { modelFacts } from '../../../build-config/checks/facts/model-facts.ts';
import { batch, sizesOf } from '../../../build-config/checks/profiles/make-profiles.ts';
import type { StoredValues } from '../../../engine/debug/capture.ts';
import { integerRange, randomValues } from '../../../engine/debug/input-values.ts';
import { requiredInputs } from '../../../engine/debug/reference-model.ts';
import { openValueFile, type ValueFile } from '../../../engine/tensor-values/value-file.ts';
import { type ValueType, valueType, valueTypeOfTensorRT } from '../../../engine/tensor-values/value-types.ts';
import { nodeFileAccess } from '../../../node/file-access.ts';
import { npyOfRaw, ValueFileNames, writeValueFile } from '../../../node/value-files.ts';
import { dataTypeOfNumber } from '../../../onnx/model/data-types.ts';
import type { Dimension, Model, Shape } from '../../../onnx/model/model.ts';

/** An input that is to have values. */
export interface WantedInput {
  readonly name: string;
  readonly type: ValueType;
  readonly dims: readonly number[];
  /** Of shape tensors: they are given, not made. */
  readonly values?: readonly number[];
}

export interface WantedInputs {
  readonly inputs: readonly WantedInput[];
  /** What was assumed, a sentence each. */
  readonly notes: readonly string[];
}

/** Of an engine, with the shapes that a run will have. Throws an error for people. */
export function inputsOfEngine({ tensors }: EngineDescription, run: RunParams): WantedInput[] {
  return tensors
    .filter(({ mode }) => mode === 'input')
    .map(({ name, type, dims }) => {
      const found = valueTypeOfTensorRT(type);
      if (!found) throw new Error(`The input ${name} is of type ${type}, values of which cannot be made.`);
      const given = run.inputs[name];
      const { source } = given ?? {};
      return {
        name,
        type: found,
        dims: given?.dims ?? dims,
        ...(source?.kind === 'values' && { values: source.values }),
      };
    });
}

/** Of a model by itself; sizes that nobody says are guessed from names of dimensions, a batch is 1. Throws an error for people. */
export function inputsOfModel(model: Model, shapes: ReadonlyMap<string, readonly number[]>): WantedInputs {
  const notes: string[] = [];
  const required = requiredInputs(model);
  const unknown = [...shapes.keys()].find((name) => !required.some((input) => input.name === name));
  if (unknown !== undefined) {
    throw new Error(
      `The model has no input ${unknown}; it has ${required.map(({ name }) => name).join(', ')}.`,
    );
  }
  const shapeTensors = new Set(
    modelFacts(model)
      .inputs.filter(({ isShapeTensor }) => isShapeTensor)
      .map(({ name }) => name),
  );
  const inputs = required.map(({ name, type }): WantedInput => {
    if (type?.kind !== 'tensor') {
      throw new Error(`The input ${name} is no tensor; values for it cannot be made or read.`);
    }
    const elementType = dataTypeOfNumber(type.elementType)?.name ?? `${type.elementType}`;
    const element = valueType(elementType);
    if (!element) {
      throw new Error(
        `The input ${name} holds elements of type ${elementType}; values for it cannot be made or read.`,
      );
    }
    const given = shapes.get(name);
    const impossible = shapeTensors.has(name) ? undefined : given?.find((dim) => dim < 0);
    if (impossible !== undefined) {
      throw new Error(
        `${name} cannot have a dimension of ${impossible}: give the shape that it has in this run.`,
      );
    }
    const guessed = type.shape && guessedDims(type.shape);
    const dims = (shapeTensors.has(name) ? undefined : given) ?? guessed;
    if (!dims) {
      throw new Error(`The model does not say the rank of ${name}: give its shape (--shapes ${name}:…).`);
    }
    if (shapeTensors.has(name)) {
      const count = dims.reduce((product, dim) => product * dim, 1);
      const values = given ?? Array.from({ length: count }, () => 1);
      if (!given)
        notes.push(
          `${name} says sizes, and is taken as ${values.join(', ')}. Give others with shapes in a build config or with --shapes ${name}:…`,
        );
      return { name, type: element, dims: dims.length === 0 ? [] : [values.length], values };
    }
    if (!given && type.shape?.some((dim) => !isFixed(dim))) {
      notes.push(
        `The shape of ${name} is taken as ${dims.join('x')}, a guess. Give another with shapes in a build config or with --shapes ${name}:…`,
      );
    }
    return { name, type: element, dims };
  });
  return { inputs, notes };
}

/** Some exporters write -1 for a size that is open. */
function isFixed(dim: Dimension): dim is Extract<Dimension, { kind: 'value' }> {
  return dim.kind === 'value' && dim.value >= 0;
}

function guessedDims(shape: Shape): number[] {
  return shape.map((dim, axis) => {
    if (isFixed(dim)) return Number(dim.value);
    const name = dim.kind === 'parameter' ? dim.name : undefined;
    const sizes = sizesOf(name, axis, shape.length);
    return sizes === batch ? sizes[0] : sizes[1];
  });
}

/**
 * Writes them to `inputs/` in a folder that is there: given files (raw, or `.npy`), or random values with a seed. Throws an error for
 * people.
 */
export async function writeInputs(
  wanted: readonly WantedInput[],
  directory: string,
  {
    files,
    model,
    signal,
  }: {
    /** By input: absolute paths. */
    readonly files: ReadonlyMap<string, string>;
    readonly model: Model | undefined;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<StoredValues[]> {
  const unknown = [...files.keys()].find((name) => !wanted.some((input) => input.name === name));
  if (unknown !== undefined) {
    throw new Error(`There is no input ${unknown}; there are ${wanted.map(({ name }) => name).join(', ')}.`);
  }
  const names = new ValueFileNames();
  const stored: StoredValues[] = [];
  for (const [index, { name, type, dims, values }] of wanted.entries()) {
    const file = `inputs/${names.of(name)}`;
    const target = path.join(directory, file);
    const given = files.get(name);
    const count = dims.reduce((product, dim) => product * dim, 1);
    if (values) await writeValueFile(target, type, dims, [encoded(type, values)], signal);
    else if (given === undefined) {
      const range = model ? integerRange(model, name) : 2;
      await writeValueFile(target, type, dims, randomValues(type, count, range, index), signal);
    } else await copyGiven(given, target, { name, type, dims }, signal);
    stored.push({ name, type: type.name, dims, file });
  }
  return stored;
}

async function copyGiven(
  given: string,
  target: string,
  { name, type, dims }: WantedInput,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (!/\.npy$/i.test(given)) return await npyOfRaw(given, target, type, dims);
  const values = openValueFile(given, nodeFileAccess, type.name);
  if (values.dims.join() !== dims.join()) {
    throw new Error(
      `${given} is of shape ${values.dims.join('x')}, and the input ${name} of ${dims.join('x')}. --shapes ${name}:${values.dims.join('x')} makes it fit, where it can vary.`,
    );
  }
  if (values.type.isFloat !== type.isFloat && type.name !== 'bool') {
    throw new Error(`${given} holds ${values.type.name}, and the input ${name} takes ${type.name}.`);
  }
  // To the last bit: 64-bit integers are more than numbers can tell.
  if (values.type === type) await writeValueFile(target, type, dims, bytesOf(given, values), signal);
  else await convertValues(given, target, values.type, type, signal);
}

const pieceBytes = 2 ** 22;

function* bytesOf(file: string, { dataOffset, byteLength }: ValueFile): Generator<Uint8Array> {
  const source = nodeFileAccess.open(file);
  try {
    for (let done = 0; done < byteLength; done += pieceBytes) {
      yield source.read(dataOffset + done, Math.min(pieceBytes, byteLength - done));
    }
  } finally {
    source.close();
  }
}

/** The same numbers in another type, rounded to it. Throws an error for people where an integer is beyond what the type holds. */
export async function convertValues(
  source: string,
  target: string,
  from: ValueType,
  to: ValueType,
  signal?: AbortSignal,
): Promise<void> {
  const { dims, chunks } = openValueFile(source, nodeFileAccess, from.name);
  function* pieces() {
    for (const chunk of chunks()) {
      const [least, greatest] = to.range ?? [-Infinity, Infinity];
      const beyond = to.isFloat ? undefined : chunk.find((value) => value < least || value > greatest);
      if (beyond !== undefined) {
        throw new Error(`${source} holds ${beyond}, and ${to.name} is from ${least} to ${greatest}.`);
      }
      yield encoded(to, chunk);
    }
  }
  await writeValueFile(target, to, dims, pieces(), signal);
}

function encoded(type: ValueType, values: Iterable<number> & { readonly length: number }): Uint8Array {
  const bytes = new Uint8Array(values.length * type.bytes);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const value of values) {
    type.encode(view, at, value);
    at += type.bytes;
  }
  return bytes;
}
