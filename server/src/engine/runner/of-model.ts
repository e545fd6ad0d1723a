/** Inputs and outputs of an engine as its model and its build tell them, where the engine itself cannot be asked. */
import type { BuilderProfile } from '../../../../native-bridge/src/build-protocol.ts';
import type { EngineTensor } from '../../../../native-bridge/src/engine-protocol.ts';
import type { Model, ValueInfo } from '../../onnx/model/model.ts';
import type { Provenance } from '../../tensorrt/build/provenance.ts';
import type { RunnerFacts } from './facts.ts';

/** Throws an error for people where a tensor's type or shape is not told. */
export function factsOfModel(model: Model, { request, runtime }: Provenance, engine: string): RunnerFacts {
  const { graph } = model;
  if (!graph) throw new Error('The model has no graph.');
  const initializers = new Set(graph.initializers.map(({ name }) => name));
  const profiles = request.settings.profiles ?? [];
  const flags = request.settings.flags ?? [];
  const inputs = graph.inputs.filter(({ name }) => !initializers.has(name));
  return {
    engine,
    product: runtime.product === 'TensorRT-RTX' ? 'TensorRT-RTX' : 'TensorRT',
    version: runtime.version,
    tensors: [
      ...inputs.map((value) => tensorOf(value, 'input', profiles)),
      ...graph.outputs.map((value) => tensorOf(value, 'output', [])),
    ],
    profileCount: Math.max(1, profiles.length),
    streamable: flags.includes('kWEIGHT_STREAMING') ? 1 : 0,
    debugTensors: request.settings.debugTensors ?? [],
    loading: { pluginLibraries: request.pluginLibraries },
  };
}

function tensorOf(
  { name, type }: ValueInfo,
  mode: EngineTensor['mode'],
  profiles: readonly BuilderProfile[],
): EngineTensor {
  const dataType = type?.kind === 'tensor' ? dataTypes[type.elementType] : undefined;
  if (type?.kind !== 'tensor' || dataType === undefined || type.shape === undefined) {
    throw new Error(`The model does not tell type and shape of ${name}.`);
  }
  return {
    name,
    mode,
    type: dataType,
    dims: type.shape.map((size) => (size.kind === 'value' ? Number(size.value) : -1)),
    location: 'kDEVICE',
    isShapeTensor: false,
    formats: [],
    ...(mode === 'input' &&
      profiles.length > 0 && {
        profiles: profiles.map((profile) => {
          const range = profile[name];
          return range ? { min: range.min, opt: range.opt, max: range.max } : null;
        }),
      }),
  };
}

/** DataType names by TensorProto.DataType; TensorRT takes doubles as floats. */
const dataTypes: Readonly<Record<number, string>> = {
  1: 'kFLOAT',
  2: 'kUINT8',
  3: 'kINT8',
  6: 'kINT32',
  7: 'kINT64',
  9: 'kBOOL',
  10: 'kHALF',
  11: 'kFLOAT',
  16: 'kBF16',
  17: 'kFP8',
  22: 'kINT4',
  23: 'kFP4',
  24: 'kE8M0',
};
