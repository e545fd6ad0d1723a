/** A build's config checked when all is known: the model has been read, and the TensorRT that builds has started. */
import { existsSync } from 'node:fs';
import type { InitializeResult } from '../../../../native-bridge/src/protocol.ts';
import { checkBuilds } from '../../build-config/checks/check.ts';
import { modelFacts } from '../../build-config/checks/facts/model-facts.ts';
import type { ConfigProblem } from '../../build-config/model.ts';
import type { LoadedModel } from '../../node/load-model.ts';
import type { RequestedBuild } from './requested-builds.ts';

/** None for a model by itself. */
export function checkRequest(
  { build, files }: RequestedBuild,
  { model }: LoadedModel,
  { product, version, mode, device }: InitializeResult,
): ConfigProblem[] {
  if (build.file === '') return [];
  const runtime = { product, version, mode, ...(device && { device }) };
  const config = { files, builds: [build], problems: [] };
  return checkBuilds(config, { of: () => ({ model: modelFacts(model), runtime }), exists: existsSync });
}
