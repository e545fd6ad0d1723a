/** The small languages inside values of flags: `name:1x3,'other:0':8x3`. */
import type { Dims } from '../model.ts';

/** An entry `NAME:VALUE`, as trtexec takes it apart; undefined where it would refuse it. */
function splitNameAndValue(entry: string): readonly [name: string, value: string] | undefined {
  const quoted = entry.split("'");
  if (quoted.length === 3) {
    const [before = '', name = '', rest = ''] = quoted;
    return rest.startsWith(':') ? [before + name, rest.slice(1)] : undefined;
  }
  const colon = entry.lastIndexOf(':');
  return quoted.length === 1 && colon >= 0 ? [entry.slice(0, colon), entry.slice(colon + 1)] : undefined;
}

/** Entries with a comma between; undefined where one is wrong, or a name comes twice. */
export function splitEntries(value: string): (readonly [name: string, value: string])[] | undefined {
  const entries = value.split(',').map(splitNameAndValue);
  if (!entries.every((entry) => entry !== undefined)) return undefined;
  return new Set(entries.map(([name]) => name)).size === entries.length ? entries : undefined;
}

/** `NAME:VALUE`; undefined where trtexec has no way to say it. */
export function joinNameAndValue(name: string, value: string): string | undefined {
  if (/[',]/.test(name) || /[',]/.test(value)) return undefined;
  return value.includes(':') ? `'${name}':${value}` : `${name}:${value}`;
}

export function dimsText(dims: Dims): string {
  return dims.length === 0 ? 'scalar' : dims.join('x');
}
