/** The files that settings name. */
import { type ConfigKey, keyDefinitions } from '../../flags/index.ts';
import type { BuildConfig, Located, PathValue } from '../../model.ts';

/** Keys of what is written, or read only where it is there. */
export const writtenKeys: ReadonlySet<ConfigKey> = new Set([
  'engine',
  'timingCacheFile',
  'tuningCacheFile',
  'exportTimes',
  'exportOutput',
  'exportProfile',
  'exportLayerInfo',
  'saveDebugTensors',
]);

/** Where the file of a key is written. The reader of each kind gives these values. */
export function pathsOf(build: BuildConfig, key: ConfigKey): Located<PathValue>[] {
  const setting: Located<unknown> | undefined = build.get(key);
  if (!setting) return [];
  const { value, origin } = setting;
  switch (keyDefinitions[key].value.kind) {
    case 'path':
      return [{ value: value as PathValue, origin }];
    case 'paths':
      return [...(value as readonly Located<PathValue>[])];
    case 'pathByName':
      return (value as readonly { readonly value: Located<PathValue> }[]).map((named) => named.value);
    case 'safetyPlugins':
      return (build.get('safetyPlugins')?.value ?? []).map((plugin) => ({
        value: plugin.value.library,
        origin: plugin.origin,
      }));
    case 'refPairs':
      return (build.get('refPairs')?.value ?? []).flatMap(({ loadInputs, loadRefOutputs }) =>
        [...loadInputs, ...loadRefOutputs].map((named) => named.value),
      );
    default:
      return [];
  }
}
