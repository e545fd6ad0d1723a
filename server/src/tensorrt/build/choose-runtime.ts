/** The TensorRT that builds: what a config's `runtime` names, or the best one that can build on this machine. */
import type { Product } from '../../../../native-bridge/src/protocol.ts';
import type { BuildConfig } from '../../build-config/model.ts';
import { resolvePath } from '../../build-config/paths.ts';
import { isVersion, isWithin, parseVersionBound, type VersionBound } from '../../build-config/versions.ts';
import { inOrderOfPreference, seemsToHaveGpu } from '../installations/choose.ts';
import { displayName, isUsable, type UsableInstallation } from '../installations/installation.ts';
import { looksLikePath, type Runtimes } from '../runtimes.ts';

/** Throws an error for people. */
export async function runtimeForBuild(
  runtimes: Runtimes,
  wish: string | undefined,
): Promise<UsableInstallation> {
  const { installations } = await runtimes.find();
  const gpu = seemsToHaveGpu();
  const usable = inOrderOfPreference(installations, { preferred: [], gpu });
  const ask = wish === undefined ? undefined : parseRuntimeWish(wish);
  if (wish !== undefined && ask === undefined) return await runtimes.named(wish);
  const fitting = ask ? usable.filter((installation) => fitsWish(installation, ask)) : usable;
  // Without a GPU only TensorRT for RTX builds.
  const able = gpu ? fitting : fitting.filter(({ product }) => product === 'TensorRT-RTX');
  const [best] = able.length > 0 ? able : fitting;
  if (best) return best;
  const found = installations.filter(isUsable).map(displayName);
  const there = found.length === 0 ? 'no TensorRT was found' : `found ${found.join(', ')}`;
  throw new Error(
    wish === undefined
      ? 'No TensorRT that can build was found on this machine. Install TensorRT for RTX with `onnx-trt runtimes install rtx`, which builds without a GPU, too.'
      : `No TensorRT on this machine is \`${wish}\`: ${there}. Change \`runtime\`, or add a folder with \`onnx-trt runtimes add\`.`,
  );
}

/**
 * What a config's `runtime` names, a folder as an absolute path: a relative one starts at the config's folder, as all its paths do.
 * Throws an error for people where it is a folder, from which libraries would be loaded, and that is not allowed.
 */
export function runtimeWish(build: BuildConfig, loadsLibraries: boolean): string | undefined {
  const setting = build.get('runtime');
  if (!setting || !looksLikePath(setting.value)) return setting?.value;
  if (!loadsLibraries) {
    throw new Error(
      `\`runtime\` names the folder ${setting.value}, whose libraries could run anything, and this workspace is not trusted. Trust the workspace to build here.`,
    );
  }
  return resolvePath(setting.value, setting.origin.file);
}

/** `tensorrt`, `tensorrt-rtx`, `>=10.6 <11`, `tensorrt >=10.6`. */
export interface RuntimeWish {
  readonly product?: Product;
  readonly bounds: readonly VersionBound[];
}

const products: Readonly<Record<string, Product>> = { tensorrt: 'TensorRT', 'tensorrt-rtx': 'TensorRT-RTX' };

/** Undefined for what is an id or a folder. */
export function parseRuntimeWish(text: string): RuntimeWish | undefined {
  const words = text.trim().split(/\s+/);
  const product = products[words[0]?.toLowerCase() ?? ''];
  const rest = product ? words.slice(1) : words;
  const bounds = rest.map(parseVersionBound).filter((bound) => bound !== undefined);
  if (bounds.length < rest.length || (!product && bounds.length === 0)) return undefined;
  return { ...(product && { product }), bounds };
}

function fitsWish(installation: UsableInstallation, { product, bounds }: RuntimeWish): boolean {
  if (product !== undefined && installation.product !== product) return false;
  if (bounds.length > 0 && !isVersion(installation.version)) return false;
  // Bounds without a product are meant for TensorRT: those of TensorRT for RTX count otherwise.
  if (product === undefined && installation.product !== 'TensorRT') return false;
  return bounds.every((bound) => isWithin(installation.version, bound));
}
