import type { Annotation } from '../syntax-tree.ts';
import { type AnnotationReading, readAnnotation } from './annotations.ts';

/** An annotation that has been read and belongs to no construct yet. Offsets are absolute. */
export interface PendingAnnotation {
  readonly reading: AnnotationReading;
  readonly start: number;
  readonly end: number;
}

interface Waiting extends PendingAnnotation {
  /** The token it is in front of; negative where that is not known yet, or where it annotates nothing. */
  token: number;
}

const unknownToken = -1;
const noToken = -2;

/** Annotations between the comment they are and the construct they annotate. */
export class PendingAnnotations {
  #waiting: Waiting[] = [];

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Absolute offset of the first one. */
  get start(): number | undefined {
    return this.#waiting[0]?.start;
  }

  clear(): void {
    if (this.#waiting.length > 0) {
      this.#waiting = [];
    }
  }

  /**
   * Reads a comment that begins with `#@`. At the end of a line, an annotation would seem to be about that line but annotate the
   * next; so only on a line of its own it annotates something.
   */
  read(text: string, start: number, end: number, base: number, isOnOwnLine: boolean): void {
    const reading = readAnnotation(text, start, end, base);
    if (reading) {
      this.#waiting.push({ reading, start, end, token: isOnOwnLine ? unknownToken : noToken });
    }
  }

  /** The token behind the comments that were read last. */
  foundToken(token: number): void {
    for (let index = this.#waiting.length - 1; index >= 0; index--) {
      const waiting = this.#waiting[index];
      if (waiting?.token === unknownToken) {
        waiting.token = token;
      }
    }
  }

  /** Drops those from an offset on; they will be read again. */
  dropFrom(start: number): void {
    this.#waiting = this.#waiting.filter((waiting) => waiting.start < start);
  }

  /** Removes those that are in front of a token, or with `others`, those that are not. */
  take(token: number, others: boolean): readonly PendingAnnotation[] {
    const isTaken = (waiting: Waiting) => (waiting.token === token) !== others;
    const taken = this.#waiting.filter(isTaken);
    this.#waiting = this.#waiting.filter((waiting) => !isTaken(waiting));
    return taken;
  }
}

/** The annotations that could be read. */
export function annotationsOf(pending: readonly PendingAnnotation[]): readonly Annotation[] {
  return pending.flatMap(({ reading }) => ('annotation' in reading ? [reading.annotation] : []));
}
