/** A file with all that it extends, as one tree. */
import type { ConfigFile, ConfigNode, ConfigProblem, MapNode, Origin } from '../model.ts';
import { parseBuildConfig } from '../parse.ts';
import { resolvePath } from '../paths.ts';
import { entryOf } from '../tree.ts';
import { merged, without } from './merge.ts';

export interface Extended {
  /** The file first, then those it extends. */
  readonly files: readonly ConfigFile[];
  readonly root: MapNode | undefined;
  readonly problems: readonly ConfigProblem[];
}

/** Files; a chain that is longer goes in circles that paths do not show (links), or is a mistake. */
const longestChain = 32;

/** `readText` throws an error whose message is a sentence for people. */
export function withExtended(file: ConfigFile, readText: (path: string) => string): Extended {
  const files = new Map<string, ConfigFile>([[file.file, file]]);
  const problems: ConfigProblem[] = [];

  const rootOf = (of: ConfigFile, chain: readonly string[]): MapNode | undefined => {
    if (!of.root) return undefined;
    const own = without(of.root, new Set(['extends']));
    const bases = basesOf(of.root).flatMap(({ text, origin }): MapNode[] => {
      const path = resolvePath(text, of.file);
      const base = load(path, text, origin, chain);
      const root = base && rootOf(base, [...chain, path]);
      return root ? [root] : [];
    });
    return [...bases, own].reduce(merged);
  };

  const load = (
    path: string,
    text: string,
    origin: Origin,
    chain: readonly string[],
  ): ConfigFile | undefined => {
    if (chain.includes(path) || chain.length >= longestChain) {
      const circle = [...chain.slice(Math.max(chain.indexOf(path), 0)), path];
      problems.push({
        code: 'config.extends-cycle',
        severity: 'error',
        origin,
        message: `The configs extend each other in a circle: ${circle.map(nameOf).join(' → ')}. Remove one of the \`extends\`.`,
      });
      return undefined;
    }
    const known = files.get(path);
    if (known) return known;
    try {
      const loaded = parseBuildConfig(readText(path), path);
      files.set(path, loaded);
      return loaded;
    } catch (error) {
      problems.push({
        code: 'config.extends-unreadable',
        severity: 'error',
        origin,
        message: `${text} cannot be extended: ${error instanceof Error ? error.message : String(error)}`,
      });
      return undefined;
    }
  };

  const root = rootOf(file, [file.file]);
  return { files: [...files.values()], root, problems };
}

/** Paths as written. Other kinds of values are reported where the file is parsed. */
export function basesOf(root: MapNode): { readonly text: string; readonly origin: Origin }[] {
  const node = entryOf(root, 'extends')?.value;
  const items: readonly ConfigNode[] = node === undefined ? [] : node.kind === 'list' ? node.items : [node];
  return items.flatMap((item) =>
    item.kind === 'scalar' && item.value !== null && item.text !== ''
      ? [{ text: item.text, origin: item.origin }]
      : [],
  );
}

function nameOf(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}
