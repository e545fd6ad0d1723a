/** What a parse and a build have in common: getting a model into TensorRT's parser. */
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BridgeError } from '../errors.ts';
import type { ZeroMemory } from '../native/zero-memory.ts';
import type { ParseParams } from '../protocol.ts';
import type { OnnxParser } from '../tensorrt/onnx-parser.ts';
import type { TensorRT } from '../tensorrt/tensorrt.ts';

export type ModelInput = Pick<ParseParams, 'modelPath' | 'externalDataDirectory' | 'zeroInitializers'>;

export interface ModelInputContext {
  readonly tensorrt: TensorRT;
  readonly zeroMemory: ZeroMemory;
}

/** Undefined where the parser reads the file itself. Throws `modelNotReadable`. */
export function readModelInput(input: ModelInput): Uint8Array | undefined {
  return readable(input.modelPath, needsBytes(input));
}

/** What IParser::parse answers. */
export function parseInput(
  parser: OnnxParser,
  model: Uint8Array | undefined,
  input: ModelInput,
  context: ModelInputContext,
): boolean {
  return model ? parseBytes(parser, model, input, context) : parser.parseFile(input.modelPath);
}

/** The model's own bytes are given to the parser where its folder or its weights are not to be found by its path. */
function needsBytes(input: ModelInput): boolean {
  return input.zeroInitializers.length > 0 || input.externalDataDirectory !== undefined;
}

function parseBytes(
  parser: OnnxParser,
  model: Uint8Array,
  { modelPath, externalDataDirectory, zeroInitializers }: ModelInput,
  { tensorrt, zeroMemory }: ModelInputContext,
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
