/** Values of a model's tensors, as an editor asks the language server for them. See protocol.ts for what holds for all messages. */

import { RequestType } from 'vscode-jsonrpc';
import type { DiagnosticRelatedInformation, Range, TextEdit } from 'vscode-languageserver-types';
import type { Section } from './engine/describe-engine.ts';
import type { ValueHistogram } from './engine/tensor-values/statistics.ts';

/** Runs a model once and keeps the values of its tensors. Cancellable; progress is reported under `title`. */
export interface CaptureDebugParams {
  /** Of an open model, whose unsaved edits count for ONNX Runtime. */
  readonly uri: string;
  /** `file:` URI of the build config that says how its engine is built; absent: as a model by itself. */
  readonly configUri?: string;
  /** Which build of the config, where there are several. */
  readonly build?: string;
  /** Builds and runs an engine, too. An act of trust: in trusted workspaces only, when the user asks for it. */
  readonly engine: boolean;
  /** Names of values; absent: those that the config marks, or all. */
  readonly tensors?: readonly string[];
  /** What fusions leave, rather than `tensors` (TensorRT 10.12 and later): the engine computes as it does without. */
  readonly unfused?: boolean;
  /** Of the work-done progress. */
  readonly title: string;
}
export interface CaptureDebugResult {
  /** `file:` URI of the capture's index. */
  readonly index: string;
}
export const CaptureDebugRequest = new RequestType<CaptureDebugParams, CaptureDebugResult, void>(
  'debug/capture',
);

/** Whether there is a GPU to run engines on, as far as can be told without TensorRT. */
export const HasGpuRequest = new RequestType<Record<string, never>, boolean, void>('debug/hasGpu');

export interface DebugOnModelParams {
  /** Of an open model; absent: the capture by itself. */
  readonly uri?: string;
  /** `file:` URI of an index, or of the folder that it is in. */
  readonly index: string;
}
export interface DebugOnModelResult {
  readonly sections: readonly Section[];
  readonly figures: readonly ValueFigure[];
  readonly notes: readonly string[];
  /** Where values go wrong first. */
  readonly marks: readonly DebugMark[];
  /** One sentence, and whether all is well; `unknown` where nothing was compared. */
  readonly summary: { readonly text: string; readonly mood: 'yes' | 'no' | 'unknown' };
}
/** Histograms of one tensor. */
export interface ValueFigure {
  readonly tensor: string;
  readonly bars: readonly {
    readonly label: string;
    readonly histogram: ValueHistogram;
    /** What it shows, in words. */
    readonly text: string;
  }[];
}
export interface DebugMark {
  readonly range: Range;
  /** `debug.divergence`, `debug.not-finite`: each has a page in docs/diagnostics. */
  readonly code: string;
  readonly href?: string;
  readonly message: string;
  readonly related: readonly DiagnosticRelatedInformation[];
}
export const DebugOnModelRequest = new RequestType<DebugOnModelParams, DebugOnModelResult, void>(
  'debug/onModel',
);

/** Edits of an open build config that mark tensors (`markDebug`, `markUnfusedTensorsAsDebugTensors`); none where all are marked. */
export interface MarkDebugParams {
  readonly uri: string;
  readonly tensors: readonly string[] | 'unfused';
}
export const MarkDebugRequest = new RequestType<MarkDebugParams, readonly TextEdit[], void>('debug/mark');

/** Compares the values of a capture with others from then on; its index is written anew. */
export interface CompareDebugParams {
  /** Of the open model. */
  readonly uri: string;
  /** `file:` URI of the index. */
  readonly index: string;
  /** `file:` URI of a folder with a `NAME.npy` per tensor, or with another capture. */
  readonly reference: string;
}
export const CompareDebugRequest = new RequestType<CompareDebugParams, void, void>('debug/compare');
