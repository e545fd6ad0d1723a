/** How the language service reaches files: positional reads of what it needs, nothing else. Given by the host. */
import type { FileRange } from './model.ts';
import type { ElementField } from './tensor-values.ts';

export interface ByteSource {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Reads exactly `length` bytes at `offset`. Throws a RangeError past the end. */
  read(offset: number, length: number): Uint8Array;
  close(): void;
}

export interface FileAccess {
  /** Throws an error whose message is a sentence for people (missing, unreadable, a folder …). */
  open(path: string): ByteSource;
  /** Size in bytes, or undefined where there is no such file. */
  size(path: string): number | undefined;
  /** Weights that saves took out of the model at `path`, and that an undo may bring back. */
  keptWeights?(path: string): readonly KeptWeights[];
}

export interface KeptWeights {
  readonly field: ElementField;
  /** The fingerprint. */
  readonly check: string;
  /** Where they are kept. */
  readonly range: FileRange;
}
