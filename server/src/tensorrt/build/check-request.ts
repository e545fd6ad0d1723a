/** A build's config checked when all is known: the model has been read, and the TensorRT that builds has started. */
import { existsSync } from 'node:fs';
import type { InitializeResult } from '../../../../native-bridge/src/protocol.ts';
import { checkBuilds } from '../../build-config/checks/check.ts';
import { modelFactsInSteps } from '../../build-config/checks/facts/model-facts.ts';
import type { ConfigProblem } from '../../build-config/model.ts';
import { inTurns } from '../../node/in-turns.ts';
import type { LoadedModel } from '../../node/load-model.ts';
import { stepwise } from '../../onnx/analysis/steps.ts';
import type { RequestedBuild } from './requested-builds.ts';

/** None for a model by itself. Rejects with the signal's reason. */
export async function checkRequest(
  { build, files }: RequestedBuild,
  { model }: LoadedModel,
  { product, version, mode, device }: InitializeResult,
  signal: AbortSignal,
): Promise<ConfigProblem[]> {
  if (build.file === '') return [];
  const facts = stepwise(() => modelFactsInSteps(model));
  await inTurns(facts, signal);
  const runtime = { product, version, mode, ...(device && { device }) };
  const config = { files, builds: [build], problems: [] };
  return checkBuilds(config, { of: () => ({ model: facts.value, runtime }), exists: existsSync });
}
