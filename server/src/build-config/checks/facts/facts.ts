/** What checks of a build know besides the config: of the model, of the TensorRT that builds, and of files. */
import type { Product } from '../../../../../native-bridge/src/protocol.ts';
import type { Version } from '../../versions.ts';

export interface ModelFacts {
  /** Those of the network, in its order: inputs that an initializer gives are none. */
  readonly inputs: readonly InputFacts[];
  readonly outputs: readonly PortFacts[];
  /** As TensorRT names the layers of nodes; those of subgraphs and functions as well. */
  readonly layers: ReadonlySet<string>;
  /** Names of all values, wherever they are. */
  readonly values: ReadonlySet<string>;
  /** Initializers and outputs of Constant nodes of the main graph. */
  readonly weights: ReadonlySet<string>;
  /** Those inside functions and subgraphs, as the model names them there. */
  readonly innerWeights: ReadonlySet<string>;
  /** Whether it has QuantizeLinear or DequantizeLinear nodes. */
  readonly isQuantized: boolean;
  /** Whether it has initializers with elements. */
  readonly hasWeights: boolean;
}

export interface PortFacts {
  readonly name: string;
  /** As trtexec calls it: `fp32`; undefined where it has no word for it. */
  readonly type: string | undefined;
  /** Undefined where the model does not say the rank. */
  readonly dims: readonly DimFact[] | undefined;
}

/** A size, the name of a dynamic dimension, or undefined for one without a name. */
export type DimFact = number | string | undefined;

export interface InputFacts extends PortFacts {
  /** Whether its values decide on shapes: then a profile gives values, not dims. */
  readonly isShapeTensor: boolean;
}

/** The TensorRT that a build is for. What is not known is absent. */
export interface RuntimeFacts {
  readonly product: Product;
  readonly version?: Version;
  readonly mode?: 'gpu' | 'cpu-only';
  readonly device?: {
    readonly name: string;
    /** `9.0` */
    readonly computeCapability: string;
    /** Bytes. */
    readonly totalMemory: number;
  };
}

/** What is known for one build. */
export interface BuildFacts {
  /** Undefined where it cannot be read, or has not been read yet. */
  readonly model?: ModelFacts;
  /** Why the model cannot be read, as a sentence; not for one that is not there. */
  readonly modelProblem?: string;
  readonly runtime?: RuntimeFacts;
}

/** Whether a file or folder is there. */
export type Exists = (path: string) => boolean;

/** A model to build with a profile: it has dims that a profile must give, or values. */
export function isDynamic({ dims, isShapeTensor }: InputFacts): boolean {
  return isShapeTensor || dims?.some((dim) => typeof dim !== 'number') === true;
}

/** `[batch, 3, ?]` */
export function dimsText(dims: readonly DimFact[]): string {
  return `[${dims.map((dim) => dim ?? '?').join(', ')}]`;
}
