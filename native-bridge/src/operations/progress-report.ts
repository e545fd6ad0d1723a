import type { Pointer } from '../abi/methods.ts';
import type { BuildProgress, BuildResult, BuildStage } from '../build-protocol.ts';
import type { ProgressMonitor } from '../tensorrt/progress-monitor.ts';

/** Milliseconds between two messages: phases come by the thousand. */
const interval = 100;

/** Says how far a build is, now and then. */
export class ProgressReport {
  readonly #monitor: ProgressMonitor;
  readonly #send: (progress: BuildProgress) => void;
  readonly #started = performance.now();
  readonly #timer: NodeJS.Timeout;
  #stage: BuildStage = 'parsing';
  #changed = false;

  constructor(monitor: ProgressMonitor, send: (progress: BuildProgress) => void, isCancelled: () => boolean) {
    this.#monitor = monitor;
    this.#send = send;
    monitor.begin({
      onChange: () => {
        this.#changed = true;
      },
      isCancelled,
    });
    this.#timer = setInterval(() => {
      if (this.#changed) {
        this.#report();
      }
    }, interval);
  }

  /** What IBuilderConfig::setProgressMonitor takes. */
  get address(): Pointer {
    return this.#monitor.address;
  }

  stage(stage: BuildStage): void {
    this.#stage = stage;
    this.#report();
  }

  totals(): BuildResult['phases'] {
    return this.#monitor.totals();
  }

  end(): void {
    clearInterval(this.#timer);
    this.#monitor.end();
  }

  #report(): void {
    this.#changed = false;
    this.#send({
      stage: this.#stage,
      elapsed: performance.now() - this.#started,
      phases: this.#monitor.phases(),
    });
  }
}
