import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RefitParams, RefitResult, WeightSource } from '../engine-protocol.ts';
import { BridgeError } from '../errors.ts';
import { allocateBytes, readFileTo } from '../native/host-bytes.ts';
import koffi from '../native/koffi.ts';
import type { ParserErrorRecord } from '../protocol.ts';
import type { Engine } from '../tensorrt/engine/engine.ts';
import type { LoadedRuntime } from '../tensorrt/engine/load-runtime.ts';
import type { ParserRefitter, Refitter } from '../tensorrt/engine/refitter.ts';
import { recordLog } from './engines.ts';

/** Refits an engine in memory, and writes its plan where that is asked for. What TensorRT refuses is an answer. */
export async function refit(
  runtime: LoadedRuntime,
  engine: Engine,
  params: RefitParams,
): Promise<RefitResult> {
  const { logger } = runtime;
  const recording = recordLog(logger);
  const milliseconds = { parsing: 0, refitting: 0, writing: 0 };
  const values: unknown[] = [];
  using refitter = runtime.createRefitter(engine);
  // It holds the weights of the model until the refit is over.
  using parser = params.model ? runtime.createParserRefitter(refitter) : undefined;
  const result = (
    succeeded: boolean,
    parserErrors: readonly ParserErrorRecord[],
    message?: string,
  ): RefitResult => ({
    succeeded,
    ...(message !== undefined && { message }),
    parserErrors,
    missing: refitter.missing(),
    milliseconds,
    log: recording.records,
  });
  try {
    logger.takeErrors();
    const start = performance.now();
    if (params.model && parser && !takeModel(parser, params.model)) {
      return result(false, parser.errors(), logger.takeErrors());
    }
    for (const weights of params.weights ?? []) {
      if (!takeWeights(refitter, weights, values)) {
        return result(false, [], `TensorRT does not take ${weights.name}: ${logger.takeErrors()}`);
      }
    }
    milliseconds.parsing = performance.now() - start;
    const refitStart = performance.now();
    const succeeded = await refitter.refit();
    milliseconds.refitting = performance.now() - refitStart;
    if (!succeeded) {
      return result(false, [], logger.takeErrors());
    }
    const engineBytes = await writePlan(engine, params, milliseconds);
    return { ...result(true, []), ...(engineBytes !== undefined && { engineBytes }) };
  } finally {
    for (const memory of values) {
      koffi.free(memory);
    }
    recording.stop();
  }
}

function takeModel(parser: ParserRefitter, model: NonNullable<RefitParams['model']>): boolean {
  if (model.externalDataDirectory === undefined) {
    return parser.refitFile(model.path);
  }
  return parser.refit(readFileSync(model.path), join(model.externalDataDirectory, 'model.onnx'));
}

function takeWeights(refitter: Refitter, source: WeightSource, values: unknown[]): boolean {
  const { memory, address } = allocateBytes(source.byteLength);
  values.push(memory);
  if (readFileTo(address, source) < source.byteLength) {
    throw new BridgeError('modelNotReadable', `${source.path} ends before the values of ${source.name}.`);
  }
  return refitter.setWeights(source.name, source.type, address, source.count);
}

async function writePlan(
  engine: Engine,
  { outputPath, serialization }: RefitParams,
  milliseconds: { writing: number },
): Promise<number | undefined> {
  if (outputPath === undefined) {
    return undefined;
  }
  const start = performance.now();
  using plan = engine.serialize(serialization);
  await plan.writeTo(outputPath);
  milliseconds.writing = performance.now() - start;
  return plan.byteLength;
}
