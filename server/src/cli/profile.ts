import path from 'node:path';
import { layerSections } from '../engine/describe-engine.ts';
import { type GraphNode, graphNodes } from '../engine/graph-nodes.ts';
import { listedNames } from '../engine/listed-names.ts';
import { metadataNodes, metadataNodesNote } from '../engine/metadata-nodes.ts';
import { compareProfiles, type ProfileComparison } from '../engine/profile/comparison.ts';
import { conditionSection } from '../engine/profile/conditions.ts';
import { layerSection, nodeSection, statisticsSection } from '../engine/profile/describe-profile.ts';
import type { JoinedProfile } from '../engine/profile/join.ts';
import { joinProfile } from '../engine/profile/join.ts';
import { nodeTimes } from '../engine/profile/node-times.ts';
import { noTimesNote } from '../engine/profile/page.ts';
import { readProfileFile } from '../engine/profile/read.ts';
import { defaultPercentiles, runStatistics } from '../engine/profile/statistics.ts';
import { loadModel } from '../node/load-model.ts';
import { namedFile } from '../node/named-file.ts';
import { biggestMeasurement, readTextFile } from '../node/read-text-file.ts';
import { type Arguments, type Command, UsageError } from './command.ts';
import { exportProfile, exportsSomething, requireExportsWritable } from './engine/export-profile.ts';
import { measure } from './engine/measure.ts';
import { numberOption, numbersOption, runningOptions } from './engine/options.ts';
import { sectionText } from './engine/section-text.ts';
import { loadingOptions } from './engine/target.ts';
import type { Terminal } from './terminal.ts';

export const profileCommand: Command = {
  name: 'profile',
  summary: 'Measure an engine, layer by layer and ONNX node by node; show and compare profiles',
  forms: [
    'profile ENGINE [--shapes SPEC] [--iterations N] [--export FILE] …',
    'profile CONFIG.trt.yaml [--build NAME] …',
    'profile PROFILE.json… [--model MODEL] [--compare BEFORE] [--trace FILE]',
  ],
  description: [
    'Runs an engine on the GPU, with the options of trtexec: warm-up, then at least so many inferences and so many seconds,',
    'then the layers one by one. With a build config, its engine runs as its inference keys say. Profiles that trtexec',
    '(--exportTimes, --exportProfile, --exportLayerInfo) or --export wrote are shown without a GPU, several of one engine',
    'together. Times are told for ONNX nodes where the model is known; time of a fused group is the group’s.',
    '',
    'An engine is loaded with all that is in it; code for the CPU inside it runs only with --trust-host-code.',
  ].join('\n'),
  options: {
    ...runningOptions,
    'weight-streaming-budget': {
      value: 'B',
      help: 'Streamable weights on the GPU: a size (512MiB), a part (50%), auto or off.',
    },
    percentile: { value: 'P,…', help: 'Percentiles to show (90,95,99).' },
    model: { value: 'MODEL', help: 'The model of the engine, where ENGINE.json does not say.' },
    compare: {
      value: 'BEFORE',
      multiple: true,
      help: 'An earlier profile; shows what changed since. May be repeated for the files of one.',
    },
    ...loadingOptions,
    export: { value: 'FILE', help: 'Write all of it as JSON, with every single time.' },
    'export-times': { value: 'FILE', help: 'Write the times of inferences, as trtexec’s --exportTimes.' },
    'export-profile': { value: 'FILE', help: 'Write the times of layers, as trtexec’s --exportProfile.' },
    'export-layer-info': { value: 'FILE', help: 'Write the layers, as trtexec’s --exportLayerInfo.' },
    trace: { value: 'FILE', help: 'Write a trace for Perfetto (ui.perfetto.dev).' },
    format: { value: 'FORMAT', choices: ['text', 'json'], help: 'text (default) or json.' },
  },
  positionals: { least: 1, most: 8, what: 'The engine, build config or profile' },
  run: async (given, terminal) => {
    const files = given.positionals;
    const stored = files.every((file) => /\.json$/i.test(file) && !/\.trt\.json$/i.test(file));
    if (!stored && files.length > 1) throw new UsageError('Only profiles (.json) can be several.');
    await requireExportsWritable(given);
    const profile: JoinedProfile & { readonly layerJson?: string } = stored
      ? readProfiles(files)
      : await measure(files[0] ?? '', given, terminal);
    const nodes = nodesOfProfile(profile, given, terminal);
    const others = given.values('compare');
    const compared = others.length > 0 ? compareProfiles(readProfiles(others), profile, nodes) : undefined;
    const shown = shownProfile(profile, nodes, given);
    if (shown.times && !nodes) terminal.note(`note: ${metadataNodesNote}`);
    if (given.value('format') === 'json') {
      const json = { ...shown.json, ...(compared && { comparison: { before: others, ...compared } }) };
      terminal.print(`${JSON.stringify(json, undefined, 2)}\n`);
    } else if (compared) printComparison(others, files, compared, terminal);
    else printProfile(files, shown, terminal);
    if (exportsSomething(given)) await exportProfile(profile, shown.times, given, terminal);
    return 0;
  },
};

