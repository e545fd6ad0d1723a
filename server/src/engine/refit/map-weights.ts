/** The weights that an engine can be refitted with, and the tensors of a model that they are. */
import type { RefittableWeights } from '../../../../native-bridge/src/engine-protocol.ts';
import { dataTypeName, elementCount } from '../../onnx/model/data-types.ts';
import type { Model, Tensor } from '../../onnx/model/model.ts';
import { namedTensors } from '../../onnx/model/named-tensors.ts';
import { graphNodes } from '../graph-nodes.ts';
import { onnxTypeOf } from '../tensorrt-data-types.ts';

export interface MappedWeight {
  /** TensorRT's name of the weights; `conv1 kKERNEL` where it knows them by layer and role only. */
  readonly name: string;
  /** TensorRT's DataType name, and number of elements. */
  readonly type?: string;
  readonly count?: number;
  /** Whether a refit has to supply it. */
  readonly isMissing: boolean;
  /** The layers that use it, with the role it has there, as far as TensorRT tells. */
  readonly roles: readonly string[];
  /** Absent where the model has no tensor of that name. */
  readonly tensor?: Tensor;
  /** Half a sentence: what keeps the model's tensor from being these weights. */
  readonly mismatch?: string;
}

export function mapWeights({ weights, layers }: RefittableWeights, model: Model): readonly MappedWeight[] {
  const tensors = namedTensors(model);
  const initializers = initializersOfRoles(model);
  const roles = new Map<string, string[]>();
  const names = new Set(weights.map(({ name }) => name));
  const byLayer: MappedWeight[] = [];
  for (const { layer, role } of layers) {
    const place = `${layer} ${role}`;
    const initializer = role === 'kCONSTANT' ? layer : initializers.get(place);
    const tensor = initializer === undefined ? undefined : tensors.get(initializer);
    if (initializer !== undefined && names.has(initializer)) {
      roles.set(initializer, [...(roles.get(initializer) ?? []), place]);
    } else {
      byLayer.push({ name: place, isMissing: false, roles: [place], ...(tensor && { tensor }) });
    }
  }
  const byName = weights.map(({ name, type, count, isMissing }): MappedWeight => {
    const tensor = tensors.get(name);
    const mismatch = tensor && mismatchOf(tensor, type, count);
    return {
      name,
      ...(type !== undefined && { type }),
      ...(count !== undefined && { count }),
      isMissing,
      roles: roles.get(name) ?? [],
      ...(tensor && { tensor }),
      ...(mismatch !== undefined && { mismatch }),
    };
  });
  return [...byName.toSorted((left, right) => (left.name < right.name ? -1 : 1)), ...byLayer];
}

/** Counts are TensorRT's rule; types are looked at when single weights are converted. */
function mismatchOf(
  { dims }: Tensor,
  type: string | undefined,
  count: number | undefined,
): string | undefined {
  const has = elementCount(dims);
  if (type === undefined || count === undefined || has === count) return undefined;
  return `it has ${has ?? 'an unknown number of'} elements in the model and ${count} in the engine`;
}

/** `float[512,128]`. */
export function tensorText({ dataType, dims }: Tensor): string {
  return `${dataTypeName(dataType)}[${dims.join(',')}]`;
}

/** Whether the engine's weights have another type than the model's tensor. */
export function hasOtherType({ type, tensor }: MappedWeight): boolean {
  return type !== undefined && tensor !== undefined && onnxTypeOf(type)?.number !== tensor.dataType;
}

/** Of layers that the parser makes of one node and its initializers: `conv1 kKERNEL` to `w1`. */
function initializersOfRoles(model: Model): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { name, operator, inputs, path } of graphNodes(model)) {
    const places = path.length === 0 ? inputsOfRoles[operator] : undefined;
    for (const [role, index] of places ?? []) {
      const input = inputs[index];
      if (input !== undefined && input !== '') found.set(`${name} ${role}`, input);
    }
  }
  return found;
}

const kernelAndBias = [
  ['kKERNEL', 1],
  ['kBIAS', 2],
] as const;
const inputsOfRoles: Readonly<Record<string, readonly (readonly [role: string, input: number])[]>> = {
  Conv: kernelAndBias,
  ConvTranspose: kernelAndBias,
};
