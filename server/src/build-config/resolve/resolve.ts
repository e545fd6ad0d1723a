/** The builds of a config file: what it extends, its `builds` and its `matrix` put together. */
import type { BuildConfig, ConfigFile, ConfigProblem, ResolvedConfig } from '../model.ts';
import { enginePath } from '../paths.ts';
import { problemKey } from '../problem-key.ts';
import { buildOf } from './build.ts';
import { withExtended } from './extends.ts';
import { combinations } from './matrix.ts';
import { merged, without } from './merge.ts';

/**
 * `readText` gives the text of a file that is extended, by its path; it throws an error whose message is a sentence for
 * people. Never throws itself.
 */
export function resolveBuildConfig(file: ConfigFile, readText: (path: string) => string): ResolvedConfig {
  const { files, root, problems: extending } = withExtended(file, readText);
  const problems = [...files.flatMap((each) => each.problems), ...extending];
  if (!root) return { files, builds: [], problems };
  const told = new Set(problems.map(problemKey));
  const report = (problem: ConfigProblem) => {
    const key = problemKey(problem);
    if (!told.has(key)) problems.push(problem);
    told.add(key);
  };
  const common = without(root, new Set(['builds', 'matrix', 'extends']));
  const builds = combinations(root, report).map((combination) =>
    buildOf(file.file, combination, merged(common, combination.settings), report),
  );
  checkEngines(builds, report);
  return { files, builds, problems };
}

/** Two builds would overwrite each other's engine. */
function checkEngines(builds: readonly BuildConfig[], report: (problem: ConfigProblem) => void): void {
  const known = new Map<string, BuildConfig>();
  for (const build of builds) {
    const path = enginePath(build);
    const other = known.get(path);
    if (!other) {
      known.set(path, build);
      continue;
    }
    const setting = build.get('engine');
    report({
      code: 'config.same-engine',
      severity: 'error',
      origin: setting?.origin ?? build.origin,
      message: `The builds ${other.name} and ${build.name} write the same engine. Set \`engine\` in each, or write ${'${{ build }}'} into its name.`,
    });
  }
}
