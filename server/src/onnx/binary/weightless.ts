/**
 * A model as TensorRT's parser needs it to judge: the structure, and references to where the weights lie, never the weights.
 *
 * The parser maps external data into memory and touches only the pages whose values it looks at (seen with TensorRT for RTX 1.7,
 * TensorRT 10.15 and 11.2). External data may lie in any file, so a big tensor inside the `.onnx` file becomes external data at its
 * offset in that very file: the parser sees the true values of all tensors, and its verdict is that on the whole model.
 * Data that no reference can say (packed varints), or whose file is gone, is handed over as zeros where values do not matter,
 * and kept as it is elsewhere.
 */
import type { ZeroInitializer } from '../../../../native-bridge/src/protocol.ts';
import { isFileRange } from '../model/bytes.ts';
import type { FileAccess } from '../model/file-access.ts';
import type { Bytes, Extensible, Model, Tensor } from '../model/model.ts';
import { readChunks } from './read-chunks.ts';
import { commonFolder } from './weightless/common-folder.ts';
import { FileSizes } from './weightless/file-sizes.ts';
import { mapTensors } from './weightless/map-tensors.ts';
import { locationIn, type Plan, planTensor, type WeightProblem } from './weightless/plan.ts';
import { initializersThatMatter } from './weightless/values-that-matter.ts';
import { splitFields } from './write/split-fields.ts';
import { encodeModel } from './writer.ts';

export type { WeightProblem } from './weightless/plan.ts';

export interface WeightlessOptions {
  readonly files: FileAccess;
  /** Absolute path of the folder that the model's external data is relative to: that of the model or of its text. */
  readonly modelDirectory: string;
  /** Whether the parser takes initializers as pointers (InitializeResult.loadsInitializers). */
  readonly loadsInitializers: boolean;
}

export interface WeightlessModel {
  /** A serialized ModelProto. */
  readonly bytes: Uint8Array;
  /** Absolute path of the folder that the external data in `bytes` is relative to. */
  readonly externalDataDirectory: string;
  /** Absolute paths of the files that the external data in `bytes` lies in, each once. */
  readonly referencedFiles: readonly string[];
  /** Initializers of the main graph that have no data in `bytes`. */
  readonly zeroInitializers: readonly ZeroInitializer[];
  /** Weights that cannot be found. The parser judges the rest if it can do without their values, and fails otherwise. */
  readonly problems: readonly WeightProblem[];
}

/** Throws a ModelWriteError where even the structure is longer than protobuf allows. */
export function weightless(model: Model, options: WeightlessOptions): WeightlessModel {
  const sizes = new FileSizes(options.files);
  const plans = new Map<Tensor, Plan>();
  const problems: WeightProblem[] = [];
  let matters: ReadonlySet<string> | undefined;
  const canBeZero = (tensor: Tensor, isTopLevel: boolean): boolean => {
    if (!isTopLevel || !options.loadsInitializers) return false;
    matters ??= initializersThatMatter(model);
    return !matters.has(tensor.name);
  };
  mapTensors(model, (tensor, isTopLevel) => {
    const plan = planTensor(tensor, { ...options, sizes, canBeZero: () => canBeZero(tensor, isTopLevel) });
    if (plan.kind !== 'keep') plans.set(tensor, plan);
    if (plan.problem !== undefined) problems.push(plan.problem);
    return tensor;
  });

  const paths = Array.from(plans.values(), (plan) =>
    plan.kind === 'reference' ? [plan.range.path] : [],
  ).flat();
  const folder = commonFolder(paths, options.modelDirectory);
  const zeroInitializers: ZeroInitializer[] = [];
  const stripped = mapTensors(withoutBulk(model), (tensor) => {
    const plan = plans.get(tensor);
    if (plan?.kind === 'zero') {
      zeroInitializers.push({ name: tensor.name, byteLength: plan.byteLength });
      return { ...tensor, data: { kind: 'none' } };
    }
    if (plan?.kind === 'without-data') return { ...tensor, data: { kind: 'none' } };
    if (plan?.kind !== 'reference') return tensor;
    const location = locationIn(folder, plan.range.path);
    // On another drive than the others: its bytes are copied.
    if (location === undefined) return { ...tensor, data: { kind: 'raw', bytes: plan.range } };
    return {
      ...tensor,
      data: { kind: 'external', entries: [{ key: 'location', value: location }, ...plan.entries] },
    };
  });
  return {
    bytes: readChunks(encodeModel(stripped), options.files),
    externalDataDirectory: folder,
    referencedFiles: [...new Set(paths)],
    zeroInitializers,
    problems,
  };
}

/** Training information and the like, where it is big: the parser does not look at it. */
function withoutBulk(model: Model): Model {
  const stripped = withoutRanges(model);
  const graph = stripped.graph;
  return graph === undefined ? stripped : { ...stripped, graph: withoutRanges(graph) };
}

function withoutRanges<T extends Extensible>(message: T): T {
  if (!message.otherFields?.some(isFileRange)) return message;
  const otherFields: Bytes[] = splitFields(message.otherFields)
    .filter(({ pieces }) => !pieces.some(isFileRange))
    .flatMap(({ pieces }) => pieces);
  return { ...message, otherFields };
}
