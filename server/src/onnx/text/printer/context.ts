import type { Bytes, FileRange } from '../../model/model.ts';
import type { DocumentDefaults } from './document-defaults.ts';

/**
 * What a reference calls the file that bytes lie in, and their offset there. `check` is their fingerprint. It is asked once for each
 * reference, in the order of the text.
 */
export type PlaceOf = (range: FileRange, check: string) => Place | undefined;
export interface Place {
  readonly location: string;
  /** Bytes. */
  readonly offset: number;
  /** `external`: the file is one of external data, in which no field is around the bytes. */
  readonly source?: 'external';
}

/** What all parts of the printer need to know. */
export interface PrintContext {
  /** Tensors of more elements are elided. Infinity: none is. */
  readonly inlineElements: number;
  /** What references say of where the bytes are; undefined where that is not shown. */
  readonly place: PlaceOf;
  readonly readBytes: (bytes: Bytes) => Uint8Array;
  readonly defaults: DocumentDefaults;
}

/** Columns that a line may take before a list is spread over several. */
export const lineWidth = 110;

export const indentStep = '  ';