function readProfiles(files: readonly string[]): JoinedProfile {
  const profile = joinProfile(
    files.map((file) => {
      try {
        return readProfileFile(readTextFile(path.resolve(file), biggestMeasurement));
      } catch (error) {
        throw new Error(`${file}: ${error instanceof Error ? error.message : error}`, { cause: error });
      }
    }),
  );
  const { model } = profile;
  const found = model === undefined ? undefined : namedFile(model, path.resolve(files[0] ?? ''));
  return { ...profile, ...(found !== undefined && { model: found }) };
}

/** Those of `--model`, or of the model that the profile names and that is still there. */
function nodesOfProfile(
  { model }: JoinedProfile,
  given: Arguments,
  terminal: Terminal,
): readonly GraphNode[] | undefined {
  const named = given.value('model');
  if (named !== undefined) return graphNodes(loadModel(named).model);
  if (model === undefined) return undefined;
  try {
    return graphNodes(loadModel(model).model);
  } catch (error) {
    terminal.note(`note: the model is left out: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}

function shownProfile(profile: JoinedProfile, model: readonly GraphNode[] | undefined, given: Arguments) {
  const { information } = profile;
  const nodes = model ?? metadataNodes(information);
  const percentiles = numbersOption(given, 'percentile', defaultPercentiles);
  const { conditions = {} } = profile;
  const streams = conditions.run?.timing.streams ?? numberOption(given, 'streams') ?? 1;
  const statistics = runStatistics(profile.iterations, percentiles, streams);
  const times =
    nodes && profile.layers.length > 0 ? nodeTimes(profile.layers, information?.layers, nodes) : undefined;
  const sections = [
    ...(statistics ? [statisticsSection(statistics)] : []),
    ...(times ? [nodeSection(times)] : []),
    ...(profile.layers.length > 0 && !times ? [layerSection(profile.layers, profile.layerRuns)] : []),
    ...(profile.layers.length === 0 && information ? layerSections(information, model) : []),
  ];
  const condition = sections.length > 0 ? conditionSection(conditions) : undefined;
  return {
    sections: [...sections, ...(condition ? [condition] : [])],
    statistics,
    times,
    notes: profile.layers.length === 0 && information ? [noTimesNote] : [],
    json: {
      ...conditions,
      ...(statistics && { statistics }),
      ...(profile.layers.length === 0 && information && { layerInformation: information.layers }),
      layers: profile.layers.map(({ runs: _, ...layer }) => layer),
      ...(times && {
        nodes: times.groups.map(({ nodes: group, layers, milliseconds, share }) => ({
          nodes: group.map(({ path: way, name }) => [...way, name].join('/')),
          layers: layers.map(({ layer }) => layer.name),
          milliseconds,
          share,
        })),
        otherLayers: times.others.map(({ layer, milliseconds, share, why }) => ({
          layer: layer.name,
          milliseconds,
          share,
          why,
        })),
        nodesWithoutLayer: times.mapping.nodesWithoutLayer.map(({ node, why }) => ({ node: node.name, why })),
      }),
    },
  };
}

function printProfile(
  files: readonly string[],
  { sections, statistics, times, notes }: ReturnType<typeof shownProfile>,
  terminal: Terminal,
): void {
  if (sections.length === 0) {
    throw new Error(`There are no times in ${files.join(', ')}.`);
  }
  terminal.print(sectionText(files.map((file) => path.basename(file)).join(', '), sections, terminal.style));
  for (const remark of [...notes, ...(statistics?.remarks ?? [])]) terminal.note(`note: ${remark}`);
  const without = times?.mapping.nodesWithoutLayer ?? [];
  if (without.length > 0) {
    const names = without.map(({ node }) => node.name);
    terminal.note(
      `note: no layer names ${listedNames(names, 8)}: merged into layers around them, or removed; inspect --layers tells more.`,
    );
  }
  const unknown = new Set(times?.mapping.layers.flatMap(({ unknownNodes }) => unknownNodes));
  if (unknown.size > 0) {
    terminal.note(
      `note: ${unknown.size} nodes that the engine names are not in the model, ${[...unknown][0]} among them: is it the model that the engine was built from?`,
    );
  }
}

function printComparison(
  before: readonly string[],
  after: readonly string[],
  { inferences, nodes, layers, conditions, notes }: ProfileComparison,
  { print, note, style }: Terminal,
): void {
  const [old, now] = [before, after].map((files) => files.map((file) => path.basename(file)).join(', '));
  // What is asked for first is the last on the screen.
  const sections = [nodes ?? layers, conditions, inferences].filter((section) => section !== undefined);
  print(sectionText(`${old} (before) ↔ ${now} (after)`, sections, style));
  for (const text of notes) note(`note: ${text}`);
}
