import type { Bytes } from '../../model/model.ts';
import type { DocumentDefaults } from './document-defaults.ts';

/** What all parts of the printer need to know. */
export interface PrintContext {
  /** How a reference calls the file at an absolute path. */
  readonly location: (path: string) => string;
  /** Tensors of more elements are elided. Infinity: none is. */
  readonly inlineElements: number;
  /** Whether references say where the bytes are. */
  readonly placesShown: boolean;
  readonly readBytes: (bytes: Bytes) => Uint8Array;
  readonly defaults: DocumentDefaults;
}

/** Columns that a line may take before a list is spread over several. */
export const lineWidth = 110;

export const indentStep = '  ';
