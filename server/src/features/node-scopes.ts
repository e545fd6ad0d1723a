/**
 * Groups of nodes by the module they came from: exporters name nodes or their outputs after it, `/blocks.0/attn/MatMul`. Nodes
 * of one module follow each other; where others come between, the module has several groups.
 */
import type { NodeStatement, Segment } from '../onnx/text/syntax-tree.ts';

export interface NodeGroup {
  /** Last component of the module's name; empty for the whole body. */
  readonly name: string;
  /** Segment indices of the first and last node in it, at any depth. */
  readonly from: number;
  to: number;
  /** Groups, and nodes as the indices of their segments: there may be a hundred thousand. */
  readonly members: (NodeGroup | number)[];
}

/** The node statements among the segments from `from` to `to` (exclusive), in order, grouped. */
export function groupNodes(segments: readonly Segment[], from: number, to: number): NodeGroup {
  const root: NodeGroup = { name: '', from, to, members: [] };
  // The groups that the last node was in, from the outside inwards.
  let open: NodeGroup[] = [root];
  let scope: string | undefined;
  for (let segment = from; segment < to; segment++) {
    const node = segments[segment];
    if (node?.kind !== 'node-statement') {
      continue;
    }
    const name = nameOf(node);
    const slash = name.lastIndexOf('/') + 1;
    // Mostly a node is of the module of the one before it, which a look at its name tells.
    if (slash < name.length && scope?.length === slash && name.startsWith(scope)) {
      for (const group of open) group.to = Math.max(group.to, segment);
      open.at(-1)?.members.push(segment);
      continue;
    }
    scope = slash > 0 && slash < name.length ? name.slice(0, slash) : undefined;
    const path = scopePath(name);
    let depth = 1;
    while (depth < open.length && depth < path.length && open[depth]?.name === path[depth - 1]) {
      depth++;
    }
    open = open.slice(0, depth);
    for (; depth < path.length; depth++) {
      const group: NodeGroup = { name: path[depth - 1] ?? '', from: segment, to: segment, members: [] };
      open.at(-1)?.members.push(group);
      open.push(group);
    }
    for (const group of open) {
      group.to = Math.max(group.to, segment);
    }
    open.at(-1)?.members.push(segment);
  }
  return root;
}

/** A node's name without the scope that its groups say. */
export function shortNameOf(node: NodeStatement): string {
  const name = nameOf(node);
  const slash = name.lastIndexOf('/') + 1;
  return slash < name.length ? name.slice(slash) : (scopePath(name).at(-1) ?? '');
}

function nameOf(node: NodeStatement): string {
  return node.label?.name || node.outputs[0]?.name || '';
}

/** Components of a node's name, or else of its first output's: `/blocks.0/attn/MatMul` has `blocks.0`, `attn`, `MatMul`. */
function scopePath(name: string): string[] {
  const path = name.split('/').filter((component) => component !== '');
  return path.length > 0 ? path : [name];
}
