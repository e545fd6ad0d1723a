import { dimsFrom } from '../../build-config/trtexec/from-values.ts';
import { splitEntries } from '../../build-config/trtexec/spec.ts';
import { type Arguments, UsageError } from '../command.ts';

/** A number that is not negative; undefined where the option is not given. Throws a UsageError. */
export function numberOption(given: Arguments, name: string): number | undefined {
  const text = given.value(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
    throw new UsageError(`--${name} takes a number, not ${text}.`);
  }
  return value;
}

export function numbersOption(given: Arguments, name: string, usual: readonly number[]): readonly number[] {
  const text = given.value(name);
  if (text === undefined) return usual;
  const values = text.split(',').map(Number);
  if (!values.every((value) => value >= 0 && value <= 100)) {
    throw new UsageError(`--${name} takes numbers from 0 to 100 with commas between, not ${text}.`);
  }
  return values;
}

/** `NAME:VALUE,…`, as trtexec takes it. */
export function entriesOption(given: Arguments, name: string): ReadonlyMap<string, string> {
  const text = given.value(name);
  if (text === undefined) return new Map();
  const entries = splitEntries(text);
  if (!entries) throw new UsageError(`--${name} takes NAME:VALUE with commas between, not ${text}.`);
  return new Map(entries);
}

export function shapesOption(given: Arguments): ReadonlyMap<string, readonly number[]> {
  return new Map(
    [...entriesOption(given, 'shapes')].map(([input, text]) => {
      const dims = dimsFrom(text);
      if (!dims) throw new UsageError(`--shapes takes sizes like 8x3x224x224 for ${input}, not ${text}.`);
      return [input, dims];
    }),
  );
}
