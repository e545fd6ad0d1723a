/** What a page or a terminal shows of a profile. */
import { layerSections, type Section } from '../describe-engine.ts';
import type { GraphNode } from '../graph-nodes.ts';
import { mapLayers } from '../map-layers.ts';
import { metadataNodes, metadataNodesNote } from '../metadata-nodes.ts';
import { conditionSection, measuredWith } from './conditions.ts';
import { layerSection, nodeSection, statisticsSection } from './describe-profile.ts';
import { type FlameChart, flameChart } from './flame.ts';
import { type Histogram, histogram } from './histogram.ts';
import type { JoinedProfile } from './join.ts';
import { layerOfName, type NodeTimes, nodeTimes } from './node-times.ts';
import { defaultPercentiles, latenciesOf, runStatistics } from './statistics.ts';

export interface ProfilePage {
  readonly sections: readonly Section[];
  /** Latencies of the inferences, where the profile has them. */
  readonly histogram?: Histogram;
  readonly flame?: FlameChart;
  /** A sentence each. */
  readonly notes: readonly string[];
}

/** Of a file that trtexec's `--exportLayerInfo` wrote, alone or with times of inferences. */
export const noTimesNote =
  'It tells the layers, and not how long they take: trtexec writes that with --exportProfile.';

/** `model`: the nodes of the engine's, where it is known. `times`: of these, or of those that the engine itself names. */
export function profilePage(
  profile: JoinedProfile,
  model: readonly GraphNode[] | undefined,
): ProfilePage & { readonly times?: NodeTimes } {
  const { iterations, layers, layerRuns, information, conditions = {} } = profile;
  const nodes = model ?? metadataNodes(information);
  const statistics = runStatistics(iterations, defaultPercentiles, conditions.run?.timing.streams);
  const measured = measuredWith(conditions);
  const condition = conditionSection(conditions);
  const times = nodes && layers.length > 0 ? nodeTimes(layers, information?.layers, nodes) : undefined;
  // Without a model, what the engine says of its layers is all there is.
  const mapped =
    times?.mapping.layers ??
    mapLayers(
      layers.map(({ name }) => layerOfName(name)),
      [],
    ).layers;
  const flame = flameChart(layers, mapped);
  return {
    sections: [
      ...(statistics ? [statisticsSection(statistics)] : []),
      ...(times ? [nodeSection(times)] : []),
      ...(layers.length > 0 ? [layerSection(layers, layerRuns)] : []),
      ...(layers.length === 0 && information ? layerSections(information, model) : []),
      // Alone it says nothing that anyone came for.
      ...(condition && (statistics || layers.length > 0) ? [condition] : []),
    ],
    ...(statistics && { histogram: histogram(iterations.map((entry) => latenciesOf(entry).latency)) }),
    ...(flame && { flame }),
    notes: [
      ...(measured === undefined ? [] : [`Measured with ${measured}.`]),
      ...(layers.length === 0 && information ? [noTimesNote] : []),
      ...(times && !model ? [metadataNodesNote] : []),
      ...(statistics?.remarks ?? []),
      ...(times ? notesOf(times) : []),
      ...(information || layers.length === 0
        ? []
        : [
            'Layers are known by their names alone. With the file of --exportLayerInfo, more of them find their nodes.',
          ]),
    ],
    ...(times && { times }),
  };
}

function notesOf({ groups, mapping }: NodeTimes): string[] {
  if (groups.length === 0) {
    return [
      'No layer of the profile names a node of this model. Is it the model that the engine was built from?',
    ];
  }
  const unknown = new Set(mapping.layers.flatMap(({ unknownNodes }) => unknownNodes));
  return unknown.size === 0
    ? []
    : [`${unknown.size} nodes that the engine names are not in this model, ${[...unknown][0]} among them.`];
}
