/** Values of a model's tensors as an engine and a reference compute them, captured in a folder. See engine/debug/capture.ts. */
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import {
  captureFileName,
  type DebugCapture,
  type DebugTensor,
  type EngineParts,
  readCapture,
  type StoredValues,
  unfinishedCapture,
  writeCapture,
} from '../../../engine/debug/capture.ts';
import { evaluateTensors } from '../../../engine/debug/evaluate.ts';
import { findingsOf } from '../../../engine/debug/findings.ts';
import { withMasks } from '../../../engine/debug/masks.ts';
import type { OwnValues } from '../../../engine/debug/own-infinities.ts';
import { computedValues, type TypeOfValue } from '../../../engine/debug/reference-model.ts';
import { type GraphNode, graphNodes } from '../../../engine/graph-nodes.ts';
import { valueStatistics } from '../../../engine/tensor-values/statistics.ts';
import { type Precision, precisionOfFlags, type Tolerance } from '../../../engine/tensor-values/tolerance.ts';
import { openValueFile } from '../../../engine/tensor-values/value-file.ts';
import { nodeFileAccess } from '../../../node/file-access.ts';
import { writeModel } from '../../../node/write-model.ts';
import type { InlinedModel } from '../../../onnx/inlining/inline-functions.ts';
import type { Model } from '../../../onnx/model/model.ts';
import type { EngineRuntime } from '../choose-runtime.ts';
import type { LoadOptions } from '../inspect-engine.ts';
import type { RunSettings } from '../run-settings.ts';
import { inputsOfModel, writeInputs } from './inputs.ts';
import { inRowMajorOrder } from './layouts.ts';
import { ownValues } from './own-values.ts';
import { type ReferenceValues, valuesOfFolder, valuesOfOnnxRuntime } from './reference.ts';
import { type RunOutcome, runEngines } from './run-engines.ts';

/** A model whose values are asked for. */
export interface DebuggedModel {
  /** Absolute path of its file. */
  readonly path: string;
  /** With the calls of local functions in the main graph written out, so that values inside of them are among its own. */
  readonly model: Model;
  readonly typeOf: TypeOfValue;
  /** Where it is not as in the file: which values come out of functions, and what to know of it. */
  readonly inlined?: Pick<InlinedModel, 'values' | 'notes'>;
}

/** An engine that is there. */
export interface DebuggedEngine {
  readonly path: string;
  readonly installation: EngineRuntime;
  readonly loading: LoadOptions;
  /** BuilderFlag names of its build, where they are known. */
  readonly flags: readonly string[] | undefined;
  readonly unfused: boolean;
}

/** What is run: one engine, or several with a part of the tensors each. */
export interface DebuggedEngines {
  /** Not empty. */
  readonly engines: readonly DebuggedEngine[];
  /** Why there are several, or one that lacks some tensors or has them as outputs. */
  readonly split?: Omit<EngineParts, 'engines'>;
  /** Whether the tensors were made outputs of the engines in the place of debug tensors. */
  readonly asOutputs?: boolean;
  /** Which tensors the engines were built for, where they are known by name. */
  readonly wanted?: readonly string[];
}

export type Reference =
  | { readonly kind: 'onnxruntime' | 'none' }
  | { readonly kind: 'folder'; readonly path: string };

export interface CaptureOptions {
  /** Absolute. Made, or emptied where it holds another capture. */
  readonly directory: string;
  readonly model: DebuggedModel | undefined;
  /** Absent: the reference alone. */
  readonly engines: DebuggedEngines | undefined;
  /** Names of tensors; undefined for all that there are. */
  readonly tensors: readonly string[] | undefined;
  readonly reference: Reference;
  /** Shapes and files of inputs, profile. */
  readonly run: Pick<RunSettings, 'shapes' | 'files' | 'profile'>;
  readonly tolerance?: Tolerance | undefined;
  readonly signal?: AbortSignal | undefined;
  /** What is done now: `running detector.engine on …`. */
  readonly onProgress: (sentence: string) => void;
}

