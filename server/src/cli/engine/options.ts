import type { WeightStreamingBudget } from '../../build-config/model.ts';
import { dimsFrom } from '../../build-config/trtexec/from-values.ts';
import { splitEntries } from '../../build-config/trtexec/spec.ts';
import { budgetFrom } from '../../build-config/values/scalars.ts';
import { type Arguments, type Option, UsageError } from '../command.ts';

/** Options of every command that runs an engine: how, and with what. */
export const runningOptions: Readonly<Record<string, Option>> = {
  shapes: { value: 'SPEC', help: 'Shapes of inputs: x:8x3x224x224,ids:8; `opt` of the profile otherwise.' },
  'load-inputs': {
    value: 'SPEC',
    help: 'Values of inputs: x:FILE,… (.npy, which tells the shape, too, or raw); random otherwise.',
  },
  iterations: { value: 'N', help: 'At least so many inferences (10).' },
  duration: { value: 'SECONDS', help: 'At least so long (3).' },
  'warm-up': { value: 'MS', help: 'Milliseconds of inference before (200).' },
  streams: { value: 'N', help: 'Execution contexts that run side by side (1).' },
  'use-profile': { value: 'N', help: 'Optimization profile (0).' },
  'allocation-strategy': { value: 'STRATEGY', help: 'Memory of contexts: static, profile or runtime.' },
  'cuda-graph': { help: 'Run as a CUDA graph, as trtexec 11 does.' },
  'no-cuda-graph': { help: 'Launch kernels one by one, as trtexec 10 does.' },
  transfers: { help: 'Measure copies to and from the GPU, too, as trtexec 10 does.' },
  'no-transfers': { help: 'Leave copies out, as trtexec 11 does.' },
};

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

/** A whole number; undefined where the option is not given. Throws a UsageError. */
export function wholeOption(given: Arguments, name: string, least = 0): number | undefined {
  const value = numberOption(given, name);
  if (value !== undefined && !(Number.isSafeInteger(value) && value >= least)) {
    throw new UsageError(`--${name} takes a whole number, at least ${least}, not ${given.value(name)}.`);
  }
  return value;
}

export function numbersOption(given: Arguments, name: string, usual: readonly number[]): readonly number[] {
  const text = given.value(name);
  if (text === undefined) return usual;
  const values = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (!values.every((value) => value >= 0 && value <= 100)) {
    throw new UsageError(`--${name} takes numbers from 0 to 100 with commas between, not ${text}.`);
  }
  return values;
}

/** `NAME:VALUE,…`, as trtexec takes it. */
export function entriesOption(given: Arguments, name: string): ReadonlyMap<string, string> {
  const text = given.value(name);
  return text === undefined ? new Map() : readEntries(text, name);
}

function readEntries(text: string, name: string): ReadonlyMap<string, string> {
  const entries = splitEntries(text);
  if (!entries) throw new UsageError(`--${name} takes NAME:VALUE with commas between, not ${text}.`);
  return new Map(entries);
}

export function shapesOption(given: Arguments): ReadonlyMap<string, readonly number[]> {
  const text = given.value('shapes');
  return text === undefined ? new Map() : readShapes(text);
}

/** `x:8x3x224x224,ids:8`. Throws a UsageError. */
export function readShapes(text: string): ReadonlyMap<string, readonly number[]> {
  return new Map(
    [...readEntries(text, 'shapes')].map(([input, sizes]) => {
      const dims = dimsFrom(sizes);
      if (!dims) throw new UsageError(`--shapes takes sizes like 8x3x224x224 for ${input}, not ${sizes}.`);
      return [input, dims];
    }),
  );
}

/** A size, a part of the streamable weights, `auto` or `off`; undefined where the option is not given. Throws a UsageError. */
export function budgetOption(given: Arguments, name: string): WeightStreamingBudget | undefined {
  const text = given.value(name);
  return text === undefined ? undefined : readBudgetText(text, name);
}

export function readBudgetText(text: string, name: string): WeightStreamingBudget {
  const budget = budgetFrom(text === 'auto' ? 'automatic' : text);
  if (!budget) {
    throw new UsageError(`--${name} takes sizes like 512MiB, parts like 50%, auto or off, not ${text}.`);
  }
  return budget;
}
