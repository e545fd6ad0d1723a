/** The TensorRT that a config's `runtime` asks for, as far as its words tell. */
import type { Product } from '../../../../../native-bridge/src/protocol.ts';
import { trtexecVersions } from '../../trtexec/versions.ts';
import { compareVersions, isVersion, type Version } from '../../versions.ts';
import type { RuntimeFacts } from './facts.ts';

const wished = /^tensorrt(-rtx)?(?:-(\d+(?:\.\d+){0,3}))?(?:-[0-9a-f]{4})?$/i;
const bound = /^(>=|<=|>|<|==?)?(\d[\d.]*)$/;

/**
 * Without looking at what is installed: of an id the version in it, of versions the newest one known that fits. Undefined for a
 * folder, or where nothing known fits.
 */
export function runtimeFromWords(wish: string): RuntimeFacts | undefined {
  const [first = '', ...rest] = wish.trim().split(/\s+/);
  const id = wished.exec(first);
  const product: Product = id?.[1] ? 'TensorRT-RTX' : 'TensorRT';
  if (id?.[2] !== undefined) return rest.length === 0 ? { product, version: id[2] } : undefined;
  const bounds = (id ? rest : [first, ...rest]).map((word) => bound.exec(word));
  if (bounds.some((match) => !match || !isVersion(match[2] ?? ''))) return undefined;
  const limits = bounds.map((match) => ({ operator: match?.[1] ?? '=', version: match?.[2] ?? '' }));
  const exact = limits.find(({ operator, version }) => operator.startsWith('=') && version.includes('.'));
  if (exact) return { product, version: exact.version };
  if (product === 'TensorRT-RTX') return { product };
  const newest = trtexecVersions.find((version) => limits.every((limit) => fits(version, limit)));
  return newest === undefined ? undefined : { product, version: newest };
}

function fits(known: Version, limit: { readonly operator: string; readonly version: Version }): boolean {
  const parts = limit.version.split('.').length;
  const start = known.split('.').slice(0, parts).join('.');
  const order = compareVersions(known, limit.version);
  switch (limit.operator) {
    case '>=':
      return order >= 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '<':
      return order < 0;
    default:
      return compareVersions(start, limit.version) === 0;
  }
}
