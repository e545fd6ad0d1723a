/**
 * Work in steps. What takes a second for 100,000 nodes is written as a generator that pauses every so often, so that whoever runs it
 * can see to something else in between, ask how far it has come, or let it go.
 */

/** Work that gives a `Value` in the end and, at its pauses, what it has so far. */
export type Steps<Value, SoFar = undefined> = Generator<SoFar, Value, undefined>;

/** Elements that loops look at between two pauses: some tens of microseconds. */
export const betweenPauses = 64;

/** A value that is worked out when first asked for: at once, or bit by bit before. */
export interface Stepwise<Value, SoFar = undefined> {
  /** Does what is left of the work. */
  readonly value: Value;
  /** Undefined as long as there is work left. */
  readonly ready: Value | undefined;
  /** What the work has at its last pause; undefined before the first one and at the end. */
  readonly soFar: SoFar | undefined;
  /** Works until it is done or `isEnough`, which is asked at each pause. Whether it is done. */
  work(isEnough: () => boolean): boolean;
}

/** An error of the work is thrown by whoever asks for it, and again by whoever asks after that. */
export function stepwise<Value extends object, SoFar = undefined>(
  start: () => Steps<Value, SoFar>,
): Stepwise<Value, SoFar> {
  let steps: Steps<Value, SoFar> | undefined;
  let value: Value | undefined;
  let soFar: SoFar | undefined;
  let failure: { readonly error: unknown } | undefined;
  const work = (isEnough: () => boolean): boolean => {
    if (failure) throw failure.error;
    if (value !== undefined) return true;
    steps ??= start();
    try {
      for (;;) {
        const step = steps.next();
        if (step.done) {
          value = step.value;
          soFar = undefined;
          steps = undefined;
          return true;
        }
        soFar = step.value;
        if (isEnough()) return false;
      }
    } catch (error) {
      failure = { error };
      throw error;
    }
  };
  return {
    get value() {
      if (value === undefined) work(() => false);
      // work() has thrown where there is no value.
      return value as Value;
    },
    get ready() {
      return value;
    },
    get soFar() {
      return soFar;
    },
    work,
  };
}

/** The end of work that nobody pauses. */
export function finished<Value, SoFar>(steps: Steps<Value, SoFar>): Value {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Other work as a part of this one. */
export function* partOf<Value, Other, SoFar>(
  other: Stepwise<Value, Other>,
  soFar: SoFar,
): Steps<Value, SoFar> {
  while (!other.work(() => true)) yield soFar;
  return other.value;
}
