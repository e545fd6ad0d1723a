import path from 'node:path';
import type { BuildConfig } from '../../model.ts';
import { enginePath, modelPath } from '../../paths.ts';
import type { Rule } from '../rule.ts';
import { pathsOf, writtenKeys } from './paths-of.ts';

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
    if (writtenKeys.has(key)) continue;
    for (const { value, origin } of pathsOf(build, key)) {
      const what = key === 'tempdir' ? 'folder' : 'file';
      tell(
        value.path,
        origin,
        `There is no ${what} ${value.text}${key === 'calib' ? ': a calibration cache is written by a calibration' : ''}.${shellAdvice(value.text)}`,
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
      message: `There is no folder ${folder} yet. A build here makes it; trtexec does not.${shellAdvice(build.get('engine')?.value.text)}`,
    });
  }
};

/** Configs are read by no shell, which people who come from its scripts may not think of. */
function shellAdvice(text = ''): string {
  if (/^~[\\/]/.test(text)) return ' `~` stands for no home folder here: write the path out.';
  return /\$\w|\$\{\w|\$\(|%\w+%/.test(text)
    ? ' Variables of a shell are not replaced: write the path out.'
    : '';
}
