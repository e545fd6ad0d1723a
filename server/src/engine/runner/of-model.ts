/** Inputs and outputs of an engine as its model and its build tell them, where the engine itself cannot be asked. */
import type { BuilderProfile } from '../../../../native-bridge/src/build-protocol.ts';
import type { EngineTensor } from '../../../../native-bridge/src/engine-protocol.ts';
import { dataTypeOfName } from '../../onnx/model/data-types.ts';
import type { Model, ValueInfo } from '../../onnx/model/model.ts';
import type { Provenance } from '../../tensorrt/build/provenance.ts';
import { tensorrtTypeOf } from '../tensorrt-data-types.ts';
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
  const dataType = type?.kind === 'tensor' ? dataTypeOf(type.elementType) : undefined;
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

/** TensorRT takes doubles as floats. */
function dataTypeOf(elementType: number): string | undefined {
  return elementType === dataTypeOfName('double')?.number ? 'kFLOAT' : tensorrtTypeOf(elementType);
}
