import { setImmediate } from 'node:timers/promises';
import { type CancellationToken, ResponseError } from 'vscode-jsonrpc';
import { describe } from '../abi/families.ts';
import { BridgeError } from '../errors.ts';
import { type LogRecord, type ParseParams, type ParseResult, requestCancelled } from '../protocol.ts';
import { isAtLeastAsBad } from '../tensorrt/logger.ts';
import { walkNetwork } from '../tensorrt/network-walk.ts';
import { canLoadInitializers } from '../tensorrt/onnx-parser.ts';
import type { TensorRT } from '../tensorrt/tensorrt.ts';
import { type ModelInputContext, parseInput, readModelInput } from './model-input.ts';

export interface ParseContext extends ModelInputContext {
  readonly announce: (operation: string) => void;
  readonly token: CancellationToken;
  /** Has something done when the answer is on its way, the last thing first. */
  readonly afterwards: (work: () => void) => void;
}

/**
 * Parses one model and copies everything that is asked of the parser and the network before they are gone. Native code runs
 * on this thread: a cancellation is noticed between the steps, and a parse under way ends with its process only.
 */
export async function parse(params: ParseParams, context: ParseContext): Promise<ParseResult> {
  const { tensorrt, announce, token, afterwards } = context;
  requireZeroInitializers(params, tensorrt);
  const model = readModelInput(params);
  await throwIfCancelled(token);
  // Before the log is listened to: what TensorRT says of a library is no word on the model.
  const pluginProblems = loadPlugins(params, context);

  const log: LogRecord[] = [];
  const stopListening = tensorrt.logger.listen((record) => {
    if (isAtLeastAsBad(record.severity, 'warning')) {
      log.push(record);
    }
  });
  try {
    announce(`creating a parser for ${params.modelPath}`);
    afterwards(() => announce(''));
    // Deleting a network takes a third of the time that parsing it took: nobody needs to wait for that.
    const network = tensorrt.builder.createNetwork({ stronglyTyped: params.stronglyTyped });
    afterwards(() => network[Symbol.dispose]());
    const parser = tensorrt.parsers.createParser(network);
    afterwards(() => parser[Symbol.dispose]());
    for (const flag of params.parserFlags) {
      parser.setFlag(flag);
    }
    if (params.parserFlags.includes('kREPORT_CAPABILITY_DLA')) {
      // This flag asks a builder configuration what can run on the DLA, and the parse fails without one.
      const config = tensorrt.builder.createConfig();
      afterwards(() => config[Symbol.dispose]());
      config.setDefaultDeviceType('kDLA');
      parser.setBuilderConfig(config);
    }
    afterwards(() => announce(`deleting the network of ${params.modelPath}`));

    announce(`parsing ${params.modelPath}`);
    const start = performance.now();
    const succeeded = parseInput(parser, model, params, context);
    const parseMilliseconds = performance.now() - start;

    announce(`reading the parser's answer for ${params.modelPath}`);
    const result = { succeeded, errors: parser.errors(), log, pluginProblems, parseMilliseconds };
    if (!succeeded || !params.walkNetwork) {
      return result;
    }
    await throwIfCancelled(token);
    announce(`walking the network of ${params.modelPath}`);
    return { ...result, network: walkNetwork(tensorrt.calls, network) };
  } finally {
    stopListening();
    announce('');
  }
}

/** A sentence for each that does not load. */
function loadPlugins({ pluginLibraries }: ParseParams, { tensorrt, announce }: ParseContext): string[] {
  const problems = pluginLibraries.flatMap((path) => {
    announce(`loading the plugins of ${path}`);
    return tensorrt.plugins.tryLoad(path) ?? [];
  });
  if (pluginLibraries.length > 0) announce('');
  return problems;
}

function requireZeroInitializers({ zeroInitializers }: ParseParams, { calls }: TensorRT): void {
  if (zeroInitializers.length > 0 && !canLoadInitializers(calls)) {
    throw new BridgeError(
      'notAvailable',
      `${describe(calls.abi)} has no IParser::loadInitializer; it is not available before TensorRT 10.13.`,
    );
  }
}

/** Lets messages arrive, a cancellation among them. */
async function throwIfCancelled(token: CancellationToken): Promise<void> {
  await setImmediate();
  if (token.isCancellationRequested) {
    throw new ResponseError(requestCancelled, 'The parse was cancelled.');
  }
}
