/** The lean runtime that TensorRT puts into version-compatible engines. */
import { decodeVersion, formatVersion, type Version } from '../abi/version.ts';
import koffi from '../native/koffi.ts';
import { exportsSymbol } from '../native/library.ts';

/**
 * TensorRT takes the library of this name that the loader finds, whatever its release, and nothing loads the engine afterwards (seen with
 * 10.6.0 and the lean runtime of 10.15.1). Answers what is wrong with it, a sentence; undefined where it fits, or where there is none: that is
 * TensorRT's to say.
 */
export function unfitLeanRuntime(version: Version): string | undefined {
  const name =
    process.platform === 'win32'
      ? `nvinfer_lean_${version.major}.dll`
      : `libnvinfer_lean.so.${version.major}`;
  const found = versionOf(name);
  if (found === undefined || formatVersion(found) === formatVersion(version)) return undefined;
  return `The lean runtime that the loader finds for version-compatible engines (${name}) is of TensorRT ${formatVersion(found)}, not of ${formatVersion(version)}; no TensorRT would load such an engine.`;
}

function versionOf(name: string): Version | undefined {
  try {
    // Not global: its symbols are TensorRT's own.
    const library = koffi.load(name);
    if (!exportsSymbol(library, 'getInferLibVersion')) return undefined;
    return decodeVersion(library.func('getInferLibVersion', 'int32_t', [])());
  } catch {
    return undefined;
  }
}
