import path from 'node:path';
import { type ConfigKey, keyDefinitions } from '../../flags/index.ts';
import type { BuildConfig, Located, PathValue } from '../../model.ts';
import { enginePath, modelPath } from '../../paths.ts';
import type { Rule } from '../rule.ts';

/** Paths of what is written, or read only where it is there. */
const written: ReadonlySet<ConfigKey> = new Set([
  'engine',
  'timingCacheFile',
  'tuningCacheFile',
  'exportTimes',
  'exportOutput',
  'exportProfile',
  'exportLayerInfo',
  'saveDebugTensors',
]);

/** Files that are read exist; a folder for the engine is made by a build here, not by trtexec. */
export const missingFile: Rule = ({ build, exists }, report) => {
  // Where the config is in no file, paths mean nothing yet.
  if (!path.isAbsolute(build.file)) return;
  const tell = (file: string, origin: BuildConfig['origin'], message: string) => {
    if (path.isAbsolute(file) && !exists(file)) {
      report({ code: 'config.missing-file', severity: 'error', origin, message });
    }
  };
  if (!build.get('model') && !build.get('loadEngine')) {
    const file = modelPath(build);
    tell(
      file,
      build.origin,
      `There is no ${path.basename(file)} beside the config. Say which model is meant: \`model: FILE.onnx\`.`,
    );
  }
  for (const key of build.keys) {
    if (written.has(key)) continue;
    for (const { value, origin } of pathsOf(build, key)) {
      const what = key === 'tempdir' ? 'folder' : 'file';
      tell(
        value.path,
        origin,
        `There is no ${what} ${value.text}${key === 'calib' ? ': a calibration cache is written by a calibration' : ''}.`,
      );
    }
  }
  const engine = enginePath(build);
  const folder = path.dirname(engine);
  if (!build.get('loadEngine') && path.isAbsolute(folder) && !exists(folder)) {
    report({
      code: 'config.missing-file',
      severity: 'information',
      origin: build.get('engine')?.origin ?? build.origin,
      message: `There is no folder ${folder} yet. A build here makes it; trtexec does not.`,
    });
  }
};

/** Where the file of a key is written. The reader of each kind gives these values. */
function pathsOf(build: BuildConfig, key: ConfigKey): Located<PathValue>[] {
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
