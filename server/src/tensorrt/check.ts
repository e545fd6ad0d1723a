import type { LogRecord, Network, ParserErrorRecord } from '../../../native-bridge/src/protocol.ts';
import { type WeightlessModel, type WeightProblem, weightless } from '../onnx/binary/weightless.ts';
import type { FileAccess } from '../onnx/model/file-access.ts';
import type { Model } from '../onnx/model/model.ts';
import type { Runtime } from './runtimes.ts';
import { temporaryFile } from './temporary-file.ts';
import { verdictCache, verdictKey } from './verdict-cache.ts';

export interface CheckOptions {
  readonly files: FileAccess;
  /** Absolute path of the folder that the model's external data is relative to. */
  readonly directory: string;
  /** nvonnxparser::OnnxParserFlag names to set beyond the version's defaults; those it does not have are an error. */
  readonly parserFlags?: readonly string[];
  /** Judge again, whatever is known. */
  readonly fresh?: boolean;
  readonly signal?: AbortSignal;
  /** Milliseconds that the parse may take. */
  readonly timeout?: number;
}

/** What TensorRT says of a model. */
export interface Verdict {
  /** The parser took the whole model. */
  readonly supported: boolean;
  /** The parser's errors, unchanged and in its order. May be empty though the model is refused; then the log says more. */
  readonly errors: readonly ParserErrorRecord[];
  /** What TensorRT made of a model that it supports. */
  readonly network?: Network;
  /** Milliseconds from the call to the answer; from the cache, those of the parse that found it. */
  readonly durationMs: number;
  /** TensorRT's messages of severity warning and worse. */
  readonly log: readonly LogRecord[];
  /** Weights that are not where the model says; the verdict is about the rest. */
  readonly weightProblems: readonly WeightProblem[];
  /** A sentence for each of the runtime's plugin libraries that does not load; the verdict is one without it. */
  readonly pluginProblems: readonly string[];
}

/**
 * Has TensorRT judge a model, without reading its weights. Verdicts are remembered by content. Throws a BridgeError where
 * TensorRT gives no answer, a ModelWriteError where even the structure is too long, the signal's reason when aborted.
 */
export async function checkModel(model: Model, runtime: Runtime, options: CheckOptions): Promise<Verdict> {
  const start = performance.now();
  const { files, directory, parserFlags = [], signal, timeout } = options;
  const { loadsInitializers } = runtime.info;
  const stripped = weightless(model, { files, modelDirectory: directory, loadsInitializers });
  const key = verdictKey(stripped, runtime, parserFlags);
  const known = options.fresh ? undefined : verdictCache.get(key);
  if (known) return known;
  const result = await parse(stripped, runtime, parserFlags, signal, timeout);
  const verdict: Verdict = {
    supported: result.succeeded,
    errors: result.errors,
    ...(result.network && { network: result.network }),
    durationMs: performance.now() - start,
    log: result.log,
    weightProblems: stripped.problems,
    pluginProblems: result.pluginProblems,
  };
  verdictCache.set(key, verdict);
  return verdict;
}

async function parse(
  { bytes, externalDataDirectory, zeroInitializers }: WeightlessModel,
  { bridge, plugins }: Runtime,
  parserFlags: readonly string[],
  signal: AbortSignal | undefined,
  timeout: number | undefined,
) {
  const file = await temporaryFile(bytes);
  try {
    return await bridge.parse(
      {
        modelPath: file.path,
        externalDataDirectory,
        zeroInitializers,
        parserFlags,
        // As TensorRT 11 and TensorRT for RTX have it, and as TensorRT 10 recommends.
        stronglyTyped: true,
        pluginLibraries: plugins.paths,
        walkNetwork: true,
      },
      { ...(signal && { signal }), ...(timeout !== undefined && { timeout }) },
    );
  } finally {
    await file.remove();
  }
}
