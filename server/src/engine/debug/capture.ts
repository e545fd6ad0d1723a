/**
 * Values of a model's tensors as a run left them: a folder with `debug.json` and the values as `.npy` files. What was worked out of the
 * values is in the index, so that it can be shown without them.
 */
import type { ValueComparison } from '../tensor-values/compare-values.ts';
import type { ValueStatistics } from '../tensor-values/statistics.ts';
import type { Precision, Tolerance } from '../tensor-values/tolerance.ts';
import { wrongPlace } from './check-capture.ts';
import type { Finding } from './findings.ts';

export const captureFileName = 'debug.json';

export interface DebugCapture {
  readonly format: 'onnx-tensorrt-tools debug tensors';
  readonly formatVersion: 1;
  /** Absolute path of the model, as it was then. */
  readonly model?: string;
  readonly engine?: CapturedEngine;
  /** Where TensorRT did not build one engine with all debug tensors. */
  readonly parts?: EngineParts;
  /** Whether the tensors were made outputs of the engine in the place of debug tensors; TensorRT gives outputs out in rows. */
  readonly asOutputs?: boolean;
  /** What is in the engine's place where a reference is compared with another one. */
  readonly compared?: CapturedReference;
  readonly reference?: CapturedReference;
  /** Why there is none though one was asked for; a sentence. The engine's values are there. */
  readonly referenceFailure?: string;
  readonly captured: string;
  /** The coarsest that the engine may compute in. */
  readonly precision: Precision;
  /** Where it was given rather than taken from types. */
  readonly tolerance?: Tolerance;
  readonly inputs: readonly StoredValues[];
  /** In the order in which the model computes them. */
  readonly tensors: readonly DebugTensor[];
  readonly findings: readonly Finding[];
  /** Sentences for people. */
  readonly notes: readonly string[];
}

export interface CapturedEngine {
  readonly path: string;
  /** `TensorRT 10.6.0`. */
  readonly runtime: string;
  readonly device: string;
}

/** Engines in the place of one with all debug tensors: several with a part of them each, or one whose outputs they are. */
export interface EngineParts {
  /** Builds that there were; those that gave no engine count. */
  readonly builds: number;
  /** How many debug tensors were to be marked. */
  readonly wanted: number;
  /** Why they could not be marked in one engine: TensorRT's words. */
  readonly reason: string;
  /** The first is the capture's `engine`. */
  readonly engines: readonly {
    readonly path: string;
    /** Whose values are this engine's; an output is the first engine's. */
    readonly tensors: readonly string[];
  }[];
  /** Tensors that have no values of TensorRT, and why. */
  readonly leftOut: readonly { readonly tensor: string; readonly reason: string }[];
}

export interface CapturedReference {
  /** `ONNX Runtime 1.30.0`, or the folder that the values came from. */
  readonly name: string;
}

/** Values in a file. */
export interface StoredValues {
  readonly name: string;
  /** As ONNX text spells it. */
  readonly type: string;
  readonly dims: readonly number[];
  /** `.npy`, relative to the index with forward slashes; absolute where it lies elsewhere. */
  readonly file: string;
}

export interface DebugTensor {
  readonly name: string;
  /** The node that computes it, where the model has one. */
  readonly node?: { readonly name: string; readonly operator: string };
  readonly isOutput: boolean;
  readonly engine?: CapturedValues;
  readonly reference?: CapturedValues;
  /** Of the engine's values with the reference's. */
  readonly comparison?: ValueComparison;
}

export interface CapturedValues extends StoredValues {
  readonly statistics: ValueStatistics;
  /** Its infinities are -inf that is in constants, initializers or inputs of the model, and was only passed on. */
  readonly masked?: boolean;
}

/** JSON has no NaN and no infinities; they are written as strings. */
export function writeCapture(capture: DebugCapture): string {
  return `${JSON.stringify(
    capture,
    (_, value: unknown) => (typeof value === 'number' && !Number.isFinite(value) ? String(value) : value),
    1,
  )}\n`;
}

/** Throws an error for people where the text is no capture that this version knows. */
export function readCapture(text: string): DebugCapture {
  let value: unknown;
  try {
    value = JSON.parse(text, (key, found: unknown) =>
      numberFields.has(key) && typeof found === 'string' ? Number(found) : found,
    );
  } catch (cause) {
    throw new Error('This is no JSON.', { cause });
  }
  if (isUnfinished(value)) {
    throw new Error('The run that was to write this capture did not come to its end. Run it again.');
  }
  if (!isCapture(value)) {
    throw new Error(
      `This is no index of captured debug tensors (${captureFileName} as onnx-trt debug writes it), or one of a newer version.`,
    );
  }
  const wrong = wrongPlace(value);
  if (wrong !== undefined) {
    throw new Error(
      `The index of captured debug tensors is damaged: ${wrong} is missing, or nothing that belongs there.`,
    );
  }
  return value;
}

/** Fields whose numbers may be NaN or infinite. */
const numberFields = new Set([
  'value',
  'reference',
  'min',
  'max',
  'mean',
  'standardDeviation',
  'magnitude',
  'relative',
  'absolute',
  'greatestAbsolute',
  'greatestRelative',
  'meanAbsolute',
  'start',
  'width',
]);

/** What stands in the index until all values are written. */
export const unfinishedCapture = {};

function isUnfinished(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function isCapture(value: unknown): value is DebugCapture {
  if (typeof value !== 'object' || value === null) return false;
  const { format, formatVersion } = value as Record<string, unknown>;
  return format === 'onnx-tensorrt-tools debug tensors' && formatVersion === 1;
}
