/** Names with `*`: at most one, as trtexec takes them for inputs and layers; any number for weights, which trtexec does not name. */
import { closest } from '../../onnx/text/parser/suggestions.ts';

export function fitsName(pattern: string, name: string): boolean {
  const star = pattern.indexOf('*');
  if (star < 0) return pattern === name;
  const [start, end] = [pattern.slice(0, star), pattern.slice(star + 1)];
  return name.length >= start.length + end.length && name.startsWith(start) && name.endsWith(end);
}

/** As `fitsName`, with any number of `*`. */
export function fitsPattern(pattern: string, name: string): boolean {
  const [start = '', ...parts] = pattern.split('*');
  const end = parts.pop();
  if (end === undefined) return pattern === name;
  const last = name.length - end.length;
  if (last < start.length || !name.startsWith(start) || !name.endsWith(end)) return false;
  let at = start.length;
  for (const part of parts) {
    const found = name.indexOf(part, at);
    if (found < 0 || found + part.length > last) return false;
    at = found + part.length;
  }
  return true;
}

export function isPattern(name: string): boolean {
  return name.includes('*');
}

/** In more names than these nobody looks for one by hand, and looking for it takes too long. */
const mostNames = 20_000;

/** The name that is probably meant: alike, the same in other case, or the only one that it is a part of. */
export function nearestName(
  word: string,
  names: readonly string[] | ReadonlySet<string>,
): string | undefined {
  const count = 'size' in names ? names.size : names.length;
  if (isPattern(word) || count > mostNames) return undefined;
  const all = [...names];
  const near = closest(word, all);
  if (near !== undefined) return near;
  const parts = all.filter((name) => name.length > 0 && (name.includes(word) || word.includes(name)));
  return parts.length === 1 ? parts[0] : undefined;
}

/** ` Did you mean …?`, or what there is where that is little. */
export function nameAdvice(near: string | undefined, names: readonly string[], what: string): string {
  if (near !== undefined) return ` Did you mean \`${near}\`?`;
  if (names.length === 0) return ` It has no ${what}s.`;
  return names.length > 8
    ? ''
    : ` It has ${names.length === 1 ? `the ${what}` : `the ${what}s`} ${names.join(', ')}.`;
}
