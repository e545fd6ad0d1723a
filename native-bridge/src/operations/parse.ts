import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type CancellationToken, ResponseError } from 'vscode-jsonrpc';
import { describe } from '../abi/families.ts';
import { BridgeError } from '../errors.ts';
import type { ZeroMemory } from '../native/zero-memory.ts';
import { type LogRecord, type ParseParams, type ParseResult, requestCancelled } from '../protocol.ts';
import { isAtLeastAsBad } from '../tensorrt/logger.ts';
import { walkNetwork } from '../tensorrt/network-walk.ts';
import { canLoadInitializers, type OnnxParser } from '../tensorrt/onnx-parser.ts';
import type { TensorRT } from '../tensorrt/tensorrt.ts';

export interface ParseContext {
  readonly tensorrt: TensorRT;
  readonly zeroMemory: ZeroMemory;
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
  const model = readable(params.modelPath, needsBytes(params));
  await throwIfCancelled(token);

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
    const succeeded = model ? parseBytes(parser, model, params, context) : parser.parseFile(params.modelPath);
    const parseMilliseconds = performance.now() - start;

    announce(`reading the parser's answer for ${params.modelPath}`);
    const result = { succeeded, errors: parser.errors(), log, parseMilliseconds };
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

/** The model's own bytes are given to the parser where its folder or its weights are not to be found by its path. */
function needsBytes(params: ParseParams): boolean {
  return params.zeroInitializers.length > 0 || params.externalDataDirectory !== undefined;
}

function parseBytes(
  parser: OnnxParser,
  model: Uint8Array,
  { modelPath, externalDataDirectory, zeroInitializers }: ParseParams,
  { tensorrt, zeroMemory }: ParseContext,
): boolean {
  // The parser uses only the folder of this path.
  const path = externalDataDirectory === undefined ? modelPath : join(externalDataDirectory, 'model.onnx');
  if (zeroInitializers.length === 0) {
    return parser.parse(model, path);
  }
  if (!parser.loadModel(model, path)) {
    return false;
  }
  const longest = Math.max(...zeroInitializers.map(({ byteLength }) => byteLength));
  const zeros = zeroMemory.address(longest + zeroInitializers.length * zeroStride);
  for (const [index, { name, byteLength }] of zeroInitializers.entries()) {
    tensorrt.logger.takeErrors();
    if (!parser.loadInitializer(name, zeros + BigInt(index * zeroStride), byteLength)) {
      throw new BridgeError(
        'tensorrtFailed',
        `TensorRT does not take ${byteLength} bytes for the initializer ${name}: ` +
          tensorrt.logger.takeErrors(),
      );
    }
  }
  return parser.parseLoaded();
}

/**
 * Bytes between the addresses of zero initializers. TensorRT knows weights by their address, and refuses a network with weights of
 * the same address and different counts (INetworkDefinition::setWeightsName); that they overlap does no harm.
 */
const zeroStride = 256;

function requireZeroInitializers({ zeroInitializers }: ParseParams, { calls }: TensorRT): void {
  if (zeroInitializers.length > 0 && !canLoadInitializers(calls)) {
    throw new BridgeError(
      'notAvailable',
      `${describe(calls.abi)} has no IParser::loadInitializer; it is not available before TensorRT 10.13.`,
    );
  }
}

/**
 * The bytes of a model, where they are wanted; else only that it can be read. Synchronous: this process waits for nothing
 * else, and the file system's threads would only add their turns.
 */
function readable(path: string, wanted: boolean): Uint8Array | undefined {
  try {
    if (statSync(path).isDirectory()) {
      throw new BridgeError('modelNotReadable', `${path} is a folder, not a model.`);
    }
    accessSync(path, constants.R_OK);
    return wanted ? readFileSync(path) : undefined;
  } catch (error) {
    throw error instanceof BridgeError ? error : notReadable(path, error);
  }
}

function notReadable(path: string, error: unknown): BridgeError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') {
    return new BridgeError('modelNotReadable', `${path} does not exist.`);
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new BridgeError('modelNotReadable', `${path} cannot be read: ${reason}.`);
}

/** Lets messages arrive, a cancellation among them. */
async function throwIfCancelled(token: CancellationToken): Promise<void> {
  await setImmediate();
  if (token.isCancellationRequested) {
    throw new ResponseError(requestCancelled, 'The parse was cancelled.');
  }
}
