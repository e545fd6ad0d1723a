/** Identifiers, strings and numbers as the official text syntax spells them. */
import { dataTypeOfName } from '../../model/data-types.ts';
import type { Int64 } from '../../model/model.ts';
import { shownText } from '../annotations/shown-text.ts';

const plainIdentifier = /^[A-Za-z_][A-Za-z0-9_]*$/;
const dottedIdentifier = /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*$/;
const wordsOfTypes = /^(?:undefined|data_type_\d+|seq|map|optional|sparse_tensor|opaque)$/;
const wordsOfFloats = /^(?:nan|inf|infinity)$/i;

/** A name where any identifier may stand, quoted unless it is a plain one. */
export function identifier(name: string): string {
  return plainIdentifier.test(name) ? name : quoted(name);
}

/** A name where the syntax would also take a type or a float: those words need quotes there. */
export function unambiguousIdentifier(name: string): string {
  const isWord = wordsOfTypes.test(name) || wordsOfFloats.test(name) || dataTypeOfName(name) !== undefined;
  return plainIdentifier.test(name) && !isWord ? name : quoted(name);
}

/** An operator's domain: dotted identifiers, or our extension, one quoted string. */
export function domainName(domain: string): string {
  return dottedIdentifier.test(domain) ? domain : quoted(domain);
}

/** A string or a quoted identifier; see shownText for what it cannot hold. */
export function quoted(text: string): string {
  if (ordinary.test(text)) return `"${text}"`;
  // The syntax knows no other escapes, and line breaks stand as they are.
  return `"${shownText(text).replace(/["\\]/g, '\\$&')}"`;
}
/** Without quotes, backslashes, what is not kept, and surrogates, which are rare enough for a closer look. */
const ordinary = /^[\t\n !#-[\]-~\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\uffff]*$/;

export function integer(value: Int64): string {
  return String(value);
}
