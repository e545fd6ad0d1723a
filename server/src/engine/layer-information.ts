/** The layers of an engine as IEngineInspector tells them (trtexec's `--exportLayerInfo`), read leniently. */
import { isJsonObject, type JsonObject, type JsonValue, parseLenientJson } from './lenient-json.ts';

export interface LayerInformation {
  readonly layers: readonly EngineLayer[];
  /** Names of inputs and outputs, as the inspector lists them. */
  readonly bindings: readonly string[];
  /** `names` where the engine was built with kLAYER_NAMES_ONLY: no types, tactics or ONNX nodes are known. */
  readonly detail: 'detailed' | 'names';
}

export interface EngineLayer {
  readonly name: string;
  /** Optimization profile whose copy of the layer this is; 0 is that of engines with a single profile. */
  readonly profile: number;
  /** `CaskConvolution`, `gemm`, `kgen` …; absent where only names are told. */
  readonly type?: string;
  /** `Convolution` …: TensorRT's own layer type, where the inspector names it. */
  readonly parameterType?: string;
  readonly inputs: readonly LayerTensor[];
  readonly outputs: readonly LayerTensor[];
  readonly tactic?: string;
  readonly tacticValue?: string;
  readonly stream?: number;
  /** Names of ONNX nodes from its metadata; empty where it has none. */
  readonly onnxNodes: readonly string[];
  /** What else the inspector says: kernel, stride, weights … */
  readonly parameters: JsonObject;
}

export interface LayerTensor {
  readonly name: string;
  /** -1 where it is known at run time only. */
  readonly dims: readonly number[];
  /** `Float`, `Half`, `Channel major FP16 format where …`. */
  readonly format?: string;
  readonly location?: string;
}

/** Throws an error for people where the text is nothing of the kind. */
export function readLayerInformation(text: string): LayerInformation {
  const value = parseLenientJson(text);
  const layers = isJsonObject(value) ? value['Layers'] : value;
  if (!Array.isArray(layers) || !layers.every((layer) => typeof layer === 'string' || isLayer(layer))) {
    throw new Error(
      'It is no layer information of an engine: that is an object with a list “Layers”, as trtexec’s --exportLayerInfo writes it.',
    );
  }
  const bindings = isJsonObject(value) ? value['Bindings'] : undefined;
  const names = layers.every((layer) => typeof layer === 'string');
  return {
    layers: layers.map((layer: JsonValue) => layerOf(layer)),
    bindings: list(bindings).filter((binding) => typeof binding === 'string'),
    detail: names && layers.length > 0 ? 'names' : 'detailed',
  };
}

/** `[ONNX Layer: conv0]`, several joined by 0x1E or 0x1F; a name may hold brackets. */
export function onnxNodesOfMetadata(metadata: string): string[] {
  const prefix = '[ONNX Layer: ';
  const names = metadata
    .replaceAll('\u001f', '\u001e')
    .split('\u001e')
    .filter((entry) => entry.startsWith(prefix) && entry.endsWith(']'))
    .map((entry) => entry.slice(prefix.length, -1));
  return [...new Set(names)];
}

/** Layers of further profiles have the name of their copy in the first one, and this behind it. */
const profileSuffix = / \[profile (\d+)\]$/;

/** A layer's name without the mark of its profile. */
export function withoutProfile(name: string): string {
  return name.replace(profileSuffix, '');
}

const known = new Set([
  'Name',
  'LayerType',
  'ParameterType',
  'Inputs',
  'Outputs',
  'TacticName',
  'TacticValue',
  'StreamId',
  'Metadata',
]);

function isLayer(value: JsonValue): boolean {
  return isJsonObject(value) && typeof value['Name'] === 'string';
}

function layerOf(layer: JsonValue): EngineLayer {
  if (!isJsonObject(layer)) return named(String(layer));
  const text = (key: string) => {
    const value = layer[key];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const [type, parameterType, tactic] = [text('LayerType'), text('ParameterType'), text('TacticName')];
  const tacticValue = text('TacticValue');
  const stream = layer['StreamId'];
  return {
    ...named(text('Name') ?? ''),
    inputs: list(layer['Inputs']).flatMap(tensorOf),
    outputs: list(layer['Outputs']).flatMap(tensorOf),
    onnxNodes: onnxNodesOfMetadata(text('Metadata') ?? ''),
    parameters: Object.fromEntries(Object.entries(layer).filter(([key]) => !known.has(key))),
    ...(type !== undefined && { type }),
    ...(parameterType !== undefined && { parameterType }),
    ...(tactic !== undefined && { tactic }),
    ...(tacticValue !== undefined && { tacticValue }),
    ...(typeof stream === 'number' && { stream }),
  };
}

function named(name: string): EngineLayer {
  const profile = Number(profileSuffix.exec(name)?.[1] ?? 0);
  return { name, profile, inputs: [], outputs: [], onnxNodes: [], parameters: {} };
}

function tensorOf(value: JsonValue): LayerTensor[] {
  if (!isJsonObject(value) || typeof value['Name'] !== 'string') return [];
  const format = value['Format/Datatype'] ?? value['Format'] ?? value['Datatype'];
  const location = value['Location'];
  return [
    {
      name: value['Name'],
      dims: list(value['Dimensions']).filter((size) => typeof size === 'number'),
      ...(typeof format === 'string' && { format }),
      ...(typeof location === 'string' && { location }),
    },
  ];
}

function list(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}
