/** Which keys of a build are set to something. */
import type { ConfigKey } from '../../flags/index.ts';
import type { BuildConfig } from '../../model.ts';
import type { AnySetting } from '../rule.ts';

/** A flag that is false is not given, as on a command line. */
export function isSet(build: BuildConfig, key: ConfigKey): boolean {
  const value: unknown = build.get(key)?.value;
  return value !== undefined && value !== false;
}

export function settingsOf(build: BuildConfig): { readonly key: ConfigKey; readonly setting: AnySetting }[] {
  return build.keys.flatMap((key) => {
    const setting: AnySetting | undefined = build.get(key);
    return setting && setting.value !== false ? [{ key, setting }] : [];
  });
}

/** An empty list takes back one that the config extends. */
export function marksWeights(build: BuildConfig): boolean {
  return (build.get('refitIndividual')?.value.length ?? 0) > 0;
}

/** DLA runs layers: a core is chosen, -1 being none. */
export function usesDla(build: BuildConfig): boolean {
  return (build.get('useDLACore')?.value ?? -1) >= 0;
}

/** As trtexec: an engine for another system, or for DLA by itself, is not run. */
export function skipsInference(build: BuildConfig): boolean {
  return (
    isSet(build, 'skipInference') ||
    isSet(build, 'buildDLAStandalone') ||
    build.get('runtimePlatform')?.value === 'WindowsAMD64'
  );
}
