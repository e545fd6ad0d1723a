/** The TensorRT that a config's `runtime` asks for, as far as its words tell. */
import type { Product } from '../../../../../native-bridge/src/protocol.ts';
import { trtexecVersions } from '../../trtexec/versions.ts';
import { isWithin, parseVersionBound } from '../../versions.ts';
import type { RuntimeFacts } from './facts.ts';

const wished = /^tensorrt(-rtx)?(?:-(\d+(?:\.\d+){0,3}))?(?:-[0-9a-f]{4})?$/i;

/**
 * Without looking at what is installed: of an id the version in it, of versions the newest one known that fits. Undefined for a
 * folder, or where nothing known fits.
 */
export function runtimeFromWords(wish: string): RuntimeFacts | undefined {
  const [first = '', ...rest] = wish.trim().split(/\s+/);
  const id = wished.exec(first);
  const product: Product = id?.[1] ? 'TensorRT-RTX' : 'TensorRT';
  if (id?.[2] !== undefined) return rest.length === 0 ? { product, version: id[2] } : undefined;
  const words = id ? rest : [first, ...rest];
  const bounds = words.map(parseVersionBound).filter((bound) => bound !== undefined);
  if (bounds.length < words.length) return undefined;
  const exact = bounds.find(({ operator, version }) => operator.startsWith('=') && version.includes('.'));
  if (exact) return { product, version: exact.version };
  if (product === 'TensorRT-RTX') return { product };
  const newest = trtexecVersions.find((version) => bounds.every((bound) => isWithin(version, bound)));
  return newest === undefined ? undefined : { product, version: newest };
}
