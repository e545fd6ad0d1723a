/** Times of a profile at the nodes of a text: the k-th node of the main graph is the k-th statement. */
import type { GraphNode } from '../engine/graph-nodes.ts';
import { listedNames } from '../engine/listed-names.ts';
import { nodeName } from '../engine/profile/describe-profile.ts';
import type { NodeGroup, NodeTimes } from '../engine/profile/node-times.ts';
import { millisecondsText, shareText } from '../engine/sizes.ts';
import type { NodeHeat } from '../engine-protocol.ts';
import { declarationBody } from '../tensorrt/locate/bodies.ts';
import type { OnnxDocument } from './document.ts';
import { code } from './markdown.ts';
import { rangeOf } from './source-text.ts';

/** How many names a label has room for. */
const namesInLabel = 2;

export function profileHeat({ tree, source }: OnnxDocument, times: NodeTimes): NodeHeat[] {
  const groupsAt = new Map<number, NodeGroup[]>();
  for (const group of times.groups) {
    for (const top of new Set(group.nodes.map((node) => node.top))) {
      groupsAt.set(top, [...(groupsAt.get(top) ?? []), group]);
    }
  }
  const without = new Map(times.mapping.nodesWithoutLayer.map((entry) => [entry.node.top, entry]));
  const timeOf = (groups: readonly NodeGroup[]) =>
    groups.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const most = [...groupsAt.values()].reduce((greatest, groups) => Math.max(greatest, timeOf(groups)), 0);
  return declarationBody(tree, 0).nodes.flatMap(({ node, segment }, top): NodeHeat[] => {
    const base = tree.starts[segment] ?? 0;
    const range = rangeOf(source, base + node.start, base + node.end);
    const groups = groupsAt.get(top);
    if (groups) {
      const heat = most === 0 ? 0 : timeOf(groups) / most;
      const isExact = groups.every(({ nodes }) => nodes.every((other) => other.top === top));
      const share = shareText(groups.reduce((sum, group) => sum + group.share, 0));
      return [
        {
          range,
          heat,
          share: isExact ? share : `≤ ${share}`,
          label: labelOf(groups, top),
          tooltip: tooltipOf(groups),
        },
      ];
    }
    const absent = without.get(top);
    return absent ? [{ range, heat: 0, share: '', label: 'in no layer', tooltip: absent.why }] : [];
  });
}

/** What is the node's alone first; what it shares with others is told with them. */
function labelOf(groups: readonly NodeGroup[], top: number): string {
  const alone = groups.filter(({ nodes }) => nodes.every((node) => node.top === top));
  const shared = groups.filter((group) => !alone.includes(group));
  const own = {
    milliseconds: alone.reduce((sum, { milliseconds }) => sum + milliseconds, 0),
    share: alone.reduce((sum, { share }) => sum + share, 0),
  };
  return [
    ...(alone.length > 0 ? [timeText(own)] : []),
    ...shared.map((group) => `${timeText(group)} with ${othersText(group.nodes, top)}`),
  ].join(' + ');
}

function othersText(nodes: readonly GraphNode[], top: number): string {
  const others = nodes.filter((node) => node.top !== top).map(({ name }) => name);
  return listedNames(others, namesInLabel);
}

function tooltipOf(groups: readonly NodeGroup[]): string {
  return groups
    .map((group) => {
      const { nodes, layers } = group;
      const together =
        nodes.length > 1
          ? `together in ${nodes.map((node) => code(nodeName(node))).join(', ')}; how it divides is not known`
          : '';
      const lines = layers.map(({ layer, milliseconds }) => {
        const kind = [layer.type, layer.tactic].filter((part) => part !== undefined).map(code);
        return `- ${code(layer.name)}: ${millisecondsText(milliseconds)} ms${kind.length > 0 ? ` (${kind.join(', ')})` : ''}`;
      });
      return [`**${timeText(group)}** ${together}`.trim(), '', ...lines].join('\n');
    })
    .join('\n\n');
}

function timeText({ milliseconds, share }: Pick<NodeGroup, 'milliseconds' | 'share'>): string {
  return `${millisecondsText(milliseconds)} ms · ${shareText(share)}`;
}
