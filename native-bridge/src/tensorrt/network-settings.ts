/** Settings of a build that are settings of the network: formats of inputs and outputs, layers, debug tensors, refittable weights. */
import { enumMask, enumNumber } from '../abi/enums.ts';
import type { BuilderSettings, TensorFormatSetting } from '../build-protocol.ts';
import { BridgeError } from '../errors.ts';
import type { NativeObject, VirtualCalls } from '../native/virtual-calls.ts';
import type { BuilderConfig } from './builder-config.ts';
import { NamePatterns } from './layer-names.ts';
import type { Network } from './network.ts';

export interface NetworkContext {
  readonly calls: VirtualCalls;
  readonly network: Network;
  readonly config: BuilderConfig;
  /** Told what has no effect, in sentences. */
  readonly note: (sentence: string) => void;
}

export function setFormats(
  { calls, network, note }: NetworkContext,
  formats: NonNullable<BuilderSettings['ioFormats']>,
): void {
  const wanted = new Map(Object.entries(formats));
  for (const address of [...network.inputs(), ...network.outputs()]) {
    const tensor = calls.object('VTensor', address);
    const name = calls.invoke(tensor, 'getName') ?? '';
    const setting = wanted.get(name);
    if (setting) {
      setFormat(calls, tensor, setting);
      wanted.delete(name);
    }
  }
  for (const name of wanted.keys()) {
    note(`The network has no input or output ${name}; its format has no effect.`);
  }
}

function setFormat(calls: VirtualCalls, tensor: NativeObject<'VTensor'>, setting: TensorFormatSetting): void {
  if (setting.type !== undefined) {
    calls.invoke(tensor, 'setType', enumNumber(calls.abi, 'DataType', setting.type));
  }
  if (setting.formats.length > 0) {
    calls.invoke(tensor, 'setAllowedFormats', enumMask(calls.abi, 'TensorFormat', setting.formats));
  }
}

export function setLayerPrecisions(
  context: NetworkContext,
  settings: NonNullable<BuilderSettings['layerPrecisions']>,
): void {
  const { calls } = context;
  forLayers(
    context,
    settings.map(({ layer, value }) => [layer, value]),
    'precision',
    (layer, type) => calls.invoke(layer, 'setPrecision', enumNumber(calls.abi, 'DataType', type)),
  );
}

export function setLayerOutputTypes(
  context: NetworkContext,
  settings: NonNullable<BuilderSettings['layerOutputTypes']>,
): void {
  const { calls } = context;
  forLayers(
    context,
    settings.map(({ layer, values }) => [layer, values]),
    'output types',
    (layer, types) => {
      const count = calls.invoke(layer, 'getNbOutputs');
      for (let index = 0; index < count; index++) {
        const type = types[index] ?? types.at(-1);
        if (type !== undefined) {
          calls.invoke(layer, 'setOutputType', index, enumNumber(calls.abi, 'DataType', type));
        }
      }
    },
  );
}

export function setLayerDevices(
  context: NetworkContext,
  settings: NonNullable<BuilderSettings['layerDeviceTypes']>,
): void {
  const { calls, config } = context;
  forLayers(
    context,
    settings.map(({ layer, value }) => [layer, value]),
    'device',
    (layer, device) =>
      config.set('setDeviceType', layer.address, enumNumber(calls.abi, 'DeviceType', device)),
  );
}

function forLayers<Value>(
  { calls, network, note }: NetworkContext,
  entries: Iterable<readonly [string, Value]>,
  what: string,
  apply: (layer: NativeObject<'VLayer'>, value: Value) => void,
): void {
  const patterns = new NamePatterns(entries);
  for (const layer of network.layers()) {
    const value = patterns.find(calls.invoke(layer, 'getName') ?? '');
    if (value !== undefined) {
      apply(layer, value);
    }
  }
  for (const pattern of patterns.unused()) {
    note(`No layer of the network is named ${pattern}; the ${what} given for it has no effect.`);
  }
}

export function markDebugTensors(
  context: NetworkContext,
  names: NonNullable<BuilderSettings['debugTensors']>,
): void {
  const { calls, network } = context;
  markTensors(context, names, 'a debug tensor', (tensor) =>
    calls.invoke(network.object, 'markDebug', tensor.address),
  );
}

/** Those that are outputs already stay so. */
export function markOutputs(
  context: NetworkContext,
  names: NonNullable<BuilderSettings['markedOutputs']>,
): void {
  const { calls, network } = context;
  markTensors(context, names, 'an output', (tensor) => {
    if (!calls.invoke(tensor, 'isNetworkOutput')) {
      calls.invoke(network.object, 'markOutput', tensor.address);
    }
    return calls.invoke(tensor, 'isNetworkOutput');
  });
}

function markTensors(
  { calls, network, note }: NetworkContext,
  names: readonly string[],
  what: string,
  mark: (tensor: NativeObject<'VTensor'>) => boolean,
): void {
  const wanted = new Set(names);
  for (const tensor of network.tensors()) {
    const name = calls.invoke(tensor, 'getName') ?? '';
    if (wanted.delete(name) && !mark(tensor)) note(`TensorRT does not mark ${name} as ${what}.`);
  }
  for (const name of wanted) {
    note(`The network has no tensor ${name}; it cannot be marked as ${what}.`);
  }
}

/**
 * Answers those that TensorRT marks. It knows weights by the name that the ONNX parser gave them, as far as layers of the network use them:
 * what the parser has folded or taken for a shape is not there. Throws where there is none: nothing of the engine could be replaced.
 */
export function markRefittableWeights(
  { calls, network, note }: NetworkContext,
  names: NonNullable<BuilderSettings['refittableWeights']>,
): readonly string[] {
  const marked = names.filter((name) => calls.invoke(network.object, 'markWeightsRefittable', name));
  if (marked.length === 0) {
    throw new BridgeError(
      'tensorrtFailed',
      names.length === 0
        ? 'No weights are left to mark as refittable: nothing of the engine could be replaced.'
        : `The network has no weights ${listed(names)} that can be replaced, so nothing of the engine could be. ${whyNoWeights}`,
    );
  }
  const isMarked = new Set(marked);
  const others = names.filter((name) => !isMarked.has(name));
  if (others.length > 0) {
    note(`The network has no weights ${listed(others)} that can be replaced. ${whyNoWeights}`);
  }
  return marked;
}

const whyNoWeights =
  'TensorRT knows initializers and outputs of Constant nodes by name, but not those that its parser folds into others (BatchNormalization) or takes for shapes.';

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 8).join(', ');
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}
