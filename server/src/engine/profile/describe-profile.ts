/** A profile as sections that a terminal and a web page show alike. */
import type { IterationTimes } from '../../../../native-bridge/src/engine-protocol.ts';
import type { TableSection } from '../describe-engine.ts';
import type { GraphNode } from '../graph-nodes.ts';
import { inferencesText, millisecondsText, shareText } from '../sizes.ts';
import { compareNodes, type LayerComparison } from './compare.ts';
import type { NodeTimes } from './node-times.ts';
import type { ProfiledLayer } from './profile.ts';
import { type RunStatistics, runStatistics, type Statistics } from './statistics.ts';

/** min, mean, median, percentiles … of each part of an inference, in milliseconds. */
export function statisticsSection(statistics: RunStatistics): TableSection {
  const percents = statistics.latency.percentiles.map(({ percent }) => `${percent} %`);
  const row = (label: string, { min, mean, median, percentiles, max }: Statistics) => [
    label,
    ...[min, mean, median, ...percentiles.map(({ milliseconds }) => milliseconds), max].map(millisecondsText),
  ];
  const { latency, hostToDevice, compute, deviceToHost, enqueue } = statistics;
  return {
    kind: 'table',
    title: `${inferencesText(statistics.inferences)}, ${statistics.throughput.toFixed(1)} per second (ms)`,
    columns: ['', 'min', 'mean', 'median', ...percents, 'max'],
    rows: [
      row('Latency', latency),
      row('Host to device', hostToDevice),
      row('Compute', compute),
      row('Device to host', deviceToHost),
      row('Enqueue', enqueue),
    ],
  };
}

export function layerSection(layers: readonly ProfiledLayer[], runs: number): TableSection {
  const total = layers.reduce((sum, { average }) => sum + average, 0);
  return {
    kind: 'table',
    title: `Layers: ${millisecondsText(total)} ms in each of ${inferencesText(runs)}`,
    columns: ['ms', 'median', 'share', 'Layer'],
    rows: [...layers]
      .sort((left, right) => right.average - left.average)
      .map(({ name, average, median }) => [
        millisecondsText(average),
        millisecondsText(median),
        shareText(total === 0 ? 0 : average / total),
        name,
      ]),
  };
}

/** By ONNX node, groups as groups, and what no node accounts for. */
export function nodeSection({ groups, others, total }: NodeTimes): TableSection {
  return {
    kind: 'table',
    title: `ONNX nodes: ${millisecondsText(total)} ms in each inference`,
    columns: ['ms', 'share', 'Nodes', 'Layers'],
    rows: [
      ...[...groups]
        .sort((left, right) => right.milliseconds - left.milliseconds)
        .map(({ milliseconds, share, nodes, layers }) => [
          millisecondsText(milliseconds),
          shareText(share),
          nodes.map(nodeName).join(' + '),
          layers.map(({ layer }) => layer.name).join(', '),
        ]),
      ...[...others]
        .sort((left, right) => right.milliseconds - left.milliseconds)
        .map(({ milliseconds, share, layer, why }) => [
          millisecondsText(milliseconds),
          shareText(share),
          `– ${why}`,
          layer.name,
        ]),
    ],
  };
}

export function nodeName({ path, name }: Pick<GraphNode, 'path' | 'name'>): string {
  return [...path, name].join('/');
}

/** Undefined where one of them has no times of inferences. */
export function statisticsComparisonSection(
  before: readonly IterationTimes[],
  after: readonly IterationTimes[],
): TableSection | undefined {
  const [old, now] = [before, after].map((iterations) => runStatistics(iterations));
  if (!old || !now) return undefined;
  const parts = [
    ['Latency', 'latency'],
    ['Compute', 'compute'],
    ['Enqueue', 'enqueue'],
  ] as const;
  return {
    kind: 'table',
    title: 'Inferences (ms)',
    columns: ['Median (ms)', 'before', 'after', 'change'],
    rows: parts.map(([label, key]) => {
      const [left, right] = [old[key].median, now[key].median];
      const change = left === 0 ? 0 : right / left - 1;
      const percent = `${change >= 0 ? '+' : '−'}${Math.abs(change * 100).toFixed(1)} %`;
      return [label, left.toFixed(4), right.toFixed(4), percent];
    }),
  };
}

export function layerComparisonSection(rows: readonly LayerComparison[]): TableSection {
  return {
    kind: 'table',
    title: 'Layers (ms)',
    columns: ['before', 'after', 'change', 'Layer'],
    rows: [...rows]
      .sort((left, right) => change(right) - change(left))
      .map(({ name, before, after }) => [text(before), text(after), changeText(before, after), name]),
  };
}

/** Both of engines of the same model. What no node accounts for is a row, too: nothing is lost. */
export function nodeComparisonSection(old: NodeTimes, now: NodeTimes): TableSection {
  const rows = compareNodes(old, now);
  const [rest, restNow] = [old, now].map(({ others }) =>
    others.reduce((sum, { milliseconds }) => sum + milliseconds, 0),
  );
  return {
    kind: 'table',
    title: 'ONNX nodes (ms)',
    columns: ['before', 'after', 'change', 'Nodes', ''],
    rows: [
      ...[...rows]
        .sort(
          (left, right) =>
            Math.abs(right.afterMilliseconds - right.beforeMilliseconds) -
            Math.abs(left.afterMilliseconds - left.beforeMilliseconds),
        )
        .map(({ nodes, before, after, beforeMilliseconds, afterMilliseconds, sameFusion }) => [
          before.length > 0 ? text(beforeMilliseconds) : text(undefined),
          after.length > 0 ? text(afterMilliseconds) : text(undefined),
          changeText(
            before.length > 0 ? beforeMilliseconds : undefined,
            after.length > 0 ? afterMilliseconds : undefined,
          ),
          nodes.join(' + '),
          sameFusion ? '' : 'fused otherwise',
        ]),
      [text(rest), text(restNow), changeText(rest, restNow), '– layers that no node accounts for', ''],
      [text(old.total), text(now.total), changeText(old.total, now.total), 'all layers', ''],
    ],
  };
}

function change({ before = 0, after = 0 }: LayerComparison): number {
  return Math.abs(after - before);
}

function text(milliseconds: number | undefined): string {
  return milliseconds === undefined ? '–' : millisecondsText(milliseconds);
}

function changeText(before: number | undefined, after: number | undefined): string {
  if (before === undefined || after === undefined) return after === undefined ? 'gone' : 'new';
  const difference = after - before;
  const sign = difference > 0 ? '+' : difference < 0 ? '−' : '±';
  const percent = before === 0 ? '' : ` (${sign}${((Math.abs(difference) / before) * 100).toFixed(1)} %)`;
  return `${sign}${millisecondsText(Math.abs(difference))}${percent}`;
}
