import { realpathSync } from 'node:fs';
import type { LibraryHandle } from 'koffi';
import { BridgeError } from '../errors.ts';
import type { LibraryNotLoadedData } from '../protocol.ts';
import koffi from './koffi.ts';

/**
 * Loads the first library of a list that loads. Its symbols become visible to the libraries loaded after it (RTLD_GLOBAL):
 * TensorRT's parser and plugins find TensorRT's own symbols that way. Throws `libraryNotLoaded` with the loader's words for
 * every path tried.
 */
export function loadLibrary(...paths: readonly [string, ...string[]]): LibraryHandle {
  const tried: { path: string; reason: string }[] = [];
  for (const path of paths) {
    try {
      const library = koffi.load(path, { global: true });
      loaded.push(library);
      return library;
    } catch (error) {
      tried.push({ path, reason: loaderWords(error) });
    }
  }
  const reasons = tried.map(({ path, reason }) => (reason.includes(path) ? reason : `${path}: ${reason}`));
  const data: LibraryNotLoadedData = { tried };
  throw new BridgeError('libraryNotLoaded', `Could not load ${reasons.join('; ')}.`, data);
}

/**
 * koffi unloads a library once nothing in JavaScript refers to it any more. TensorRT, however, keeps pointers into its plugins:
 * what was loaded stays.
 */
const loaded: LibraryHandle[] = [];

/** Follows links; a path that leads nowhere stays, for the loader to complain about. */
export function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}

/** Whether a library exports a symbol. */
export function exportsSymbol(library: LibraryHandle, name: string): boolean {
  try {
    library.symbol(name);
    return true;
  } catch {
    return false;
  }
}

/** What dlopen or LoadLibrary said, without koffi's own beginning. */
function loaderWords(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return words.replace(/^Failed to load shared library:? */, '').replace(/\.$/, '');
}
