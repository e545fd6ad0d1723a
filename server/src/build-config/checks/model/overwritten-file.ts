import path from 'node:path';
import { enginePath, modelPath } from '../../paths.ts';
import type { Rule } from '../rule.ts';
import { pathsOf, writtenKeys } from './paths-of.ts';

/** An engine, and the note beside it, take the place of no file that the build reads, nor of its timing cache. */
export const overwrittenFile: Rule = ({ build }, report) => {
  const engine = build.get('engine');
  if (!engine || build.get('loadEngine') || !path.isAbsolute(build.file)) return;
  const file = path.normalize(enginePath(build));
  const needed: (readonly [what: string, path: string])[] = [
    ['the config itself', build.file],
    ['the model', modelPath(build)],
  ];
  for (const key of build.keys) {
    if (key === 'model' || (writtenKeys.has(key) && key !== 'timingCacheFile')) continue;
    for (const { value } of pathsOf(build, key)) needed.push([`the file of \`${key}\``, value.path]);
  }
  for (const [what, other] of needed) {
    const isEngine = path.normalize(other) === file;
    if (!isEngine && path.normalize(other) !== `${file}.json`) continue;
    report({
      code: 'config.conflict',
      severity: 'error',
      origin: engine.origin,
      message: `${isEngine ? 'The engine' : `The engine’s note, ${path.basename(file)}.json,`} would take the place of ${what}. Give the engine another name.`,
    });
    return;
  }
};
