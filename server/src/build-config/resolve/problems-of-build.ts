/** Which of a config's problems concern a build: one that is wrong must not keep the others from being built. */
import type { Range } from 'vscode-languageserver-types';
import type { BuildConfig, ConfigNode, ConfigProblem, MapNode, ResolvedConfig } from '../model.ts';
import { entryOf } from '../tree.ts';
import { choiceName } from './matrix.ts';

/** All but those inside a choice (of `builds`, or of an axis of `matrix`) that the build was not made of. */
export function problemsOfBuild(
  { axes }: Pick<BuildConfig, 'axes'>,
  { files, problems }: Pick<ResolvedConfig, 'files' | 'problems'>,
): ConfigProblem[] {
  const foreign = files.flatMap(({ file, root }) =>
    (root ? choicesOf(root) : [])
      .filter(({ axis, choice }) => axes[axis] !== undefined && axes[axis] !== choice)
      .map(({ range }) => ({ file, range })),
  );
  return problems.filter(
    ({ origin }) => !foreign.some(({ file, range }) => file === origin.file && contains(range, origin.range)),
  );
}

interface Choice {
  readonly axis: string;
  readonly choice: string;
  readonly range: Range;
}

function choicesOf(root: MapNode): Choice[] {
  const matrix = entryOf(root, 'matrix')?.value;
  const axes = matrix?.kind === 'map' ? matrix.entries : [];
  return [
    ...choicesIn('build', entryOf(root, 'builds')?.value),
    ...axes
      .filter(({ key }) => key.text !== 'include' && key.text !== 'exclude')
      .flatMap(({ key, value }) => choicesIn(key.text, value)),
  ];
}

function choicesIn(axis: string, node: ConfigNode | undefined): Choice[] {
  if (node?.kind === 'map') {
    return node.entries.map(({ key, origin }) => ({ axis, choice: key.text, range: origin.range }));
  }
  if (node?.kind !== 'list') return [];
  return node.items.flatMap((item) =>
    item.kind === 'scalar' ? [{ axis, choice: choiceName(axis, item), range: item.origin.range }] : [],
  );
}

function contains(outer: Range, inner: Range): boolean {
  const isAfter = (a: Range['start'], b: Range['start']) =>
    a.line > b.line || (a.line === b.line && a.character >= b.character);
  return isAfter(inner.start, outer.start) && isAfter(outer.end, inner.end);
}