/** Answers what the index holds. Throws an error for people, a BridgeError, or the signal's reason. */
export async function captureDebugTensors(options: CaptureOptions): Promise<DebugCapture> {
  const { directory, model, engines, signal, onProgress } = options;
  await prepareDirectory(directory);
  const run = engines ? await runEngines(options, engines) : await inputsAlone(options);
  const outputs = new Set(model?.model.graph?.outputs.map(({ name }) => name));
  const wanted = wantedOfReference(options, run.values, outputs);
  if (options.reference.kind === 'onnxruntime') onProgress('running ONNX Runtime on the CPU');
  let reference: ReferenceValues | undefined;
  let referenceFailure: string | undefined;
  try {
    reference = await referenceValues({ ...options, isOfEngine: engines !== undefined }, wanted, run.inputs);
  } catch (error) {
    signal?.throwIfAborted();
    const message = error instanceof Error ? error.message : String(error);
    // What was guessed may be why.
    if (!engines) throw new Error([message, ...run.notes].join('\n'), { cause: error });
    // The engine's values, which took a build and a GPU, can be compared later.
    referenceFailure = `The values are compared with nothing: ${message}`;
  }
  const nodes = model ? graphNodes(model.model) : [];
  const precision = precisionOf(engines);
  onProgress('comparing values');
  const comparing = { directory, nodes, precision, tolerance: options.tolerance, signal };
  const compared = await evaluate(
    { engine: run.values, reference: reference?.values ?? [], outputs },
    comparing,
  );
  const { tensors: inRows, notes } = engines?.asOutputs
    ? { tensors: compared, notes: [] }
    : await withRearranged(compared, outputs, comparing);
  const { tensors, findings } = judged(inRows, nodes, model && ownValues(model, run.inputs, directory));
  const capture: DebugCapture = {
    format: 'onnx-tensorrt-tools debug tensors',
    formatVersion: 1,
    ...(model && { model: model.path }),
    ...(run.engine && { engine: run.engine }),
    ...(run.parts && { parts: run.parts }),
    ...(engines?.asOutputs && { asOutputs: true }),
    ...(reference && { reference: { name: reference.name } }),
    ...(referenceFailure !== undefined && { referenceFailure }),
    captured: new Date().toISOString(),
    precision,
    ...(options.tolerance && { tolerance: options.tolerance }),
    inputs: run.inputs,
    tensors,
    findings,
    notes: [
      ...(model?.inlined?.notes ?? []),
      ...run.notes,
      ...notFiniteInputs(run.inputs, options),
      ...(reference?.notes ?? []),
      ...notes,
    ],
  };
  await writeIndex(directory, capture);
  return capture;
}

export interface CompareAgainOptions {
  /** A folder of values, or ONNX Runtime with the inputs of the capture; absent: the capture's own reference. */
  readonly reference: Reference | undefined;
  readonly tolerance: Tolerance | undefined;
  readonly model: DebuggedModel | undefined;
  readonly signal?: AbortSignal;
}

/**
 * A stored capture, its values compared once more. Its index stays as it is; files of values in a format of TensorRT's, which the reference
 * shows, are put in rows. Throws an error for people.
 */
