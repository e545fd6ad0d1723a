import type { Cuda, Handle } from '../../native/cuda.ts';

/** Events by the dozen, and the time since the first of them. */
export class IterationClock {
  readonly #cuda: Cuda;
  readonly #origin: Handle;
  readonly #originTime: number;
  readonly #free: Handle[] = [];
  readonly #all: Handle[] = [];

  constructor(cuda: Cuda, stream: Handle) {
    this.#cuda = cuda;
    this.#origin = this.#create();
    cuda.record(this.#origin, stream);
    cuda.waitFor(this.#origin);
    this.#originTime = performance.now();
  }

  /** Milliseconds of the host since the origin. */
  now(): number {
    return performance.now() - this.#originTime;
  }

  /** Records an event, to be read later. */
  mark(stream: Handle): Handle {
    const event = this.#free.pop() ?? this.#create();
    this.#cuda.record(event, stream);
    return event;
  }

  /** Waits for an event and answers its milliseconds since the origin; the event is used again. */
  read(event: Handle): number {
    this.#cuda.waitFor(event);
    const milliseconds = this.#cuda.elapsed(this.#origin, event);
    this.#free.push(event);
    return milliseconds;
  }

  dispose(): void {
    for (const event of this.#all) {
      this.#cuda.destroyEvent(event);
    }
  }

  #create(): Handle {
    const event = this.#cuda.createEvent();
    this.#all.push(event);
    return event;
  }
}
