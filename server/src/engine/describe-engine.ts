/** All that is known of an engine, as sections that a terminal and a web page show alike. */
import type { EngineDescription, EngineTensor } from '../../../native-bridge/src/engine-protocol.ts';
import type { Provenance, RefitRecord } from '../tensorrt/build/provenance.ts';
import { builderName, type Compatibility, productName, targetNames } from './compatibility.ts';
import type { GraphNode } from './graph-nodes.ts';
import type { EngineLayer, LayerInformation } from './layer-information.ts';
import { mapLayers } from './map-layers.ts';
import type { PlanHeader } from './plan-header.ts';
import { refitRules } from './refit/refit-rules.ts';
import { shipRows, shipSize } from './ship-size.ts';
import { byteText, timeText } from './sizes.ts';

export interface EngineFacts {
  readonly header: PlanHeader;
  readonly compatibility: Compatibility;
  readonly provenance?: Provenance;
  /** Of a loaded engine. */
  readonly description?: EngineDescription;
  readonly layers?: LayerInformation;
  /** Of the model that it was built from. */
  readonly nodes?: readonly GraphNode[];
}

export interface RowSection {
  readonly kind: 'rows';
  readonly title: string;
  readonly rows: readonly (readonly [label: string, value: string])[];
}

export interface TableSection {
  readonly kind: 'table';
  readonly title: string;
  readonly columns: readonly string[];
  /** Per column, where a page shows it: 1 everywhere, 2 in places of a usual width, 3 in wide ones. All, where absent. */
  readonly levels?: readonly (1 | 2 | 3)[];
  readonly rows: readonly (readonly string[])[];
}

export type Section = RowSection | TableSection;

export function describeEngine(facts: EngineFacts): Section[] {
  const { description, layers, provenance } = facts;
  return [
    fileSection(facts.header),
    compatibilitySection(facts.compatibility),
    ...(provenance ? [provenanceSection(provenance)] : []),
    ...shipSections(facts),
    ...(description
      ? [engineSection(description, provenance), memorySection(description), tensorSection(description)]
      : []),
    ...(description ? profileSections(description) : []),
    ...(layers ? layerSections(layers, facts.nodes) : []),
  ];
}

function fileSection(header: PlanHeader): RowSection {
  const { fileBytes, sections, targets, serializationVersion } = header;
  const rows: [string, string][] = [
    ['Made by', builderName(header)],
    ['Size', byteText(fileBytes)],
    ...sections.map(({ name, bytes }): [string, string] => [`… ${name}`, byteText(bytes)]),
  ];
  if (targets) rows.push(['Made for', `compute capability ${targetNames(targets)}`]);
  if (serializationVersion !== 0) rows.push(['Serialization version', String(serializationVersion)]);
  return { kind: 'rows', title: 'File', rows };
}

const titles = { version: 'Version', gpu: 'GPU', platform: 'System', file: 'File', 'host-code': 'Trust' };

function compatibilitySection({ summary, findings, runtimes }: Compatibility): RowSection {
  return {
    kind: 'rows',
    title: 'Can it run here?',
    rows: [
      ['Answer', summary],
      ...findings.map(({ about, sentence }): [string, string] => [titles[about], sentence]),
      ...runtimes.map(({ runtime, sentence }): [string, string] => [runtime.id, sentence]),
    ],
  };
}

