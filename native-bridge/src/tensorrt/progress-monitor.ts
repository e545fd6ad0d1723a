import type { Abi } from '../abi/families.ts';
import type { Pointer } from '../abi/methods.ts';
import type { ActivePhase, BuildResult } from '../build-protocol.ts';
import { createCallbackObject } from '../native/callback-object.ts';
import koffi from '../native/koffi.ts';

interface Phase {
  readonly name: string;
  readonly parent: string;
  readonly steps: number;
  readonly started: number;
  step: number;
}

interface Total {
  count: number;
  milliseconds: number;
}

/** What a build hears of its phases, and how it is told to stop. */
export interface BuildMonitor {
  readonly onChange: () => void;
  readonly isCancelled: () => boolean;
}

/**
 * nvinfer1::IProgressMonitor: TensorRT's own phases, which nest and repeat (some 16,000 of them in a small convolution net). One object
 * serves all builds of the process, one at a time.
 */
export class ProgressMonitor {
  readonly address: Pointer;
  readonly #active = new Map<string, Phase>();
  #totals = new Map<string, Total>();
  #monitor: BuildMonitor | undefined;

  constructor(abi: Abi) {
    this.address = createCallbackObject(
      abi,
      'IProgressMonitor',
      {
        phaseStart: (name: number, parent: number, steps: number) =>
          this.#start(text(name), text(parent), steps),
        stepComplete: (name: number, step: number) => this.#step(text(name), step),
        phaseFinish: (name: number) => this.#finish(text(name)),
      },
      (error) => console.error('A step of the build was not noticed:', error),
    );
  }

  /** Forgets the last build. */
  begin(monitor: BuildMonitor): void {
    this.#active.clear();
    this.#totals = new Map();
    this.#monitor = monitor;
  }

  end(): void {
    this.#monitor = undefined;
  }

  /** The phases under way, outermost first. */
  phases(): ActivePhase[] {
    const now = performance.now();
    return [...this.#active.values()].map(({ name, step, steps, started }) => ({
      name,
      step,
      steps,
      elapsed: now - started,
    }));
  }

  /** By name, the longest first. */
  totals(): BuildResult['phases'] {
    return Array.from(this.#totals, ([name, total]) => ({ name, ...total })).sort(
      (a, b) => b.milliseconds - a.milliseconds,
    );
  }

  #start(name: string, parent: string, steps: number): void {
    this.#active.set(name, { name, parent, steps, started: performance.now(), step: 0 });
    this.#monitor?.onChange();
  }

  /** False tells TensorRT to stop. */
  #step(name: string, step: number): boolean {
    const phase = this.#active.get(name);
    if (phase) {
      // Steps are counted from zero and may come out of order, from several threads.
      phase.step = Math.max(phase.step, step + 1);
    }
    this.#monitor?.onChange();
    return this.#monitor?.isCancelled() !== true;
  }

  #finish(name: string): void {
    const phase = this.#active.get(name);
    this.#active.delete(name);
    if (phase) {
      const total = this.#totals.get(name) ?? { count: 0, milliseconds: 0 };
      total.count++;
      total.milliseconds += performance.now() - phase.started;
      this.#totals.set(name, total);
    }
    this.#monitor?.onChange();
  }
}

function text(address: number): string {
  return address === 0 ? '' : koffi.decode.string(BigInt(address));
}
