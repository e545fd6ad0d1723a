/** Two profiles of one model, or of one engine, side by side: all that a terminal or a page shows of them. */
import { compareSections } from '../compare-engines.ts';
import type { TableSection } from '../describe-engine.ts';
import type { GraphNode } from '../graph-nodes.ts';
import { metadataNodes, metadataNodesNote } from '../metadata-nodes.ts';
import { compareLayers } from './compare.ts';
import { decisiveRows, type RunConditions } from './conditions.ts';
import {
  layerComparisonSection,
  nodeComparisonSection,
  statisticsComparisonSection,
} from './describe-profile.ts';
import type { JoinedProfile } from './join.ts';
import { nodeTimes } from './node-times.ts';

export interface ProfileComparison {
  /** Times of inferences, where both have them. */
  readonly inferences?: TableSection;
  /** Where the model is known. */
  readonly nodes?: TableSection;
  readonly layers?: TableSection;
  /** What was different when they were measured, where both say it and something was. */
  readonly conditions?: TableSection;
  /** A sentence each. */
  readonly notes: readonly string[];
}

export function compareProfiles(
  before: JoinedProfile,
  after: JoinedProfile,
  model: readonly GraphNode[] | undefined,
): ProfileComparison {
  const nodes = model ?? metadataNodes(before.information, after.information);
  const inferences = statisticsComparisonSection(before.iterations, after.iterations);
  const hasLayers = before.layers.length > 0 && after.layers.length > 0;
  const timesOf = ({ layers, information }: JoinedProfile, of: readonly GraphNode[]) =>
    nodeTimes(layers, information?.layers, of);
  const conditions = conditionDifferences(before.conditions, after.conditions);
  return {
    ...(inferences && { inferences }),
    ...(hasLayers &&
      nodes && { nodes: nodeComparisonSection(timesOf(before, nodes), timesOf(after, nodes)) }),
    ...(hasLayers && { layers: layerComparisonSection(compareLayers(before.layers, after.layers)) }),
    ...(conditions && { conditions }),
    notes: [
      ...(conditions ? ['They were measured otherwise: see the last table before you compare figures.'] : []),
      ...(inferences || hasLayers
        ? []
        : ['One has times of inferences, the other of layers: there is nothing to compare.']),
      ...(hasLayers && !nodes
        ? ['Neither profile names a model that is still there, so layers are compared by their names.']
        : []),
      ...(hasLayers && nodes && !model ? [metadataNodesNote] : []),
    ],
  };
}

function conditionDifferences(
  before: RunConditions = {},
  after: RunConditions = {},
): TableSection | undefined {
  const title = 'Measured otherwise';
  const [old, now] = [before, after].map((conditions) => decisiveRows(conditions));
  const [difference] = compareSections(
    [{ kind: 'rows', title, rows: old ?? [] }],
    [{ kind: 'rows', title, rows: now ?? [] }],
  );
  // What only one of the files tells is no difference of the runs.
  const rows = (difference?.rows ?? []).flatMap(({ label, before: left, after: right }) =>
    left === undefined || right === undefined ? [] : [[label, left, right]],
  );
  return rows.length > 0 ? { kind: 'table', title, columns: ['', 'before', 'after'], rows } : undefined;
}