function provenanceSection({
  model,
  config,
  request,
  runtime,
  device,
  built,
  milliseconds,
  warnings,
  notes,
  refit,
  individual,
}: Provenance): RowSection {
  const seconds = Object.values(milliseconds).reduce((total, part) => total + part, 0) / 1000;
  const flags = request.settings.flags ?? [];
  return {
    kind: 'rows',
    title: 'How it was built (ENGINE.json)',
    rows: [
      ['Model', `${model.path} (${byteText(model.bytes)}, SHA-256 ${model.sha256.slice(0, 12)}…)`],
      ...(config.file === undefined
        ? []
        : [['Config', `${config.file}${config.build === '' ? '' : `, build ${config.build}`}`] as const]),
      ['Command line', config.trtexec],
      ['Flags', flags.length > 0 ? flags.join(', ') : 'none'],
      ...refitRulesRow(flags, refit, individual),
      [
        'By',
        `${productName(runtime.product === 'TensorRT-RTX' ? 'TensorRT-RTX' : 'TensorRT')} ${runtime.version}`,
      ],
      [
        'On',
        device ? `${device.name} (compute capability ${device.computeCapability})` : 'a CPU, without a GPU',
      ],
      ['When', `${timeText(built)}, in ${seconds.toFixed(1)} s`],
      ...(refit ? [refitRow(refit)] : []),
      ...warnings.map((warning) => ['TensorRT warned', warning] as const),
      ...notes.map((note) => ['Note', note] as const),
    ],
  };
}

function shipSections({ header, provenance, description }: EngineFacts): RowSection[] {
  const ship = shipSize(header.fileBytes, provenance, description?.weights.stripped);
  if (!ship) return [];
  return [{ kind: 'rows', title: 'Ship size', rows: shipRows(ship, provenance?.engine.path) }];
}

/** Nothing of engines that were built without refitting. */
function refitRulesRow(
  flags: readonly string[],
  refit: RefitRecord | undefined,
  individual: Provenance['individual'],
): readonly (readonly [string, string])[] {
  const rules = refitRules({ flags, sameWeights: 'later', assumesSame: false, refit, individual });
  if (rules.some(({ rule }) => rule === 'not-refittable')) return [];
  return [['Refits', rules.map(({ sentence }) => sentence).join(' ')]];
}

function refitRow({ weights, model, isStripped, refitted }: RefitRecord): readonly [string, string] {
  const what = weights === 'all' ? 'all weights' : weights.join(', ');
  const left = isStripped ? ', left out again' : '';
  return ['Refitted', `${timeText(refitted)}, ${what} of ${model.path}${left}`];
}

function engineSection(description: EngineDescription, provenance: Provenance | undefined): RowSection {
  const { name, layerCount, capability, hardwareCompatibilityLevel, profilingVerbosity } = description;
  const { tacticSources, auxiliaryStreams, debugTensors } = description;
  return {
    kind: 'rows',
    title: 'Engine',
    rows: [
      ['Name', name],
      ['Layers', String(layerCount)],
      ['Capability', capability],
      ['Hardware compatibility', hardwareCompatibilityLevel],
      ['Profiling verbosity', profilingVerbosity],
      ['Tactic sources', tacticSources.length > 0 ? tacticSources.join(', ') : 'none'],
      ['Auxiliary streams', String(auxiliaryStreams)],
      ['Refittable', refittable(description, provenance)],
      ...(debugTensors.length > 0 ? [['Debug tensors', debugTensors.join(', ')] as const] : []),
    ],
  };
}

/** TensorRT 10.6 answers `isRefittable` with false for engines of kREFIT_IDENTICAL and kREFIT_INDIVIDUAL, too. */
function refittable({ isRefittable }: EngineDescription, provenance: Provenance | undefined): string {
  const marked = provenance?.individual?.marked.length;
  if (marked !== undefined) return marked === 1 ? 'one of its weights' : `${marked} of its weights`;
  if (isRefittable) return 'yes';
  if (!provenance) return 'no, or some weights alone, or only with those that it was built from';
  const { flags = [] } = provenance.request.settings;
  const isIdentical = flags.includes('kREFIT_IDENTICAL') || flags.includes('kSTRIP_PLAN');
  return isIdentical ? 'only with the weights that it was built from' : 'no';
}

