/** An engine with other weights, from a model as a whole or weight by weight, to a new plan or as a trial in memory. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { RefitResult } from '../../../../../native-bridge/src/engine-protocol.ts';
import type { LogRecord } from '../../../../../native-bridge/src/protocol.ts';
import { listedNames } from '../../../engine/listed-names.ts';
import type { MappedWeight } from '../../../engine/refit/map-weights.ts';
import {
  notRefittable,
  type RefitRule,
  refittedOnce,
  serializationOfRefit,
} from '../../../engine/refit/refit-rules.ts';
import { isStripped } from '../../../engine/ship-size.ts';
import type { LoadedModel } from '../../../node/load-model.ts';
import { explainParserErrors } from '../../build/failures/parser-refusals.ts';
import type { BuildProblem } from '../../build/failures/problem.ts';
import { weightFiles } from '../../build/inputs.ts';
import type { Provenance } from '../../build/provenance.ts';
import { prepareTarget } from '../../build/target.ts';
import { displayName } from '../../installations/installation.ts';
import { modelFile } from '../../model-file.ts';
import type { Runtimes } from '../../runtimes.ts';
import type { EngineClient } from '../engine-client.ts';
import { type EngineFile, inspectEngineFile, type LoadedEngine } from '../inspect-engine.ts';
import { placeRefitted } from './place-refitted.ts';
import { type Refitting, withRefittable } from './refittable.ts';
import { rulesBefore } from './rules-before.ts';
import { weightSources } from './weight-sources.ts';

export interface RefitWish {
  /** Absolute. */
  readonly engine: string;
  readonly model: LoadedModel;
  /** Names of single weights; all of the model where absent. */
  readonly weights?: readonly string[] | undefined;
  /** Absolute path of the plan to write, the engine's own to replace it; absent: nothing is written. */
  readonly output?: string | undefined;
  /** Replaces a file that is no engine. */
  readonly force: boolean;
  /** The written plan of a stripped engine leaves the weights out again. */
  readonly keepStripped: boolean;
  readonly assumesSame: boolean;
  /** An id or a folder. */
  readonly runtime?: string | undefined;
}

interface Known {
  readonly rules: readonly RefitRule[];
  /** Empty where the engine was not loaded. */
  readonly weights: readonly MappedWeight[];
  /** `TensorRT 10.6.0`, where the engine was loaded. */
  readonly runtime?: string;
  readonly notes: readonly string[];
}

export interface Refitted extends Known {
  readonly kind: 'refitted';
  /** Absent where nothing was written. */
  readonly output?: { readonly path: string; readonly bytes: number; readonly hasProvenance: boolean };
  readonly replaced: 'all' | readonly string[];
  readonly milliseconds: RefitResult['milliseconds'];
}

export interface RefitRefused extends Known {
  readonly kind: 'refused';
  /** What keeps it from being refitted, for people. */
  readonly message: string;
  /** Names of the weights that it lacks. */
  readonly missing: readonly string[];
  /** What the parser refuses, at nodes of the model. */
  readonly problems: readonly BuildProblem[];
  readonly log: readonly LogRecord[];
}

export type RefitOutcome = Refitted | RefitRefused;

/** Rejects with an error for people, or the signal's reason; engine and note are then as they were. */
export async function refitEngine(
  wish: RefitWish,
  runtimes: Runtimes,
  options: Refitting,
): Promise<RefitOutcome> {
  const { engine, model, runtime } = wish;
  const file = await inspectEngineFile(engine, runtimes, { runtime });
  options.onStep?.('looking at the rules');
  const rules = await rulesBefore(file.provenance, model, { ...wish, signal: options.signal });
  const against = rules.find(({ answer }) => answer === 'no');
  if (against) return refused(against.sentence, { rules, weights: [], notes: file.notes });
  return await withRefittable(file, runtimes, wish, options, async (loaded, listed, client, handle) => {
    const { isRefittable, weights } = listed;
    const known: Known = {
      rules,
      weights,
      runtime: displayName(loaded.runtime),
      notes: [...file.notes, ...notesOn(file.provenance, weights, wish)],
    };
    if (!isRefittable) return refused(whyNot(file.provenance), known);
    const misfit = wish.weights ? undefined : misfits(weights, model);
    if (misfit !== undefined) return refused(misfit, known);
    options.onStep?.('refitting');
    return await refitLoaded(wish, file, known, loaded, { client, handle, options });
  });
}

export interface RefitCheck extends Known {
  /** Whether nothing that is known speaks against a refit. */
  readonly isPossible: boolean;
  /** Why the engine was not loaded to be asked. */
  readonly notLoaded?: string;
  readonly message?: string;
}

/** What `refitEngine` would find before it refits. `loads`: whether the engine may be loaded, and can be here. */
export async function checkRefit(
  wish: Omit<RefitWish, 'output' | 'force' | 'keepStripped'>,
  runtimes: Runtimes,
  { loads, ...options }: Refitting & { readonly loads: boolean },
): Promise<RefitCheck> {
  const { engine, model, runtime } = wish;
  const file = await inspectEngineFile(engine, runtimes, { runtime });
  const rules = await rulesBefore(file.provenance, model, { ...wish, signal: options.signal });
  const against = rules.find(({ answer }) => answer === 'no');
  if (against) {
    return { isPossible: false, message: against.sentence, rules, weights: [], notes: file.notes };
  }
  if (!loads) {
    const notLoaded = 'The engine was not loaded, so TensorRT was not asked for its refittable weights.';
    return { isPossible: true, notLoaded, rules, weights: [], notes: file.notes };
  }
  return await withRefittable(file, runtimes, wish, options, async (loaded, { isRefittable, weights }) => {
    const message = isRefittable ? misfits(weights, model) : whyNot(file.provenance);
    return {
      isPossible: message === undefined,
      ...(message !== undefined && { message }),
      rules,
      weights,
      runtime: displayName(loaded.runtime),
      notes: [...file.notes, ...notesOn(file.provenance, weights, wish)],
    };
  });
}

