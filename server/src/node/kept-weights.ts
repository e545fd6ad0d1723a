/** Weights that a save takes out of a model, kept for an undo as long as the editor runs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileAccess, KeptWeights } from '../onnx/model/file-access.ts';
import { fingerprint } from '../onnx/model/fingerprint.ts';
import type { FileRange } from '../onnx/model/model.ts';
import type { ElementField } from '../onnx/model/tensor-values.ts';
import { writeModel } from './write-model.ts';

/** The text still names these bytes after an undo, and the file has them no more. */
export interface LeavingWeights {
  readonly field: ElementField;
  readonly range: FileRange;
}

/** As much is kept of all models together, in bytes of the system's folder for temporary files. */
const mostKept = 2 ** 32;

export class WeightsKeeper {
  readonly #kept = new Map<string, KeptWeights[]>();
  #folder: string | undefined;
  #bytes = 0;
  #files = 0;

  of(path: string): readonly KeptWeights[] {
    return this.#kept.get(path) ?? [];
  }

  /** Copies the weights out of the model at `path`. Throws where there is no space for them. */
  async keep(path: string, leaving: readonly LeavingWeights[], files: FileAccess): Promise<void> {
    const known = this.of(path);
    const weights = leaving
      .map(({ field, range }) => ({ field, range, check: fingerprintOf(range, files) }))
      .filter(
        ({ field, range, check }) =>
          !known.some(
            (kept) => kept.field === field && kept.check === check && kept.range.length === range.length,
          ),
      );
    const bytes = weights.reduce((sum, { range }) => sum + range.length, 0);
    if (bytes === 0) return;
    if (this.#bytes + bytes > mostKept)
      throw new Error(`More than ${mostKept} bytes of weights are not kept.`);
    const target = join(this.#ownFolder(), `weights-${this.#files++}.bin`);
    await writeModel(
      target,
      weights.map(({ range }) => range),
    );
    this.#bytes += (await stat(target)).size;
    let offset = 0;
    const kept = weights.map(({ field, check, range: { length } }) => {
      const range = { path: target, offset, length };
      offset += length;
      return { field, check, range };
    });
    this.#kept.set(path, [...known, ...kept]);
  }

  /** Weights that a save has moved to another file, in the form that they have in the model: an undo finds them there. */
  remember(path: string, moved: readonly LeavingWeights[], files: FileAccess): void {
    const kept = moved.map(({ field, range }) => ({ field, range, check: fingerprintOf(range, files) }));
    this.#kept.set(path, [...this.of(path), ...kept]);
  }

  #ownFolder(): string {
    if (this.#folder === undefined) {
      const folder = mkdtempSync(join(tmpdir(), 'onnx-undo-'));
      this.#folder = folder;
      process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    }
    return this.#folder;
  }
}

function fingerprintOf(range: FileRange, files: FileAccess): string {
  const source = files.open(range.path);
  try {
    return fingerprint(range.length, (offset, length) => source.read(range.offset + offset, length));
  } finally {
    source.close();
  }
}
