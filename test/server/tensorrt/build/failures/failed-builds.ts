/** Builds that fail, and what is made of it. */
import path from 'node:path';
import type { TestContext } from 'node:test';
import type { BuildParams, BuildProgress } from '../../../../../native-bridge/src/build-protocol.ts';
import type { InitializeResult } from '../../../../../native-bridge/src/protocol.ts';
import type { BuildConfig, Origin } from '../../../../../server/src/build-config/model.ts';
import { parseBuildConfig } from '../../../../../server/src/build-config/parse.ts';
import { enginePath, modelPath } from '../../../../../server/src/build-config/paths.ts';
import { resolveBuildConfig } from '../../../../../server/src/build-config/resolve/resolve.ts';
import { offsetAt, sourceText } from '../../../../../server/src/features/source-text.ts';
import { loadModel } from '../../../../../server/src/node/load-model.ts';
import type { BridgeClient } from '../../../../../server/src/tensorrt/bridge/bridge-client.ts';
import { BridgeError } from '../../../../../server/src/tensorrt/bridge/bridge-error.ts';
import {
  type BuildProblem,
  explainFailure,
  type FailedBuild,
} from '../../../../../server/src/tensorrt/build/failures/explain-failure.ts';
import { prepareBuild } from '../../../../../server/src/tensorrt/build/prepare.ts';
import { temporaryFolder, writeFiles } from '../../support/folders.ts';

/** A problem, with the text of the config that it points at. */
export interface Told extends Omit<BuildProblem, 'config'> {
  readonly at: string | undefined;
}

export interface Case {
  /** `net.onnxtxt`, unless the config names another model. */
  readonly model?: string;
  readonly config?: string;
  readonly files?: Readonly<Record<string, string>>;
}

export const header = '<ir_version: 8, opset_import: ["" : 17]>';

/** A convolution and its activation: 3 channels in, 4 out. */
export const convolution = `${header}
g (float[1,3,8,8] x) => (float[1,4,8,8] y) <float[4,3,1,1] w = {1,2,3,4,5,6,7,8,9,10,11,12}> {
  [conv] h = Conv (x, w)
  [relu] y = Relu (h)
}
`;

/** Builds for real, without the checks that would keep most from it, and answers the problems. Throws where an engine was made. */
export async function failingBuild(
  context: TestContext,
  bridge: BridgeClient,
  given: Case,
  onProgress: (progress: BuildProgress) => void = () => undefined,
): Promise<readonly Told[]> {
  const { build, textOf } = buildOf(context, given);
  const model = loadModel(modelPath(build));
  const info = await bridge.initialize();
  const prepared = await prepareBuild(build, model, info);
  context.after(() => prepared.remove());
  const cause = await causeOf(bridge, { ...prepared.params, enginePath: enginePath(build) }, onProgress);
  return explainFailure({ build, model, info, cause }).map((problem) => told(problem, textOf));
}

async function causeOf(
  bridge: BridgeClient,
  params: BuildParams,
  onProgress: (progress: BuildProgress) => void,
): Promise<FailedBuild['cause']> {
  let progress: BuildProgress | undefined;
  try {
    const result = await bridge.build(params, {
      onProgress: (report) => {
        progress = report;
        onProgress(report);
      },
    });
    const { failure } = result;
    if (!failure) throw new Error('The build did not fail.');
    return { kind: 'refused', result: { ...result, failure } };
  } catch (error) {
    if (!(error instanceof BridgeError)) throw error;
    return { kind: 'ended', error, ...(progress && { progress }) };
  }
}

/** What is made of words of a TensorRT that does not run here. */
export function explained(
  context: TestContext,
  given: Case & {
    readonly words?: readonly string[];
    readonly info?: Partial<InitializeResult>;
    readonly cause?: FailedBuild['cause'];
    readonly setting?: string;
  },
): readonly Told[] {
  const { build, textOf, model } = buildOf(context, given);
  const words = given.words ?? [];
  const [message = ''] = words;
  const cause: FailedBuild['cause'] = given.cause ?? {
    kind: 'refused',
    result: {
      failure: {
        stage: given.setting === undefined ? 'building' : 'configuring',
        message,
        ...(given.setting !== undefined && { setting: given.setting }),
      },
      parserErrors: [],
      log: words.map((each) => ({ severity: 'error', message: each })),
      milliseconds: { parsing: 1, configuring: 1, building: 1, writing: 0 },
      phases: [],
      peakMemory: { host: 1 },
      notes: [],
    },
  };
  const info = { ...h200, ...given.info };
  return explainFailure({ build, model: loadModel(model), info, cause }).map((problem) =>
    told(problem, textOf),
  );
}

const h200: InitializeResult = {
  protocolVersion: 1,
  product: 'TensorRT',
  version: '10.6.0',
  versionNumber: 100600,
  mode: 'gpu',
  modeReason: '1 CUDA device',
  device: { name: 'NVIDIA H200', computeCapability: '9.0', totalMemory: 150109880320 },
  abiFamily: 'tensorrt-10',
  parserFlags: [],
  weaklyTypedNetworks: true,
  loadsInitializers: false,
  pluginCreators: [],
  notes: [],
};

function buildOf(
  context: TestContext,
  { model = convolution, config = 'model: net.onnxtxt', files = {} }: Case,
): { build: BuildConfig; model: string; textOf: (origin: Origin) => string } {
  const folder = temporaryFolder(context);
  writeFiles(folder, { 'net.onnxtxt': model, 'net.trt.yaml': config, ...files });
  const file = path.join(folder, 'net.trt.yaml');
  const { builds, problems } = resolveBuildConfig(parseBuildConfig(config, file), (name) => {
    throw new Error(`${name} does not exist.`);
  });
  const [build] = builds;
  if (!build || problems.length > 0) throw new Error(JSON.stringify(problems));
  const source = sourceText(config);
  return {
    build,
    model: path.join(folder, 'net.onnxtxt'),
    textOf: ({ range }) => config.slice(offsetAt(source, range.start), offsetAt(source, range.end)),
  };
}

function told({ config, ...problem }: BuildProblem, textOf: (origin: Origin) => string): Told {
  return { ...problem, at: config && textOf(config) };
}
