/**
 * Which name means which value: scopes, definitions and uses. A graph's and each function's names are a scope; a graph inside
 * an attribute is a scope that sees those around it.
 *
 * Names are indexed in chunks of some hundred segments. A lookup asks every chunk of the scope (some hundred at 100,000 nodes,
 * microseconds); an edit builds anew only the chunk it touches and shares the others with the version before.
 */
import type { GraphSyntax, Identifier, Segment, SyntaxTree } from '../text/syntax-tree.ts';
import { changedPart } from './changed-part.ts';
import {
  definesName,
  type NameOwner,
  type NameRole,
  visitGraphNames,
  visitSegmentNames,
} from './segment-names.ts';
import { finished, type Steps } from './steps.ts';

export interface Names {
  readonly tree: SyntaxTree;
  /** Of each declaration of the tree, in order. */
  readonly declarations: readonly DeclarationNames[];
}

interface DeclarationNames {
  readonly chunks: readonly Chunk[];
}

interface Chunk {
  /** Index of its first segment. */
  readonly from: number;
  /** Number of its segments. */
  readonly size: number;
  /** The segments that hold a name, counted from `from`, ascending. */
  readonly places: ReadonlyMap<string, number | readonly number[]>;
}

/** A chunk grows up to twice as many segments before it becomes two. */
const chunkSize = 256;

/** A declaration of the tree, or a graph inside one: then `graphs` names the graphs from the outermost inwards. */
export interface Scope {
  /** Index into SyntaxTree.declarations. */
  readonly declaration: number;
  readonly graphs: readonly GraphSyntax[];
}

export interface Occurrence {
  /** Index of the segment; the identifier's span is relative to its start. */
  readonly segment: number;
  readonly identifier: Identifier;
  readonly role: NameRole;
  readonly owner: NameOwner;
}

/** Indexes the names of a tree; with the index of a version before, only what changed since. */
export function namesOf(tree: SyntaxTree, previous?: Names): Names {
  return finished(namesInSteps(tree, previous));
}

export function* namesInSteps(tree: SyntaxTree, previous?: Names): Steps<Names> {
  const reusable = previous ? reusableChunks(previous, tree) : new Map<number, Chunk>();
  const declarations: DeclarationNames[] = [];
  for (let index = 0; index < tree.declarations.length; index++) {
    const { from, to } = segmentsOf(tree, index);
    declarations.push({ chunks: yield* chunksOf(tree.segments, from, to, reusable) });
  }
  return { tree, declarations };
}

/** The scope that defines what a name means here: the innermost one that defines it, else the declaration's own. */
export function scopeOfName(scope: Scope, name: string): Scope {
  for (let depth = scope.graphs.length; depth > 0; depth--) {
    const graph = scope.graphs[depth - 1];
    if (graph && definesName(graph, name)) {
      return { declaration: scope.declaration, graphs: scope.graphs.slice(0, depth) };
    }
  }
  return { declaration: scope.declaration, graphs: [] };
}

/**
 * All places that name the same value as `name` does in `scope`, in document order. `segment` is the one the scope's graphs
 * are in.
 */
export function occurrencesOf(names: Names, scope: Scope, name: string, segment?: number): Occurrence[] {
  const graph = scopeOfName(scope, name).graphs.at(-1);
  if (graph && segment !== undefined) {
    const found: Occurrence[] = [];
    visitGraphNames(graph, (identifier, role, owner) => {
      if (identifier.name === name) {
        found.push({ segment, identifier, role, owner });
      }
    });
    return found;
  }
  const chunks = names.declarations[scope.declaration]?.chunks ?? [];
  return chunks.flatMap((chunk) => occurrencesIn(chunk, names.tree.segments, name));
}

/** Index of the declaration that a segment belongs to; undefined for the model header and text outside. */
export function declarationAt(tree: SyntaxTree, segment: number): number | undefined {
  const index = tree.declarations.findLastIndex((declaration) => declaration.signature <= segment);
  return index >= 0 && segment < segmentsOf(tree, index).to ? index : undefined;
}

/** The segments of a declaration: its signature, values and nodes, and what was skipped between them. */
export function segmentsOf(
  tree: SyntaxTree,
  declaration: number,
): { readonly from: number; readonly to: number } {
  const found = tree.declarations[declaration];
  if (!found) {
    return { from: 0, to: 0 };
  }
  return { from: found.signature, to: Math.max(found.signature + 1, found.values.to, found.nodes.to) };
}

function occurrencesIn(chunk: Chunk, segments: readonly Segment[], name: string): Occurrence[] {
  const places = chunk.places.get(name);
  if (places === undefined) {
    return [];
  }
  const found: Occurrence[] = [];
  for (const place of typeof places === 'number' ? [places] : places) {
    const segment = chunk.from + place;
    const holder = segments[segment];
    if (holder) {
      visitSegmentNames(holder, (identifier, role, owner) => {
        if (identifier.name === name) {
          found.push({ segment, identifier, role, owner });
        }
      });
    }
  }
  return found;
}

function* chunksOf(
  segments: readonly Segment[],
  from: number,
  to: number,
  reusable: ReadonlyMap<number, Chunk>,
): Steps<Chunk[]> {
  const chunks: Chunk[] = [];
  let at = from;
  while (at < to) {
    const known = reusable.get(at);
    if (known && at + known.size <= to) {
      chunks.push({ ...known, from: at });
      at += known.size;
      continue;
    }
    const end = endOfNewChunk(at, to, reusable);
    chunks.push({ from: at, size: end - at, places: placesIn(segments, at, end) });
    at = end;
    yield;
  }
  return chunks;
}

/** A new chunk reaches to the next one that can be kept, where that is not too far. */
function endOfNewChunk(from: number, to: number, reusable: ReadonlyMap<number, Chunk>): number {
  const limit = Math.min(to, from + 2 * chunkSize);
  for (let at = from + 1; at < limit; at++) {
    if (reusable.has(at)) {
      return at;
    }
  }
  return limit < to ? from + chunkSize : limit;
}

function placesIn(segments: readonly Segment[], from: number, to: number): Map<string, number | number[]> {
  const places = new Map<string, number | number[]>();
  let place = 0;
  const add = ({ name }: Identifier): void => {
    const known = places.get(name);
    if (known === undefined) {
      places.set(name, place);
    } else if (typeof known === 'number') {
      if (known !== place) {
        places.set(name, [known, place]);
      }
    } else if (known.at(-1) !== place) {
      known.push(place);
    }
  };
  for (let index = from; index < to; index++) {
    const segment = segments[index];
    if (segment) {
      place = index - from;
      visitSegmentNames(segment, add);
    }
  }
  return places;
}

/** Chunks of the version before whose segments are all in the new tree, by their first segment there. */
function reusableChunks(previous: Names, tree: SyntaxTree): Map<number, Chunk> {
  const before = previous.tree.segments;
  const { from, oldTo, newTo } = changedPart(before, tree.segments);
  const reusable = new Map<number, Chunk>();
  for (const { chunks } of previous.declarations) {
    for (const chunk of chunks) {
      if (chunk.from + chunk.size <= from) {
        reusable.set(chunk.from, chunk);
      } else if (chunk.from >= oldTo) {
        reusable.set(chunk.from + newTo - oldTo, chunk);
      }
    }
  }
  return reusable;
}