function whyNot(provenance: Provenance | undefined): string {
  const { flags = [] } = provenance?.request.settings ?? {};
  const isFull = provenance?.refit !== undefined && !provenance.refit.isStripped;
  return isFull && flags.includes('kSTRIP_PLAN') && !flags.includes('kREFIT') ? refittedOnce : notRefittable;
}

/** Weights of the same name and another size: the model is another one. */
function misfits(weights: readonly MappedWeight[], { name }: LoadedModel): string | undefined {
  const wrong = weights.filter(({ mismatch }) => mismatch !== undefined);
  const [first] = wrong;
  if (!first) return undefined;
  const more = wrong.length > 1 ? ` So do ${wrong.length - 1} more.` : '';
  return `${first.name} of ${name} does not fit the engine: ${first.mismatch}.${more} A refit replaces values only; build an engine of this model.`;
}

function notesOn(
  provenance: Provenance | undefined,
  weights: readonly MappedWeight[],
  { model, weights: single }: Pick<RefitWish, 'model' | 'weights'>,
): string[] {
  const absent = single
    ? []
    : weights.flatMap(({ name, tensor, type }) => (!tensor && type !== undefined ? [name] : []));
  return [
    ...(absent.length > 0
      ? [
          `${model.name} has no tensor ${listedNames(absent, 8)}, which the engine can be refitted with; TensorRT may have named them itself.`,
        ]
      : []),
    ...(provenance
      ? []
      : ['There is no ENGINE.json beside the engine, so none is written beside the refitted one.']),
  ];
}

interface Loaded {
  readonly client: EngineClient;
  readonly handle: number;
  readonly options: Refitting;
}

async function refitLoaded(
  wish: RefitWish,
  file: EngineFile,
  known: Known,
  loaded: LoadedEngine,
  { client, handle, options }: Loaded,
): Promise<RefitOutcome> {
  const { model, output, force, keepStripped } = wish;
  const wasStripped = file.provenance
    ? isStripped(file.provenance)
    : (loaded.description.weights.stripped ?? 0) > 0;
  const source = wish.weights
    ? await weightSources(wish.weights, known.weights, model).then(({ sources, remove }) => ({
        params: { weights: sources },
        remove,
      }))
    : await modelFile(model, 'cannot be taken for a refit').then(({ remove, ...params }) => ({
        params: { model: params },
        remove,
      }));
  try {
    const target =
      output === undefined
        ? undefined
        : await prepareTarget(output, {
            force,
            timingCache: undefined,
            madeOf: [model.path, ...weightFiles(model)],
          });
    try {
      const serialization = serializationOfRefit(loaded.runtime, { isStripped: wasStripped, keepStripped });
      const result = await client.refit(
        {
          engine: handle,
          ...source.params,
          ...(target && { outputPath: target.temporary }),
          ...(target && serialization && { serialization }),
        },
        options.signal ? { signal: options.signal } : {},
      );
      if (!result.succeeded) return refusedBy(result, known, wish);
      const replaced = wish.weights ?? replacedBy(known);
      const placed =
        target && output !== undefined
          ? await placeRefitted(target, output, {
              file,
              model,
              replaced,
              isStripped: keepStripped,
              loaded,
              signal: options.signal,
            })
          : undefined;
      return {
        kind: 'refitted',
        ...known,
        ...(placed && { output: placed }),
        replaced,
        milliseconds: result.milliseconds,
      };
    } finally {
      if (target) await rm(target.temporary, { force: true });
    }
  } finally {
    await source.remove();
  }
}

/** Where it is not known whether weights that stay are the model's, the engine is not one of this model. */
function replacedBy({ rules, weights }: Known): 'all' | readonly string[] {
  const isPart = rules.some(({ rule, answer }) => rule === 'kREFIT_INDIVIDUAL' && answer === 'unknown');
  return isPart ? weights.flatMap(({ name, type }) => (type === undefined ? [] : [name])) : 'all';
}

function refusedBy(result: RefitResult, known: Known, { model, weights }: RefitWish): RefitRefused {
  const { missing, parserErrors, log } = result;
  const words = result.message ?? '';
  const name = path.basename(model.name);
  const message =
    missing.length > 0 && weights === undefined
      ? `TensorRT needs weights that it does not get from ${name}: ${listedNames(missing, 8)}. Take a model that has them, with the same types and counts.`
      : missing.length > 0
        ? `TensorRT needs more weights than it was given: ${listedNames(missing, 8)}. It has fused them with others, so they are refitted together. Name them with --weights, too, or refit with the whole model.`
        : parserErrors.length > 0
          ? `TensorRT’s parser does not take ${name} for a refit.`
          : `TensorRT does not refit the engine with ${name}.`;
  return {
    ...refused(words === '' ? message : `${message} TensorRT’s words: ${words}`, known),
    missing,
    problems: explainParserErrors({ model }, parserErrors, known.runtime ?? 'TensorRT'),
    log,
  };
}

function refused(message: string, known: Known): RefitRefused {
  return { kind: 'refused', ...known, message, missing: [], problems: [], log: [] };
}
