/** Configs in tests: files by name, in a folder that does not exist. */
import assert from 'node:assert/strict';
import type { BuildConfig, ConfigProblem, ResolvedConfig } from '../../../server/src/build-config/model.ts';
import { parseBuildConfig } from '../../../server/src/build-config/parse.ts';
import { resolveBuildConfig } from '../../../server/src/build-config/resolve/resolve.ts';

export const folder = '/models';

/** The first file is the config; others are named by paths in `folder`. */
export function resolve(text: string, others: Readonly<Record<string, string>> = {}): ResolvedConfig {
  return resolveBuildConfig(parseBuildConfig(text, `${folder}/detector.trt.yaml`), (path) => {
    const other = others[path.slice(folder.length + 1)];
    if (other === undefined) throw new Error(`${path} does not exist.`);
    return other;
  });
}

/** The only build of a config that has no problems but flags without a key. */
export function onlyBuild(text: string, others: Readonly<Record<string, string>> = {}): BuildConfig {
  const { builds, problems: all } = resolve(text, others);
  const problems = all.filter(({ code }) => code !== 'config.unknown-flag');
  assert.deepEqual(
    problems.map(({ message }) => message),
    [],
  );
  assert.equal(builds.length, 1);
  const [build] = builds;
  assert.ok(build);
  return build;
}

/** `CODE at LINE:COLUMN "TEXT": MESSAGE`, zero-based; the text is what is underlined. */
function describeProblem(text: string, { code, message, origin }: ConfigProblem): string {
  const { start, end } = origin.range;
  const lines = text.split('\n');
  const marked =
    start.line === end.line
      ? (lines[start.line] ?? '').slice(start.character, end.character)
      : `${(lines[start.line] ?? '').slice(start.character)}…`;
  return `${code} "${marked}": ${message}`;
}

export function problemsOf(text: string, others: Readonly<Record<string, string>> = {}): string[] {
  return resolve(text, others).problems.map((problem) => describeProblem(text, problem));
}

/** A value without the places it is written at. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => key !== 'origin' && key !== 'keyOrigin');
  return entries.length === 1 && entries[0]?.[0] === 'value'
    ? plain(entries[0][1])
    : Object.fromEntries(entries.map(([key, part]) => [key, plain(part)]));
}
