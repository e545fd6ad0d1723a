import type { LibraryHandle } from 'koffi';
import { enumName, enumNumber } from '../../abi/enums.ts';
import type { Pointer } from '../../abi/methods.ts';
import type { RefittableWeights } from '../../engine-protocol.ts';
import { BridgeError } from '../../errors.ts';
import koffi from '../../native/koffi.ts';
import type { NativeObject, VirtualCalls } from '../../native/virtual-calls.ts';
import type { ParserErrorRecord } from '../../protocol.ts';
import { readParserError } from '../parser-errors.ts';

/** nvinfer1::IRefitter. Values that it was given must stay where they are until `refit` is done. */
export class Refitter implements Disposable {
  readonly object: NativeObject<'VRefitter'>;
  readonly #calls: VirtualCalls;

  constructor(calls: VirtualCalls, address: Pointer) {
    this.#calls = calls;
    this.object = calls.object('VRefitter', address);
  }

  /** All weights that can be refitted. */
  weights(): RefittableWeights {
    const missing = new Set(this.missing());
    const names = this.#names('getAllWeights');
    const named = new Set(names);
    return {
      weights: names.map((name) => {
        const prototype = this.#calls.invoke(this.object, 'getWeightsPrototype', name);
        const type = enumName(this.#calls.abi, 'DataType', prototype.type);
        const count = Number(prototype.count);
        return { name, ...(type && count > 0 && { type, count }), isMissing: missing.has(name) };
      }),
      layers: this.#layers().filter(({ layer }) => !named.has(layer)),
    };
  }

  /** Names of weights that a refit lacks. */
  missing(): string[] {
    return this.#names('getMissingWeights');
  }

  setWeights(name: string, type: string, values: Pointer, count: number): boolean {
    const number = enumNumber(this.#calls.abi, 'DataType', type);
    return this.#calls.invoke(this.object, 'setNamedWeights', name, { type: number, values, count });
  }

  /** False where TensorRT refuses; its log says why. */
  async refit(): Promise<boolean> {
    return await this.#calls.invokeAsync(this.object, 'refitCudaEngine');
  }

  #names(method: 'getAllWeights' | 'getMissingWeights'): string[] {
    const count = this.#calls.invoke(this.object, method, 0, null);
    const places = new BigUint64Array(Math.max(count, 1));
    this.#calls.invoke(this.object, method, count, places);
    return Array.from(places.subarray(0, count), text);
  }

  #layers(): { layer: string; role: string }[] {
    const count = this.#calls.invoke(this.object, 'getAll', 0, null, null);
    const names = new BigUint64Array(Math.max(count, 1));
    const roles = new Int32Array(Math.max(count, 1));
    this.#calls.invoke(this.object, 'getAll', count, names, roles);
    return Array.from({ length: count }, (_, index) => {
      const role = roles[index] ?? 0;
      return {
        layer: text(names[index] ?? 0n),
        role: enumName(this.#calls.abi, 'WeightsRole', role) ?? String(role),
      };
    });
  }

  [Symbol.dispose](): void {
    this.#calls.delete(this.object);
  }
}

/** nvonnxparser::IParserRefitter: finds the weights of a model for a refitter. */
export class ParserRefitter implements Disposable {
  readonly #calls: VirtualCalls;
  readonly #object: NativeObject<'IParserRefitter'>;

  constructor(calls: VirtualCalls, address: Pointer) {
    this.#calls = calls;
    this.#object = calls.object('IParserRefitter', address);
  }

  /** `path`: of the folder of external data. */
  refit(model: Uint8Array, path: string): boolean {
    return this.#calls.invoke(this.#object, 'refitFromBytes', model, model.length, path);
  }

  refitFile(path: string): boolean {
    return this.#calls.invoke(this.#object, 'refitFromFile', path);
  }

  errors(): ParserErrorRecord[] {
    const count = this.#calls.invoke(this.#object, 'getNbErrors');
    return Array.from({ length: count }, (_, index) => {
      const address = this.#calls.invoke(this.#object, 'getError', index);
      if (address === null) {
        throw new BridgeError('tensorrtFailed', 'TensorRT’s refitter counts an error that it does not have.');
      }
      return readParserError(this.#calls, address);
    });
  }

  [Symbol.dispose](): void {
    this.#calls.delete(this.#object);
  }
}

/** Makes parser refitters with a parser's library. */
export function parserRefitterFactory(
  calls: VirtualCalls,
  library: LibraryHandle,
  logger: Pointer,
): (refitter: Refitter) => ParserRefitter {
  const version: number = library.func('getNvOnnxParserVersion', 'int32_t', [])();
  const create = library.func('createNvOnnxParserRefitter_INTERNAL', 'void *', [
    'void *',
    'void *',
    'int32_t',
  ]);
  return (refitter) => {
    const address: Pointer | null = create(refitter.object.address, logger, version);
    if (address === null) {
      throw new BridgeError('tensorrtFailed', 'TensorRT’s ONNX parser creates no refitter.');
    }
    return new ParserRefitter(calls, address);
  };
}

function text(address: bigint): string {
  return address === 0n ? '' : koffi.decode.string(address);
}
