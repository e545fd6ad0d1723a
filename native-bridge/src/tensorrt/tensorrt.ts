import type { LibraryHandle } from 'koffi';
import { enumNames } from '../abi/enums.ts';
import { chooseAbi, describe } from '../abi/families.ts';
import type { Pointer } from '../abi/methods.ts';
import { decodeVersion, formatVersion, type Version } from '../abi/version.ts';
import { BridgeError } from '../errors.ts';
import { Cuda } from '../native/cuda.ts';
import { type CudaDevices, probeCudaDevices } from '../native/cuda-driver.ts';
import { exportsSymbol, loadLibrary, realPath } from '../native/library.ts';
import { VirtualCalls } from '../native/virtual-calls.ts';
import type { LibraryPaths, LogRecord, LogSeverity, Product, RuntimeMode } from '../protocol.ts';
import { Builder } from './builder.ts';
import { requireCpuOnlySupport, setCpuOnlyOption } from './cpu-only.ts';
import { isAtLeastAsBad, Logger } from './logger.ts';
import { type ParserFactory, parserFactory } from './onnx-parser.ts';
import { globalPluginRegistry, initializePlugins, PluginLibraries } from './plugins.ts';
import { identifyProduct } from './product.ts';
import { ProgressMonitor } from './progress-monitor.ts';
import { selfCheck } from './self-check.ts';

/** One loaded installation, ready to parse. It stays for the life of the process. */
export interface TensorRT {
  readonly calls: VirtualCalls;
  readonly versionNumber: number;
  readonly mode: RuntimeMode;
  readonly modeReason: string;
  /** The device, in `gpu` mode. */
  readonly cuda?: Cuda;
  readonly logger: Logger;
  readonly builder: Builder;
  readonly parsers: ParserFactory;
  readonly parserFlags: readonly string[];
  readonly pluginCreators: readonly string[];
  /** The user's. */
  readonly plugins: PluginLibraries;
  /** The one progress monitor of the process, made when first wanted. */
  readonly progressMonitor: () => ProgressMonitor;
  /** What does not work, a sentence each. */
  readonly notes: readonly string[];
}

export interface LoadOptions {
  readonly libraries: LibraryPaths;
  readonly logSeverity: LogSeverity;
  /** Told what is about to happen in native code. */
  readonly announce: (operation: string) => void;
  readonly onLog: (record: LogRecord) => void;
}

/** Loads an installation and checks that it is what it seems. Throws BridgeErrors of every kind. */
export function loadTensorRT({ libraries, logSeverity, announce, onLog }: LoadOptions): TensorRT {
  const product = identifyProduct({
    infer: realPath(libraries.infer),
    onnxParser: realPath(libraries.onnxParser),
  });

  announce('asking the CUDA driver for devices');
  const devices = probeCudaDevices();
  if (devices.count === 0) {
    setCpuOnlyOption(product);
  }

  announce(`loading ${libraries.infer}`);
  const infer = loadLibrary(libraries.infer);
  const versionNumber = readVersionNumber(infer, libraries.infer);
  const version = decodeVersion(versionNumber);
  const abi = chooseAbi(product, version, process.platform);
  if (devices.count === 0) {
    requireCpuOnlySupport(abi, devices.reason);
  }

  announce(`loading ${libraries.onnxParser}`);
  const parser = loadLibrary(libraries.onnxParser);
  requireSymbols(parser, libraries.onnxParser, ['createNvOnnxParser_INTERNAL', 'getNvOnnxParserVersion']);

  const calls = new VirtualCalls(abi);
  const logger = new Logger(abi, isAtLeastAsBad(logSeverity, 'warning') ? 'warning' : logSeverity);
  logger.listen((record) => {
    if (isAtLeastAsBad(record.severity, logSeverity)) {
      onLog(record);
    }
  });

  const notes: string[] = [];
  if (libraries.plugin !== undefined) {
    announce(`loading the plugins of ${libraries.plugin}`);
    notes.push(
      ...tryPlugins(() => initializePlugins(loadLibrary(libraries.plugin ?? ''), logger), libraries.plugin),
    );
  }

  announce(`creating the builder of ${describe(abi)}`);
  const builder = createBuilder(calls, infer, versionNumber, logger, devices);
  const registry = globalPluginRegistry(calls, infer);
  if (libraries.plugin === undefined && libraries.vcPlugin !== undefined && registry) {
    // The version-compatible plugins are some of the full plugin library, and wanted only without it.
    const path = libraries.vcPlugin;
    announce(`loading the plugins of ${path}`);
    notes.push(...tryPlugins(() => registry.loadLibrary(path), path));
  }

  announce(`self-check of ${describe(abi)}`);
  checkVersions(infer, product, version);
  const parsers = parserFactory(calls, parser, logger);
  selfCheck(calls, builder, logger, parsers);

  announce('listing plugins');
  const pluginCreators = registry?.creators() ?? [];
  announce('');
  return {
    calls,
    versionNumber,
    mode: devices.count > 0 ? 'gpu' : 'cpu-only',
    modeReason: devices.reason,
    ...(devices.count > 0 && { cuda: new Cuda() }),
    logger,
    builder,
    parsers,
    parserFlags: enumNames(abi, 'OnnxParserFlag'),
    pluginCreators,
    plugins: new PluginLibraries(registry, logger, libraries.plugin),
    progressMonitor: once(() => new ProgressMonitor(abi)),
    notes,
  };
}

