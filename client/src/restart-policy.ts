/** Whether a server that has ended is started again. One that ends again and again is not: what it is asked would end the next, too. */
export interface RestartPolicy {
  /** To be asked when the server has ended. */
  mayRestart(): boolean;
  /** What was before no longer counts: the user wants another try. */
  forget(): void;
}

/** `most` restarts in `window` milliseconds; `now` is a clock, in milliseconds. */
export function createRestartPolicy(most: number, window: number, now: () => number): RestartPolicy {
  let restarts: number[] = [];
  return {
    mayRestart() {
      const time = now();
      restarts = restarts.filter((restart) => time - restart < window);
      if (restarts.length >= most) return false;
      restarts.push(time);
      return true;
    },
    forget() {
      restarts = [];
    },
  };
}
