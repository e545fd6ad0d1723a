/** Loads what engines need to run: full, lean or dispatch runtime, on a device. */

import path from 'node:path';
import type { LibraryHandle } from 'koffi';
import { type Abi, chooseAbi, describe } from '../../abi/families.ts';
import type { Pointer } from '../../abi/methods.ts';
import { decodeVersion } from '../../abi/version.ts';
import type { InitializeRuntimeParams, RuntimeKind } from '../../engine-protocol.ts';
import { BridgeError } from '../../errors.ts';
import { Cuda } from '../../native/cuda.ts';
import { exportsSymbol, loadLibrary, realPath } from '../../native/library.ts';
import { VirtualCalls } from '../../native/virtual-calls.ts';
import type { LogRecord } from '../../protocol.ts';
import { Logger } from '../logger.ts';
import { globalPluginRegistry, initializePlugins, PluginLibraries } from '../plugins.ts';
import { productOfRuntime } from '../product.ts';
import type { Engine } from './engine.ts';
import { DebugListener, LayerProfiler } from './listeners.ts';
import { OutputAllocators } from './output-allocator.ts';
import { type ParserRefitter, parserRefitterFactory, Refitter } from './refitter.ts';
import { Runtime } from './runtime.ts';

/** A loaded runtime. It stays for the life of the process. */
export interface LoadedRuntime {
  readonly abi: Abi;
  readonly kind: RuntimeKind;
  readonly cuda: Cuda;
  readonly logger: Logger;
  readonly runtime: Runtime;
  readonly plugins: PluginLibraries;
  readonly profiler: LayerProfiler;
  readonly debugListener: DebugListener;
  readonly outputAllocators: OutputAllocators;
  readonly notes: readonly string[];
  /** Throws `notAvailable` for runtimes that cannot refit, `tensorrtFailed` for engines that cannot be refitted. */
  createRefitter(engine: Engine): Refitter;
  createParserRefitter(refitter: Refitter): ParserRefitter;
}

export function loadRuntime(
  { infer, onnxParser, plugin }: InitializeRuntimeParams,
  announce: (operation: string) => void,
  onLog: (record: LogRecord) => void,
): LoadedRuntime {
  const kind = kindOf(infer);
  announce('opening the CUDA device');
  const cuda = new Cuda();
  announce(`loading ${infer}`);
  const library = loadLibrary(infer);
  const versionNumber: number = library.func('getInferLibVersion', 'int32_t', [])();
  const abi = chooseAbi(productOfRuntime(realPath(infer)), decodeVersion(versionNumber), process.platform);
  const calls = new VirtualCalls(abi);
  const logger = new Logger(abi, 'info');
  logger.listen(onLog);
  const notes: string[] = [];
  if (plugin !== undefined) {
    announce(`loading the plugins of ${plugin}`);
    if (!initializePlugins(loadLibrary(plugin), logger)) {
      notes.push(`The plugins of ${plugin} are not available: TensorRT refused them.`);
    }
  }
  announce(`creating the runtime of ${describe(abi)}`);
  const runtime = new Runtime(calls, createRuntime(library, logger, versionNumber, abi), logger);
  announce('');
  return {
    abi,
    kind,
    cuda,
    logger,
    runtime,
    plugins: new PluginLibraries(globalPluginRegistry(calls, library), logger, plugin),
    profiler: new LayerProfiler(abi),
    debugListener: new DebugListener(abi, cuda),
    outputAllocators: new OutputAllocators(abi, cuda),
    notes,
    createRefitter: (engine) => new Refitter(calls, createRefitter(library, logger, versionNumber, engine)),
    createParserRefitter: (refitter) => {
      if (onnxParser === undefined) {
        throw new BridgeError(
          'notAvailable',
          `A refit from an ONNX model takes the ONNX parser of a full ${describe(abi)}, which is not here.`,
        );
      }
      return parserRefitterFactory(calls, loadLibrary(onnxParser), logger.address)(refitter);
    },
  };
}

function createRuntime(library: LibraryHandle, logger: Logger, versionNumber: number, abi: Abi): Pointer {
  const create = library.func('createInferRuntime_INTERNAL', 'void *', ['void *', 'int32_t']);
  logger.takeErrors();
  const address: Pointer | null = create(logger.address, versionNumber);
  if (address === null) {
    throw new BridgeError(
      'tensorrtFailed',
      `${describe(abi)} creates no runtime here: ${logger.takeErrors()}.`,
    );
  }
  return address;
}

function createRefitter(
  library: LibraryHandle,
  logger: Logger,
  versionNumber: number,
  engine: Engine,
): Pointer {
  const name = 'createInferRefitter_INTERNAL';
  if (!exportsSymbol(library, name)) {
    throw new BridgeError(
      'notAvailable',
      'This runtime cannot refit; use a full TensorRT of the same version.',
    );
  }
  const create = library.func(name, 'void *', ['void *', 'void *', 'int32_t']);
  logger.takeErrors();
  const address: Pointer | null = create(engine.object.address, logger.address, versionNumber);
  if (address === null) {
    throw new BridgeError(
      'tensorrtFailed',
      `TensorRT cannot refit this engine: ${logger.takeErrors()}. It takes an engine that was built with kREFIT, kREFIT_IDENTICAL or kREFIT_INDIVIDUAL.`,
    );
  }
  return address;
}

/** By the file's name, as NVIDIA names them. */
function kindOf(file: string): RuntimeKind {
  const name = path.basename(file);
  return name.includes('nvinfer_lean') ? 'lean' : name.includes('nvinfer_dispatch') ? 'dispatch' : 'full';
}