export async function compareAgain(
  directory: string,
  capture: DebugCapture,
  { reference, tolerance, model, signal }: CompareAgainOptions,
): Promise<DebugCapture> {
  const { reference: _, referenceFailure, ...rest } = capture;
  const stored = (side: 'engine' | 'reference') => capture.tensors.flatMap((tensor) => tensor[side] ?? []);
  const isAlone = capture.engine === undefined && capture.compared === undefined;
  if (!capture.engine && reference?.kind === 'onnxruntime') {
    throw new Error(
      'These are values of ONNX Runtime: compare them with another capture, or with a folder of values.',
    );
  }
  const own = stored(isAlone ? 'reference' : 'engine');
  let other: Pick<ReferenceValues, 'name' | 'values'> | undefined;
  if (reference) {
    await mkdir(path.join(directory, 'onnxruntime'), { recursive: true });
    other = await referenceValues(
      { reference, model, isOfEngine: true, directory, signal },
      own.map(({ name }) => name),
      capture.inputs,
    );
  } else if (capture.reference) {
    other = { name: capture.reference.name, values: stored('reference') };
  }
  const outputs = new Set(capture.tensors.filter(({ isOutput }) => isOutput).map(({ name }) => name));
  const nodes = model ? graphNodes(model.model) : [];
  const comparing = { directory, nodes, precision: capture.precision, tolerance, signal };
  const compared = await evaluate(
    { engine: isAlone && !reference ? [] : own, reference: other?.values ?? [], outputs },
    comparing,
  );
  const { tensors: inRows, notes } =
    capture.engine && !capture.asOutputs
      ? await withRearranged(compared, outputs, comparing)
      : { tensors: compared, notes: [] };
  const { tensors, findings } = judged(inRows, nodes, model && ownValues(model, capture.inputs, directory));
  return {
    ...rest,
    ...(referenceFailure !== undefined && !other && { referenceFailure }),
    ...(isAlone && reference && capture.reference && { compared: capture.reference }),
    ...(other && { reference: { name: other.name } }),
    ...(tolerance && { tolerance }),
    tensors,
    findings,
    notes: [...capture.notes, ...notes],
  };
}

function judged(
  tensors: readonly DebugTensor[],
  nodes: readonly GraphNode[],
  own: OwnValues | undefined,
): Pick<DebugCapture, 'tensors' | 'findings'> {
  const masked = withMasks(tensors, nodes, own);
  return { tensors: masked.tensors, findings: findingsOf(masked.tensors, nodes, masked.masksInto) };
}

