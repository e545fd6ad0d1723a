/** The files that an engine is made of. */
import path from 'node:path';
import type { BuildParams } from '../../../../native-bridge/src/build-protocol.ts';
import type { BuildConfig } from '../../build-config/model.ts';
import type { LoadedModel } from '../../node/load-model.ts';
import { isFileRange } from '../../onnx/model/bytes.ts';
import { externalLocations, tensorsOf } from '../../onnx/model/external-data.ts';
import type { Model } from '../../onnx/model/model.ts';
import { type FileIdentity, type IdentifyOptions, identify } from './provenance.ts';

export interface BuildInputs {
  readonly model: FileIdentity;
  /** External data, files that a text refers to, plugins, calibration caches; by path. */
  readonly others: readonly FileIdentity[];
}

/** Throws an error for people where one of them cannot be read. */
export async function identifyInputs(
  build: BuildConfig,
  model: LoadedModel,
  { pluginLibraries, settings }: Pick<BuildParams, 'pluginLibraries' | 'settings'>,
  options: IdentifyOptions,
): Promise<BuildInputs> {
  const others = new Set([
    ...weightFiles(model),
    ...pluginLibraries,
    ...(settings.pluginsToSerialize ?? []),
    ...(settings.calibrationCachePath === undefined ? [] : [settings.calibrationCachePath]),
  ]);
  others.delete(model.path);
  const identities: FileIdentity[] = [];
  for (const other of [...others].sort()) {
    identities.push(await identifyNamed(build, other, options));
  }
  return { model: await identify(model.path, options), others: identities };
}

/** Absolute paths of the files beside a model's own that its weights lie in. */
export function weightFiles({ path: file, model }: LoadedModel): readonly string[] {
  const folder = path.dirname(file);
  const files = new Set([
    ...externalLocations(model).map((location) => path.resolve(folder, location)),
    ...referredFiles(model),
  ]);
  files.delete(file);
  return [...files].sort();
}

/** Where a text says that its weights lie; a binary model's are in itself. */
function referredFiles(model: Model): Set<string> {
  const files = new Set<string>();
  for (const { data } of tensorsOf(model)) {
    if ('bytes' in data && isFileRange(data.bytes)) files.add(data.bytes.path);
  }
  return files;
}

async function identifyNamed(
  build: BuildConfig,
  file: string,
  options: IdentifyOptions,
): Promise<FileIdentity> {
  try {
    return await identify(file, options);
  } catch (cause) {
    options.signal?.throwIfAborted();
    const who = build.file === '' ? 'the model' : `${path.basename(build.file)} or its model`;
    throw new Error(`${file}, which ${who} names, cannot be read.`, { cause });
  }
}
