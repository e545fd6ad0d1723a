/** What `runtime` may be on this machine: installations, their products, and ranges of versions around them. */
import { CompletionItemKind } from 'vscode-languageserver-types';
import { scalarText } from '../../build-config/emit.ts';
import { isVersion } from '../../build-config/versions.ts';
import { productName } from '../../engine/runtime-fit.ts';
import type { RuntimeDescription } from '../../protocol.ts';
import type { Offer } from './offer.ts';

export function runtimeOffers(all: readonly RuntimeDescription[]): Offer[] {
  const usable = all.filter(({ unusable }) => unusable === undefined);
  const offers = new Map<string, Offer>();
  const add = (label: string, detail: string, kind: CompletionItemKind) => {
    if (!offers.has(label)) offers.set(label, { label, kind, insert: [scalarText(label)], detail });
  };
  for (const { id, product, version, directory } of usable) {
    add(id, `${productName(product)} ${version} in ${directory}`, CompletionItemKind.Module);
  }
  for (const { product } of usable) {
    add(idOf(product), `the best ${productName(product)} of the machine`, CompletionItemKind.Class);
  }
  for (const { product, version } of usable) {
    if (!isVersion(version)) continue;
    const [major = 0, minor = 0] = version.split('.').map(Number);
    const range = `>=${major}.${minor} <${major + 1}`;
    // Without a product, versions are those of TensorRT.
    const words = product === 'TensorRT' ? range : `${idOf(product)} ${range}`;
    add(words, `${productName(product)} ${major} from ${major}.${minor} on`, CompletionItemKind.Value);
  }
  return [...offers.values()];
}

function idOf(product: RuntimeDescription['product']): string {
  return product === 'TensorRT' ? 'tensorrt' : 'tensorrt-rtx';
}
