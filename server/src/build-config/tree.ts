/** YAML text to a tree with positions. Any text gives one, or none and the problems that say why. */
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  Scalar,
  type YAMLError,
} from 'yaml';
import type { ConfigNode, ConfigProblem, MapEntry, MapNode, Origin, ScalarNode } from './model.ts';

/** Characters. A config is a page of text; what is longer is something else by mistake. */
const longestText = 2 ** 20;
/** Nodes, those behind aliases counted wherever they are used: `&a [*b, *b]` nested ten times is thousands. */
const mostNodes = 100_000;
const deepestNesting = 100;

export interface Tree {
  readonly root: ConfigNode | undefined;
  readonly problems: readonly ConfigProblem[];
}

export function parseTree(text: string, file: string): Tree {
  if (text.length > longestText) {
    return {
      root: undefined,
      problems: [wholeFile(file, 'This is too long for a build config (over 1 MiB).')],
    };
  }
  if (nestingOf(text) > deepestNesting) {
    return { root: undefined, problems: [wholeFile(file, 'This is nested too deeply for a build config.')] };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const converter = new Converter(document, lines, text, file);
  const root = document.contents === null ? undefined : converter.convert(document.contents);
  const syntax = document.errors.map((error) => syntaxProblem(error, converter));
  return { root, problems: [...syntax, ...converter.problems] };
}

function syntaxProblem({ code, message, pos }: YAMLError, { originOf }: Converter): ConfigProblem {
  const origin = originOf(pos[0], Math.max(pos[1], pos[0] + 1));
  switch (code) {
    case 'DUPLICATE_KEY':
      return {
        code: 'config.duplicate-key',
        severity: 'error',
        origin,
        message: 'This key stands here twice. Remove one of them.',
      };
    case 'MULTIPLE_DOCS':
      return {
        code: 'config.syntax',
        severity: 'error',
        origin: originOf(pos[0], pos[0] + '---'.length),
        message:
          'A build config is one YAML document; what stands below `---` is not read. Put several builds of one file under `builds`.',
      };
    default:
      return {
        code: 'config.syntax',
        severity: 'error',
        origin,
        message: `${message}.`.replace(/\.\.$/, '.'),
      };
  }
}

function wholeFile(file: string, message: string): ConfigProblem {
  const start = { line: 0, character: 0 };
  return {
    code: 'config.syntax',
    severity: 'error',
    origin: { file, range: { start, end: start } },
    message,
  };
}

/** An upper bound of how deep brackets, dashes and indentation nest, before a recursive parser sees them. */
function nestingOf(text: string): number {
  let deepest = 0;
  let brackets = 0;
  for (const line of text.split('\n')) {
    const indent = /^[ ]*((-|\?|:)[ ]+)*/.exec(line)?.[0] ?? '';
    const markers = indent.replace(/ /g, '').length;
    for (const character of line) {
      if (character === '[' || character === '{') brackets++;
      else if (character === ']' || character === '}') brackets = Math.max(0, brackets - 1);
      deepest = Math.max(deepest, brackets);
    }
    deepest = Math.max(deepest, markers, Math.min(indent.length, line.length) / 2);
  }
  return deepest;
}

/** One tree node for each YAML node: aliases lead to the tree of their anchor. */
class Converter {
  readonly problems: ConfigProblem[] = [];
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;
  readonly #text: string;
  readonly #file: string;
  readonly #done = new Map<Node, { readonly node: ConfigNode; readonly size: number }>();
  readonly #under = new Set<Node>();

  constructor(document: Document.Parsed, lines: LineCounter, text: string, file: string) {
    this.#document = document;
    this.#lines = lines;
    this.#text = text;
    this.#file = file;
  }

  convert(node: Node | null): ConfigNode {
    return this.#sized(node).node;
  }

  /** Bound, as problems are made outside. */
  readonly originOf = (start: number, end: number): Origin => ({
    file: this.#file,
    range: { start: this.#position(start), end: this.#position(Math.min(end, this.#text.length)) },
  });

  #position(offset: number) {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(line - 1, 0), character: Math.max(col - 1, 0) };
  }

  #sized(node: Node | null): { readonly node: ConfigNode; readonly size: number } {
    if (node === null) return { node: this.#nothing(0), size: 1 };
    const known = this.#done.get(node);
    if (known) return known;
    if (this.#under.has(node)) {
      this.#problem(node, 'This alias is part of what it stands for.');
      return { node: this.#nothing(node.range?.[0] ?? 0), size: 1 };
    }
    this.#under.add(node);
    const made = this.#make(node);
    this.#under.delete(node);
    const result = made.size > mostNodes ? { node: this.#nothing(node.range?.[0] ?? 0), size: 1 } : made;
    if (result !== made) this.#problem(node, 'Aliases make this too big for a build config.');
    this.#done.set(node, result);
    return result;
  }

  #make(node: Node): { readonly node: ConfigNode; readonly size: number } {
    const origin = this.#originOfNode(node);
    if (isAlias(node)) return this.#behind(node);
    if (isScalar(node)) return { node: this.#scalar(node, origin), size: 1 };
    let size = 1;
    const child = (of: unknown): ConfigNode => {
      const made = this.#sized(of as Node | null);
      size += made.size;
      return made.node;
    };
    if (isSeq(node)) {
      const items = node.items.map(child);
      return { node: { kind: 'list', items, origin }, size };
    }
    if (isMap(node)) {
      const entries = node.items.flatMap((pair) => this.#entries(pair as Pair<Node, Node | null>, child));
      return { node: { kind: 'map', entries: lastOfEach(entries), origin }, size };
    }
    return { node: this.#nothing(0), size: 1 };
  }

  #behind(alias: Alias): { readonly node: ConfigNode; readonly size: number } {
    const target = alias.resolve(this.#document);
    if (target) return this.#sized(target);
    this.#problem(alias, `There is no anchor &${alias.source} before this.`);
    return { node: this.#nothing(alias.range?.[0] ?? 0), size: 1 };
  }

  #entries(pair: Pair<Node, Node | null>, child: (of: unknown) => ConfigNode): MapEntry[] {
    const key = child(pair.key);
    if (key.kind !== 'scalar') {
      this.problems.push({
        code: 'config.syntax',
        severity: 'error',
        origin: key.origin,
        message: 'A key is a word, not a list or map.',
      });
      return [];
    }
    const value = pair.value === null ? this.#nothingAfter(key) : child(pair.value);
    if (key.text === '<<' && !key.isQuoted) {
      const sources = value.kind === 'list' ? value.items : [value];
      // Of several maps the first wins.
      return sources
        .toReversed()
        .flatMap((source) => (source.kind === 'map' ? source.entries : []))
        .map((entry) => ({ ...entry, isMerged: true }));
    }
    const end = (pair.value && !isAlias(pair.value) ? value : key).origin.range.end;
    return [{ key, value, origin: { file: this.#file, range: { start: key.origin.range.start, end } } }];
  }

  #scalar(node: Scalar, origin: Origin): ScalarNode {
    const isQuoted = node.type !== undefined && node.type !== Scalar.PLAIN;
    const value = node.value;
    const known =
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null;
    return {
      kind: 'scalar',
      value: known ? value : String(value),
      text: isQuoted || node.source === undefined ? String(value ?? '') : node.source,
      isQuoted,
      origin,
    };
  }

  #nothing(offset: number): ScalarNode {
    return { kind: 'scalar', value: null, text: '', isQuoted: false, origin: this.originOf(offset, offset) };
  }

  #nothingAfter({ origin }: ScalarNode): ScalarNode {
    return { kind: 'scalar', value: null, text: '', isQuoted: false, origin };
  }

  #originOfNode(node: Node): Origin {
    const [start = 0, end = start] = node.range ?? [];
    // Block maps and lists reach up to the next line; what is shown as wrong should not.
    return this.originOf(start, start + this.#text.slice(start, end).trimEnd().length);
  }

  #problem(node: Node, message: string): void {
    this.problems.push({
      code: 'config.syntax',
      severity: 'error',
      origin: this.#originOfNode(node),
      message,
    });
  }
}

/** Where a key is given twice, the later one counts, in the place of the first; what is merged yields to what the map itself says. */
function lastOfEach(entries: readonly MapEntry[]): MapEntry[] {
  const byKey = new Map<string, MapEntry>();
  for (const entry of entries) {
    const before = byKey.get(entry.key.text);
    if (!entry.isMerged || before === undefined || before.isMerged) byKey.set(entry.key.text, entry);
  }
  return [...byKey.values()];
}

/** The entry of a key. */
export function entryOf(map: MapNode | undefined, key: string): MapEntry | undefined {
  return map?.entries.find((entry) => entry.key.text === key);
}
