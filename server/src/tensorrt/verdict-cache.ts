import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import type { WeightlessModel } from '../onnx/binary/weightless.ts';
import type { Verdict } from './check.ts';
import type { Runtime } from './runtimes.ts';

/** Verdicts that are kept, and how many layers and tensors their networks may have together. */
const limits = { verdicts: 64, networkParts: 500_000 };

/** Verdicts by content, the least recently used go first. */
class VerdictCache {
  readonly #verdicts = new Map<string, Verdict>();
  #networkParts = 0;

  get(key: string): Verdict | undefined {
    const verdict = this.#verdicts.get(key);
    if (!verdict) return undefined;
    this.#verdicts.delete(key);
    this.#verdicts.set(key, verdict);
    return verdict;
  }

  set(key: string, verdict: Verdict): void {
    this.#remove(key);
    this.#verdicts.set(key, verdict);
    this.#networkParts += partsOf(verdict);
    for (const oldest of this.#verdicts.keys()) {
      if (this.#verdicts.size <= limits.verdicts && this.#networkParts <= limits.networkParts) return;
      if (oldest !== key) this.#remove(oldest);
    }
  }

  #remove(key: string): void {
    const verdict = this.#verdicts.get(key);
    if (verdict) this.#networkParts -= partsOf(verdict);
    this.#verdicts.delete(key);
  }
}

export const verdictCache = new VerdictCache();

/**
 * All that a verdict depends on: what is given to the parser, the state of the files that it refers to, the runtime and its
 * mode, the plugins that it has, the flags.
 */
export function verdictKey(
  { bytes, externalDataDirectory, zeroInitializers, referencedFiles }: WeightlessModel,
  { description, plugins }: Pick<Runtime, 'description' | 'plugins'>,
  parserFlags: readonly string[],
): string {
  const { product, version, directory, mode } = description;
  const files = referencedFiles.map((file) => {
    const status = statSync(file, { throwIfNoEntry: false, bigint: true });
    return [file, String(status?.size), String(status?.mtimeNs), String(status?.ino)];
  });
  return createHash('sha256')
    .update(bytes)
    .update(
      JSON.stringify([
        externalDataDirectory,
        zeroInitializers,
        files,
        product,
        version,
        directory,
        mode,
        plugins.key,
        parserFlags,
      ]),
    )
    .digest('base64');
}

function partsOf({ network }: Verdict): number {
  return network ? network.layers.length + network.tensors.length : 0;
}
