import type { Cuda } from './cuda.ts';

/** Milliseconds between two looks. */
const interval = 200;

/** Notices how much of the device's memory is in use at most, by all processes on it. */
export class DeviceMemoryWatch {
  readonly #cuda: Cuda;
  readonly #timer: NodeJS.Timeout;
  #peak = 0;

  constructor(cuda: Cuda) {
    this.#cuda = cuda;
    this.#look();
    this.#timer = setInterval(() => this.#look(), interval);
    this.#timer.unref();
  }

  /** Bytes. */
  peak(): number {
    this.#look();
    return this.#peak;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    this.#peak = Math.max(this.#peak, this.#cuda.usedMemory());
  }
}
