/**
 * What a process that runs a model with ONNX Runtime is told, and answers: one message each way, over Node's own channel. Paths cross it,
 * never tensors. The process ends with its answer.
 */
export interface ReferenceRequest {
  /** Absolute path of a ModelProto. */
  readonly model: string;
  /** Absolute path of the folder that its external data is relative to. */
  readonly externalDataDirectory: string;
  readonly inputs: readonly ReferenceInput[];
  /** Outputs to be written, each to a `.npy` file (absolute path). */
  readonly outputs: readonly { readonly output: string; readonly file: string }[];
}

/** Elements as ONNX Runtime takes them, at a place of a file. */
export interface ReferenceInput {
  readonly name: string;
  /** As ONNX text spells it. */
  readonly type: string;
  readonly dims: readonly number[];
  readonly path: string;
  readonly offset: number;
  readonly byteLength: number;
}

export type ReferenceAnswer =
  | {
      readonly kind: 'done';
      readonly version: string;
      readonly outputs: readonly ReferenceOutput[];
    }
  | {
      readonly kind: 'failed';
      /** `binding`: ONNX Runtime is not there, or does not load. */
      readonly stage: 'binding' | 'session' | 'run';
      readonly message: string;
    };

export interface ReferenceOutput {
  readonly output: string;
  readonly type: string;
  readonly dims: readonly number[];
  readonly file: string;
}
