import { decodeUtf8 } from '../../model/utf8.ts';
import { shownText } from '../annotations/shown-text.ts';
import type { Located, Said } from './annotations.ts';
import { type Conversion, report } from './context.ts';

/** A string of the text, or the exact one that a `bytes` annotation has for its path. */
export function exactString(said: Said, path: string, shown: string): string {
  const bytes = exactBytes(said, path, shown);
  return bytes === undefined ? shown : decodeUtf8(bytes);
}

/** The bytes that an annotation has for a string, as long as they are what is shown. */
export function exactBytes(said: Said, path: string, shown: string): Uint8Array | undefined {
  const exact = said.bytes.get(path);
  if (exact === undefined || shownText(decodeUtf8(exact.value)) !== shown) return undefined;
  exact.used = true;
  return exact.value;
}

/** Reports `bytes` and `nan_bits` that fit nothing. Call it when all strings and elements of the construct have been asked for. */
export function reportOutdated(conversion: Conversion, said: Said): void {
  reportUnused(conversion, said.bytes, 'string');
  reportUnused(conversion, said.nanBits, 'element');
}

function reportUnused(
  conversion: Conversion,
  located: ReadonlyMap<string | number, Located<unknown>>,
  what: string,
): void {
  for (const [path, { used, span }] of located) {
    if (used) continue;
    const message = `This describes ${what} ${path} as it was before it was edited, and no longer counts. Remove it.`;
    report(conversion, span, 'onnx.annotation.outdated', message);
  }
}
