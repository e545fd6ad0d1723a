import type { LibraryHandle } from 'koffi';
import { enumNames, enumNumber } from '../abi/enums.ts';
import { hasMethod, type Pointer } from '../abi/methods.ts';
import { BridgeError } from '../errors.ts';
import type { NativeObject, VirtualCalls } from '../native/virtual-calls.ts';
import type { ParserErrorRecord } from '../protocol.ts';
import type { BuilderConfig } from './builder-config.ts';
import type { Logger } from './logger.ts';
import type { Network } from './network.ts';
import { readParserError } from './parser-errors.ts';

/** nvonnxparser::createParser and what it needs to be told. */
export interface ParserFactory {
  createParser(network: Network): OnnxParser;
}

export function parserFactory(calls: VirtualCalls, library: LibraryHandle, logger: Logger): ParserFactory {
  const versionNumber: number = library.func('getNvOnnxParserVersion', 'int32_t', [])();
  const create = library.func('createNvOnnxParser_INTERNAL', 'void *', ['void *', 'void *', 'int32_t']);
  return {
    createParser(network) {
      logger.takeErrors();
      const address: Pointer | null = create(network.object.address, logger.address, versionNumber);
      if (address === null) {
        throw new BridgeError('tensorrtFailed', `TensorRT did not create a parser: ${logger.takeErrors()}.`);
      }
      return new OnnxParser(calls, address);
    },
  };
}

/** Whether initializers can be handed over as pointers. */
export function canLoadInitializers(calls: VirtualCalls): boolean {
  return hasMethod(calls.abi, 'IParser', 'loadInitializer');
}

/**
 * nvonnxparser::IParser. The network refers to weights that the parser holds: it must outlive every use of the network, and
 * be disposed before it.
 */
export class OnnxParser implements Disposable {
  readonly object: NativeObject<'IParser'>;
  readonly #calls: VirtualCalls;

  constructor(calls: VirtualCalls, address: Pointer) {
    this.#calls = calls;
    this.object = calls.object('IParser', address);
  }

  /** The names of the flags that are set. */
  flags(): string[] {
    return enumNames(this.#calls.abi, 'OnnxParserFlag').filter((name) => this.flag(name));
  }

  flag(name: string): boolean {
    const number = enumNumber(this.#calls.abi, 'OnnxParserFlag', name);
    return this.#calls.invoke(this.object, 'getFlag', number);
  }

  setFlag(name: string): void {
    this.#calls.invoke(this.object, 'setFlag', enumNumber(this.#calls.abi, 'OnnxParserFlag', name));
  }

  clearFlag(name: string): void {
    this.#calls.invoke(this.object, 'clearFlag', enumNumber(this.#calls.abi, 'OnnxParserFlag', name));
  }

  /** Lends the parser a builder configuration, which must outlive the parse. 10.15 and later. */
  setBuilderConfig(config: BuilderConfig): void {
    if (!this.#calls.invoke(this.object, 'setBuilderConfig', config.object.address)) {
      throw new BridgeError('tensorrtFailed', 'TensorRT’s ONNX parser did not take a builder configuration.');
    }
  }

  /**
   * Parses a file; its relative external data is found beside it.
   *
   * Seen on RTX 1.5 to 1.7, TensorRT 10.15 and 11.2: external data is mapped into memory, wherever it is referred to from
   * (initializers of any graph, Constant nodes, local functions), and only what the parser looks at is read (scales, zero
   * points, shapes, batch normalization). Any file and offset will do. 10.15 and 11.2 do not compare offset and length with
   * the file's size: they crash when they read behind its end.
   */
  parseFile(path: string): boolean {
    return this.#calls.invoke(this.object, 'parseFromFile', path, 0);
  }

  /** Parses a serialized ModelProto; relative external data is found in the folder of `modelPath`. */
  parse(model: Uint8Array, modelPath: string): boolean {
    return this.#calls.invoke(this.object, 'parse', model, model.byteLength, modelPath);
  }

  /** The first of three steps: reads a serialized ModelProto, whose initializers may be handed over before the last. */
  loadModel(model: Uint8Array, modelPath: string): boolean {
    return this.#calls.invoke(this.object, 'loadModelProto', model, model.byteLength, modelPath);
  }

  /**
   * The second: says where a top-level initializer lies in memory; what its TensorProto says of data is ignored. False for
   * names that the main graph does not declare (those of subgraphs, and the values of Constant nodes, among them) and for
   * lengths that do not fit dims and type; the log has the reason. The memory must outlive the network. DOUBLE and UINT8 are
   * converted, and so read and copied; other types are not touched.
   */
  loadInitializer(name: string, address: Pointer, byteLength: number): boolean {
    return this.#calls.invoke(this.object, 'loadInitializer', name, address, byteLength);
  }

  /** The third: parses what was loaded. */
  parseLoaded(): boolean {
    return this.#calls.invoke(this.object, 'parseModelProto');
  }

  errors(): ParserErrorRecord[] {
    const errors: ParserErrorRecord[] = [];
    const count = this.#calls.invoke(this.object, 'getNbErrors');
    for (let index = 0; index < count; index++) {
      const address = this.#calls.invoke(this.object, 'getError', index);
      if (address !== null) {
        errors.push(readParserError(this.#calls, address));
      }
    }
    return errors;
  }

  [Symbol.dispose](): void {
    this.#calls.delete(this.object);
  }
}