function readVersionNumber(infer: LibraryHandle, path: string): number {
  requireSymbols(infer, path, ['getInferLibVersion', 'createInferBuilder_INTERNAL']);
  return infer.func('getInferLibVersion', 'int32_t', [])();
}

/** The lean and dispatch runtimes, for one, carry TensorRT's name but can neither build nor parse. */
function requireSymbols(library: LibraryHandle, path: string, symbols: readonly string[]): void {
  const missing = symbols.filter((symbol) => !exportsSymbol(library, symbol));
  if (missing.length > 0) {
    throw new BridgeError(
      'unsupportedLibrary',
      `${path} is not a complete TensorRT: it lacks ${missing.join(' and ')}. Choose another installation.`,
    );
  }
}

/** The four version getters must agree. */
function checkVersions(infer: LibraryHandle, product: Product, version: Version): void {
  const getters = ['getInferLibMajorVersion', 'getInferLibMinorVersion', 'getInferLibPatchVersion'];
  if (!getters.every((getter) => exportsSymbol(infer, getter))) {
    return;
  }
  const parts = getters.map((getter): number => infer.func(getter, 'int32_t', [])());
  if (parts.join('.') !== formatVersion(version)) {
    throw new BridgeError(
      'selfCheckFailed',
      `This ${product} contradicts itself: getInferLibVersion says ${formatVersion(version)}, its parts say ` +
        `${parts.join('.')}. Choose another installation.`,
    );
  }
}

function once<Value>(create: () => Value): () => Value {
  let value: Value | undefined;
  return () => {
    value ??= create();
    return value;
  };
}

function tryPlugins(load: () => boolean, path: string): string[] {
  try {
    return load() ? [] : [`The plugins of ${path} are not available: TensorRT refused them.`];
  } catch (error) {
    if (error instanceof BridgeError) {
      return [`The plugins of ${path} are not available: ${error.message}`];
    }
    throw error;
  }
}

function createBuilder(
  calls: VirtualCalls,
  infer: LibraryHandle,
  versionNumber: number,
  logger: Logger,
  devices: CudaDevices,
): Builder {
  const create = infer.func('createInferBuilder_INTERNAL', 'void *', ['void *', 'int32_t']);
  logger.takeErrors();
  const address: Pointer | null = create(logger.address, versionNumber);
  if (address === null) {
    const where =
      devices.count > 0 ? `on this machine (${devices.reason})` : `without a GPU (${devices.reason})`;
    throw new BridgeError(
      'tensorrtFailed',
      `${describe(calls.abi)} does not start ${where}: ${logger.takeErrors()}`,
    );
  }
  return new Builder(calls, address);
}