/** Throws an error for people where there is none, naming the file. */
export async function loadCapture(
  file: string,
): Promise<{ readonly directory: string; readonly capture: DebugCapture }> {
  const index = path.basename(file).endsWith('.json') ? file : path.join(file, captureFileName);
  try {
    return { directory: path.dirname(index), capture: readCapture(await readFile(index, 'utf8')) };
  } catch (error) {
    throw new Error(`${index}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}

async function inputsAlone({ directory, model, run, signal }: CaptureOptions): Promise<RunOutcome> {
  if (!model) throw new Error('There is neither an engine to run nor a model.');
  const { inputs, notes } = inputsOfModel(model.model, run.shapes);
  const stored = await writeInputs(inputs, directory, { files: run.files, model: model.model, signal });
  return { inputs: stored, values: [], notes };
}

/** Where values go wrong first is no node's fault then. */
function notFiniteInputs(
  inputs: readonly StoredValues[],
  { directory, run }: Pick<CaptureOptions, 'directory' | 'run'>,
): string[] {
  return inputs.flatMap(({ name, type, file }) => {
    const given = run.files.get(name);
    if (given === undefined) return [];
    const values = openValueFile(path.join(directory, file), nodeFileAccess, type);
    const { count, nan, positiveInfinity, negativeInfinity } = valueStatistics(values);
    const wrong = nan + positiveInfinity + negativeInfinity;
    if (wrong === 0) return [];
    const what = wrong === negativeInfinity ? '-inf, as those of masks are' : 'NaN or infinite themselves';
    return [`${wrong} of the ${count} values of the input ${name} (${given}) are ${what}.`];
  });
}

function wantedOfReference(
  { model, engines, tensors }: CaptureOptions,
  values: readonly StoredValues[],
  outputs: ReadonlySet<string>,
): readonly string[] {
  if (engines) return values.map(({ name }) => name);
  if (!tensors) return model ? computedValues(model.model) : [];
  return [...new Set([...tensors, ...outputs])];
}

async function referenceValues(
  {
    reference,
    model,
    isOfEngine,
    directory,
    signal,
  }: Pick<CaptureOptions, 'reference' | 'model' | 'directory' | 'signal'> & { readonly isOfEngine: boolean },
  wanted: readonly string[],
  inputs: readonly StoredValues[],
): Promise<ReferenceValues | undefined> {
  if (reference.kind === 'none') return undefined;
  if (reference.kind === 'folder') return await valuesOfFolder(reference.path, wanted);
  if (!model) {
    throw new Error(
      'The model that the engine was built from is not known, so ONNX Runtime cannot run it. Name it with --model, or leave the reference out with --reference none.',
    );
  }
  // Names that fusions made are none of the model's.
  const own = new Set(computedValues(model.model));
  return await valuesOfOnnxRuntime({
    model: model.model,
    modelDirectory: path.dirname(model.path),
    wanted: isOfEngine ? wanted.filter((name) => own.has(name)) : wanted,
    typeOf: model.typeOf,
    inputs,
    directory,
    signal,
  });
}

/** Those of one build config; an engine of which nothing is known computes as TensorRT does by default. */
function precisionOf(engines: DebuggedEngines | undefined): Precision {
  return engines ? precisionOfFlags(engines.engines[0]?.flags ?? ['kTF32']) : 'float32';
}

interface Comparing {
  readonly directory: string;
  readonly nodes: readonly GraphNode[];
  readonly precision: Precision;
  readonly tolerance: Tolerance | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What came in a format of TensorRT's is compared once more, in row-major order. */
async function withRearranged(
  compared: readonly DebugTensor[],
  outputs: ReadonlySet<string>,
  comparing: Comparing,
): Promise<{ readonly tensors: readonly DebugTensor[]; readonly notes: readonly string[] }> {
  const { rearranged, unreadable, notes } = await inRowMajorOrder(compared, comparing.directory);
  if (rearranged.length === 0 && unreadable.length === 0) return { tensors: compared, notes };
  const again = compared.filter(({ name }) => rearranged.includes(name));
  const found = await evaluate(
    {
      engine: again.flatMap(({ engine }) => engine ?? []),
      reference: again.flatMap(({ reference }) => reference ?? []),
      outputs,
    },
    comparing,
  );
  const anew = new Map(found.map((tensor) => [tensor.name, tensor]));
  return {
    tensors: compared.map((tensor) => {
      if (!unreadable.includes(tensor.name)) return anew.get(tensor.name) ?? tensor;
      const { engine: _, comparison: __, ...rest } = tensor;
      return rest;
    }),
    notes,
  };
}

async function evaluate(
  files: Parameters<typeof evaluateTensors>[0],
  { directory, nodes, precision, tolerance, signal }: Comparing,
): Promise<DebugTensor[]> {
  const tensors: DebugTensor[] = [];
  const resolve = (file: string) => path.resolve(directory, file);
  for (const tensor of evaluateTensors(files, {
    files: nodeFileAccess,
    resolve,
    nodes,
    precision,
    tolerance,
  })) {
    tensors.push(tensor);
    // Others may want to be served, a cancellation among them.
    await setImmediate();
    signal?.throwIfAborted();
  }
  return tensors;
}

/** What a capture consists of; nothing else is ever removed. */
const folders = ['inputs', 'tensorrt', 'onnxruntime'];

async function prepareDirectory(directory: string): Promise<void> {
  const entries: string[] = await readdir(directory).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw new Error(`${directory} cannot be written to: ${error.message}`);
  });
  const foreign = entries.find((entry) => entry !== captureFileName && !folders.includes(entry));
  if (entries.length > 0 && (foreign !== undefined || !entries.includes(captureFileName))) {
    throw new Error(
      `${directory} is there already and is no folder of captured values${foreign === undefined ? '' : ` (it has ${foreign})`}. Choose another one.`,
    );
  }
  for (const name of folders) await rm(path.join(directory, name), { recursive: true, force: true });
  // With an index from the start, a capture that failed half-way can be replaced, too.
  await mkdir(directory, { recursive: true });
  await writeIndex(directory, undefined);
  for (const name of folders) await mkdir(path.join(directory, name));
}

/** `undefined`: of a capture that is not there yet. */
export async function writeIndex(directory: string, capture: DebugCapture | undefined): Promise<void> {
  const text = capture ? writeCapture(capture) : `${JSON.stringify(unfinishedCapture)}\n`;
  await writeModel(path.join(directory, captureFileName), [new TextEncoder().encode(text)]);
}
