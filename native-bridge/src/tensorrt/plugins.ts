import path from 'node:path';
import type { LibraryHandle } from 'koffi';
import type { Pointer } from '../abi/methods.ts';
import { BridgeError } from '../errors.ts';
import koffi from '../native/koffi.ts';
import { exportsSymbol, loadLibrary, realPath } from '../native/library.ts';
import { type NativeObject, readPointer, type VirtualCalls } from '../native/virtual-calls.ts';
import type { Logger } from './logger.ts';

/** Registers the plugins that TensorRT ships (`libnvinfer_plugin`). False where the library has none or refuses. */
export function initializePlugins(library: LibraryHandle, logger: Logger): boolean {
  const name = 'initLibNvInferPlugins';
  return exportsSymbol(library, name) && library.func(name, 'bool', ['void *', 'str'])(logger.address, '');
}

/** nvinfer1::IPluginRegistry. It belongs to TensorRT. */
class PluginRegistry {
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

  /** How many creators are registered. */
  get size(): number {
    const count = new Uint8Array(4);
    this.#calls.invoke(this.#object, 'getAllCreators', count);
    return new DataView(count.buffer).getInt32(0, true);
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

/** The plugin libraries of a process. Their code runs as they load. */
export class PluginLibraries {
  readonly #registry: PluginRegistry | undefined;
  readonly #logger: Logger;
  readonly #loaded = new Set<string>();
  readonly #own: string | undefined;
  /** Of those that `tryLoad` has tried in vain, the sentence that says why. */
  readonly #refused = new Map<string, string>();

  /** `own`: TensorRT's library of plugins, where they are registered already. */
  constructor(registry: PluginRegistry | undefined, logger: Logger, own: string | undefined) {
    this.#registry = registry;
    this.#logger = logger;
    this.#own = own === undefined ? undefined : path.dirname(realPath(own));
  }

  /**
   * Loads a library once, in the way that it is made for: TensorRT's own has an initializer; those that export their creators are loaded by
   * the registry; others register themselves as they load (`REGISTER_TENSORRT_PLUGIN`). Throws `tensorrtFailed` with the words of the loader
   * or of TensorRT, also where no plugin comes of it.
   */
  load(library: string): void {
    const file = realPath(library);
    if (this.#loaded.has(file) || this.#isOwn(file)) return;
    const registry = this.#registry;
    if (registry === undefined) throw refused(library, 'this runtime takes no plugins');
    this.#logger.takeErrors();
    const before = registry.size;
    const handle = openLibrary(library);
    if (exportsSymbol(handle, 'initLibNvInferPlugins')) {
      if (!initializePlugins(handle, this.#logger)) throw refused(library, this.#logger.takeErrors());
    } else if (exportsSymbol(handle, 'getCreators') || exportsSymbol(handle, 'getPluginCreators')) {
      if (!registry.loadLibrary(library)) throw refused(library, this.#logger.takeErrors());
    } else if (registry.size === before) {
      const reason = this.#logger.recentErrors();
      throw refused(
        library,
        reason ||
          'it is no plugin library: it exports neither getCreators nor getPluginCreators, and registered no plugin as it was loaded',
      );
    }
    this.#loaded.add(file);
  }

  /** Those that TensorRT ships are named to become part of an engine, and cannot be registered twice. */
  #isOwn(file: string): boolean {
    return path.dirname(file) === this.#own && /nvinfer_(?:vc_)?plugin/.test(path.basename(file));
  }

  /**
   * As `load`, with the sentence as the answer in place of an error. A library is tried once: at a second time the loader has it already,
   * and TensorRT would give other reasons.
   */
  tryLoad(library: string): string | undefined {
    const known = this.#refused.get(library);
    if (known !== undefined) return known;
    try {
      this.load(library);
      return undefined;
    } catch (error) {
      if (!(error instanceof BridgeError)) throw error;
      this.#refused.set(library, error.message);
      return error.message;
    }
  }
}

function openLibrary(library: string): LibraryHandle {
  try {
    return loadLibrary(library);
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    // The sentence names the library already.
    throw refused(library, words.replace(`Could not load ${library}: `, '').replace(/\.$/, ''));
  }
}

function refused(path: string, reason: string): BridgeError {
  return new BridgeError('tensorrtFailed', `The plugin library ${path} does not load: ${reason}.`);
}
