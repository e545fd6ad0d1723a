/** textDocument/codeLens in configs: build all, and each build where it is declared. For editors that have the command. */
import { type CodeAction, CodeActionKind, type CodeLens, type Range } from 'vscode-languageserver-types';
import type { BuildConfig, ResolvedConfig } from '../../build-config/model.ts';
import type { ConfigDocument } from './document.ts';

/** The command of the editor that builds: the URI of a config or model, and names of builds of a config; it asks where absent. */
export const buildCommand = 'tensorrt.build';

/** `upToDate`: builds whose engines need not be built again. */
export function configLenses(
  { uri, file }: ConfigDocument,
  { builds }: ResolvedConfig,
  upToDate: ReadonlySet<BuildConfig>,
): CodeLens[] {
  const [first] = builds;
  if (first === undefined) return [];
  const areAllUpToDate = builds.every((build) => upToDate.has(build));
  const start = { line: 0, character: 0 };
  const top = lens({ start, end: start }, builds.length === 1 ? 'Build' : 'Build all', areAllUpToDate, [
    uri,
    builds.map(({ name }) => name),
  ]);
  if (builds.length === 1 && first.name === '') return [top];
  const byPlace = new Map<string, BuildConfig[]>();
  for (const build of builds) {
    const { start: at } = build.origin.range;
    // A matrix at the file's beginning has its builds nowhere in particular.
    if (build.origin.file !== file || (at.line === 0 && at.character === 0)) continue;
    const place = `${at.line}:${at.character}`;
    byPlace.set(place, [...(byPlace.get(place) ?? []), build]);
  }
  const own = [...byPlace.values()].flatMap((here) => {
    const range = here[0]?.origin.range;
    if (!range) return [];
    const title = here.length === 1 ? 'Build' : `Build ${here.length}`;
    const names = here.map(({ name }) => name);
    return [
      lens(
        range,
        title,
        here.every((build) => upToDate.has(build)),
        [uri, names],
      ),
    ];
  });
  return builds.length === 1 && own.length > 0 ? own : [top, ...own];
}

function lens(range: Range, title: string, isUpToDate: boolean, given: readonly unknown[]): CodeLens {
  return {
    range,
    command: {
      title: isUpToDate ? `${title} · up to date` : title,
      command: buildCommand,
      arguments: [...given],
    },
  };
}

/** Source actions, for the keyboard. */
export function configBuildActions({ uri }: ConfigDocument, { builds }: ResolvedConfig): CodeAction[] {
  const all = buildAction('Build engine', [uri, builds.map(({ name }) => name)]);
  if (builds.length < 2) return builds.length === 0 ? [] : [all];
  const each = builds.map(({ name }) => buildAction(`Build engine "${name}"`, [uri, [name]]));
  return [{ ...all, title: `Build all ${builds.length} engines` }, ...each];
}

export const buildActionKind = `${CodeActionKind.Source}.buildEngine`;

export function buildAction(title: string, given: readonly unknown[]): CodeAction {
  return { title, kind: buildActionKind, command: { title, command: buildCommand, arguments: [...given] } };
}

/** The command of the editor that measures: the URI of an engine, or of a config and the name of a build. */
export const profileCommand = 'tensorrt.profileEngine';

/** Behind the lenses that build, for builds whose engines are there. */
export function profileLenses(
  { uri, file }: ConfigDocument,
  { builds }: ResolvedConfig,
  hasEngine: (build: BuildConfig) => boolean,
): CodeLens[] {
  return builds.filter(hasEngine).flatMap(({ name, origin }) => {
    const start = { line: 0, character: 0 };
    const isDeclaredHere = origin.file === file && name !== '';
    const sharesPlace = builds.some(
      (other) => other.name !== name && other.origin.range.start.line === origin.range.start.line,
    );
    // Builds of a matrix have no place of their own; the command asks which.
    if (builds.length > 1 && (!isDeclaredHere || sharesPlace)) return [];
    const range = isDeclaredHere ? origin.range : { start, end: start };
    return [{ range, command: { title: 'Profile', command: profileCommand, arguments: [uri, name] } }];
  });
}
