import type { LibraryHandle } from 'koffi';
import type { Pointer } from '../abi/methods.ts';
import koffi from '../native/koffi.ts';
import { exportsSymbol } from '../native/library.ts';
import { type NativeObject, readPointer, type VirtualCalls } from '../native/virtual-calls.ts';
import type { Logger } from './logger.ts';

/** Registers the plugins that TensorRT ships (`libnvinfer_plugin`). False where the library has none or refuses. */
export function initializePlugins(library: LibraryHandle, logger: Logger): boolean {
  const name = 'initLibNvInferPlugins';
  return exportsSymbol(library, name) && library.func(name, 'bool', ['void *', 'str'])(logger.address, '');
}

/** nvinfer1::IPluginRegistry. It belongs to TensorRT. */
export class PluginRegistry {
  readonly #calls: VirtualCalls;
  readonly #object: NativeObject<'IPluginRegistry'>;

  constructor(calls: VirtualCalls, address: Pointer) {
    this.#calls = calls;
    this.#object = calls.object('IPluginRegistry', address);
  }

  /** Loads a plugin library that exports `getCreators`. False where TensorRT refuses it; its log says why. */
  loadLibrary(path: string): boolean {
    return this.#calls.invoke(this.#object, 'loadLibrary', path) !== null;
  }

  /** All registered creators, as `namespace::name@version`. */
  creators(): string[] {
    const count = new Uint8Array(4);
    const creators = this.#calls.invoke(this.#object, 'getAllCreators', count);
    if (creators === null) {
      return [];
    }
    const length = new DataView(count.buffer).getInt32(0, true);
    return Array.from({ length }, (_, index) =>
      this.#describe(readPointer(creators + BigInt(index * 8))),
    ).sort();
  }

  #describe(address: Pointer): string {
    const calls = this.#calls;
    const info = calls.invoke(calls.object('IPluginCreatorInterface', address), 'getInterfaceInfo');
    const kind = info.kind === null ? '' : koffi.decode.string(info.kind);
    // Creators come in two shapes, which only this name tells apart: `PLUGIN CREATOR_V1`, `PLUGIN CREATOR_V3ONE` (or QUICK).
    if (kind.includes('V3')) {
      const creator = calls.object('IPluginCreatorV3One', address);
      return join(
        calls.invoke(creator, 'getPluginNamespace'),
        calls.invoke(creator, 'getPluginName'),
        calls.invoke(creator, 'getPluginVersion'),
      );
    }
    const creator = calls.object('IPluginCreator', address);
    return join(
      calls.invoke(creator, 'getPluginNamespace'),
      calls.invoke(creator, 'getPluginName'),
      calls.invoke(creator, 'getPluginVersion'),
    );
  }
}

function join(namespace: string | null, name: string | null, version: string | null): string {
  return `${namespace ?? ''}::${name ?? ''}@${version ?? ''}`;
}

/** The registry that plugin libraries register themselves in; a builder's own inherits from it. */
export function globalPluginRegistry(calls: VirtualCalls, infer: LibraryHandle): PluginRegistry | undefined {
  const name = 'getPluginRegistry';
  const address: Pointer | null = exportsSymbol(infer, name) ? infer.func(name, 'void *', [])() : null;
  return address === null ? undefined : new PluginRegistry(calls, address);
}