function memorySection({ memory, weights }: EngineDescription): RowSection {
  const bytes = (label: string, value: number | undefined) =>
    value === undefined ? [] : [[label, byteText(value)] as const];
  return {
    kind: 'rows',
    title: 'Memory',
    rows: [
      ['Activations', byteText(memory.activations)],
      ...(memory.profiles.length > 1
        ? memory.profiles.map((value, index) => [`… profile ${index}`, byteText(value)] as const)
        : []),
      ...bytes('Weights', weights.total),
      ...bytes('… stripped', weights.stripped),
      ...bytes('… streamable', weights.streamable),
      ...bytes('Streaming budget', weights.budget),
      ...bytes('… automatic', weights.automaticBudget),
      ...bytes('… scratch memory', weights.scratch),
    ],
  };
}

function tensorSection({ tensors }: EngineDescription): TableSection {
  return {
    kind: 'table',
    title: 'Tensors',
    columns: ['Name', 'Mode', 'Type', 'Shape', 'Format', 'Location'],
    rows: tensors.map(({ name, mode, type, dims, formats, location, isShapeTensor }) => [
      name,
      isShapeTensor ? `${mode}, shape tensor` : mode,
      type,
      shapeText(dims),
      [...new Set(formats)].join('; '),
      location,
    ]),
  };
}

function profileSections({ tensors, profileCount }: EngineDescription): TableSection[] {
  const inputs = tensors.filter(({ mode }) => mode === 'input');
  return Array.from(
    { length: profileCount },
    (_, index): TableSection => ({
      kind: 'table',
      title: profileCount === 1 ? 'Optimization profile' : `Optimization profile ${index}`,
      columns: ['Input', 'min', 'opt', 'max'],
      rows: inputs.flatMap((input) => profileRow(input, index)),
    }),
  ).filter(({ rows }) => rows.length > 0);
}

function profileRow({ name, profiles, isShapeTensor }: EngineTensor, index: number): string[][] {
  const shapes = profiles?.[index];
  if (!shapes) return [];
  const text = (sizes: readonly number[]) =>
    isShapeTensor ? `values ${sizes.join(', ')}` : shapeText(sizes);
  return [[name, text(shapes.min), text(shapes.opt), text(shapes.max)]];
}

/** `nodes`: of the model that the engine was built from. */
export function layerSections(
  { layers, detail }: LayerInformation,
  nodes: readonly GraphNode[] | undefined,
): TableSection[] {
  const mapping = nodes && mapLayers(layers, nodes);
  const columns =
    detail === 'names'
      ? ['Layer', 'ONNX nodes']
      : ['Layer', 'Type', 'ONNX nodes', 'Outputs', 'Formats', 'Tactic'];
  const table: TableSection = {
    kind: 'table',
    title: detail === 'names' ? 'Layers (built with layer names only)' : 'Layers',
    columns,
    rows: layers.map((layer, index) => {
      const mapped = mapping?.layers[index];
      const named = mapped
        ? mapped.nodes.length > 0
          ? mapped.nodes.map(({ path, name }) => [...path, name].join('/')).join(', ')
          : `– ${mapped.note ?? ''}`
        : layer.onnxNodes.join(', ');
      return detail === 'names' ? [layer.name, named] : layerRow(layer, named);
    }),
  };
  if (!mapping || mapping.nodesWithoutLayer.length === 0) return [table];
  return [
    table,
    {
      kind: 'table',
      title: 'Nodes that no layer names',
      columns: ['Node', 'Operator', 'Why'],
      rows: mapping.nodesWithoutLayer.map(({ node, why }) => [node.name, node.operator, why]),
    },
  ];
}

function layerRow(layer: EngineLayer, nodes: string): string[] {
  const { name, type = '', outputs, tactic = '' } = layer;
  return [
    name,
    type,
    nodes,
    outputs.map((output) => `${output.name} ${shapeText(output.dims)}`).join(', '),
    [...new Set([...layer.inputs, ...outputs].flatMap(({ format }) => format ?? []))].join(', '),
    tactic,
  ];
}

/** `2x3x64x64`, `?x256`. */
export function shapeText(dims: readonly number[]): string {
  return dims.length === 0 ? 'scalar' : dims.map((size) => (size < 0 ? '?' : size)).join('x');
}
