/** Whether an engine is up to date, as far as that can be said at once: by times and sizes of files, and without starting TensorRT. */
import { stat } from 'node:fs/promises';
import type { BuildConfig } from '../../build-config/model.ts';
import { enginePath, modelPath } from '../../build-config/paths.ts';
import { loadModel } from '../../node/load-model.ts';
import type { UsableInstallation } from '../installations/installation.ts';
import { configureFor } from './prepare.ts';
import { type FileIdentity, readProvenance, requestRecord } from './provenance.ts';
import { refitChange } from './staleness.ts';

/** False where it is not, or cannot be told without reading files as a whole: a build finds out. */
export async function seemsCurrent(
  build: BuildConfig,
  { product, version }: Pick<UsableInstallation, 'product' | 'version'>,
): Promise<boolean> {
  const engine = enginePath(build);
  const known = await readProvenance(engine);
  if (!known || known.runtime.product !== product || known.runtime.version !== version) return false;
  if (refitChange(known) !== undefined) return false;
  const files = [{ ...known.engine, path: engine }, known.model, ...known.inputs];
  if (known.model.path !== modelPath(build) || !(await Promise.all(files.map(isUntouched))).every(Boolean)) {
    return false;
  }
  try {
    const { notes: _, ...params } = configureFor(loadModel(known.model.path), build, { product, version });
    return JSON.stringify(requestRecord(params)) === JSON.stringify(known.request);
  } catch {
    // What is wrong with model or settings shows when it is built.
    return false;
  }
}

async function isUntouched({ path, bytes, modified }: FileIdentity): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.size === bytes && found.mtimeMs === modified;
}
