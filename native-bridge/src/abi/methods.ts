import { BridgeError } from '../errors.ts';
import {
  type ClassTable,
  type Signature as ParsedSignature,
  parseSignature,
  type Row,
} from './class-table.ts';
import { type Abi, type ClassName, comparableVersion, describe } from './families.ts';
import { tensorrt10 } from './tensorrt-10/index.ts';
import { tensorrt11 } from './tensorrt-11/index.ts';
import { tensorrtRtx1, type tensorrtRtxEdits } from './tensorrt-rtx-1.ts';
import { isAtLeast } from './version.ts';

/** An address in the process. */
export type Pointer = bigint;

/** nvinfer1::Dims as its used part; undefined where TensorRT says -1 dimensions: unknown. */
export type Dims = readonly number[];

/** nvinfer1::Weights. */
export interface Weights {
  readonly type: number;
  readonly values: Pointer | null;
  readonly count: number | bigint;
}

/** nvinfer1::InterfaceInfo: the address of the interface's name, and its version. */
export interface InterfaceInfo {
  readonly kind: Pointer | null;
  readonly major: number;
  readonly minor: number;
}

type RtxRows<C extends ClassName> = C extends keyof typeof tensorrtRtxEdits
  ? (typeof tensorrtRtxEdits)[C]['appended'][number]
  : never;
type Rows<C extends ClassName> = (typeof tensorrt10)[C][number] | (typeof tensorrt11)[C][number] | RtxRows<C>;
type SignatureOf<C extends ClassName, M extends string> = Extract<
  Rows<C>,
  readonly [M, string, ...unknown[]]
>[1];

/** The methods that a class has in any version. */
export type MethodName<C extends ClassName> = Exclude<Rows<C>[0], `~${string}`>;

/** What a method takes, after `this`. */
export type Arguments<C extends ClassName, M extends string> =
  SignatureOf<C, M> extends `${string}(${infer Parameters})` ? ArgumentList<Parameters> : never;

/** What a method answers. */
export type Result<C extends ClassName, M extends string> =
  SignatureOf<C, M> extends `${infer Word}(${string})` ? ResultOf<Word> : never;

type ArgumentList<Parameters extends string> = Parameters extends ''
  ? []
  : Parameters extends `${infer First}, ${infer Rest}`
    ? [Argument<First>, ...ArgumentList<Rest>]
    : [Argument<Parameters>];

type Argument<Parameter extends string> = Parameter extends `${infer Word} ${string}`
  ? Word extends 'Dims*'
    ? Dims
    : Word extends 'void*' | 'int32*' | 'int64*' | 'string*' | 'WeightsRole*' | `${string}**`
      ? Pointer | NodeJS.TypedArray | null
      : Word extends 'strings'
        ? readonly string[]
        : Value<Word>
  : never;

type ResultOf<Word extends string> = Word extends 'void'
  ? undefined
  : Word extends 'Dims'
    ? Dims | undefined
    : Value<Word>;

type Value<Word extends string> = Word extends 'bool'
  ? boolean
  : Word extends 'string'
    ? string | null
    : Word extends `${string}*` | 'cudaStream_t' | 'cudaEvent_t'
      ? Pointer | null
      : Word extends 'int64' | 'uint64' | 'size_t'
        ? number | bigint
        : Word extends 'Weights'
          ? Weights
          : Word extends 'InterfaceInfo'
            ? InterfaceInfo
            : number;

/** Where a method stands in the running version. */
export interface Slot {
  readonly index: number;
  readonly signature: ParsedSignature;
}

/** Throws `notAvailable`, with the version that has the method, where the running one has not. */
export function findSlot(abi: Abi, className: ClassName, method: string): Slot {
  const table = abi.classes[className];
  const index = table.findIndex(([name]) => name === method);
  const row = table[index];
  if (!row || !isAvailable(abi, row)) {
    throw new BridgeError(
      'notAvailable',
      `${describe(abi)} has no ${className}::${method}; ${why(abi, className, method)}.`,
    );
  }
  return { index, signature: parseSignature(row[1]) };
}

/** Whether the running version has a method. */
export function hasMethod<C extends ClassName>(abi: Abi, className: C, method: MethodName<C>): boolean {
  const row = abi.classes[className].find(([name]) => name === method);
  return row !== undefined && isAvailable(abi, row);
}

function isAvailable(abi: Abi, [, , since]: Row): boolean {
  return since === undefined || isAtLeast(comparableVersion(abi), since);
}

function why(abi: Abi, className: ClassName, method: string): string {
  const named = ([name]: Row): boolean => name === method;
  const ten = tensorrt10[className].find(named);
  const eleven = tensorrt11[className].find(named);
  const since = (abi.family === 'tensorrt-10' ? (ten ?? eleven) : (eleven ?? ten))?.[2];
  if (since !== undefined && !isAtLeast(comparableVersion(abi), since)) {
    return `it is not available before TensorRT ${since}`;
  }
  if (!ten && eleven && abi.family === 'tensorrt-10') {
    return 'it is not available before TensorRT 11.0';
  }
  if (ten && !eleven && abi.family !== 'tensorrt-10') {
    return 'it was removed in TensorRT 11.0';
  }
  if (ten ?? eleven) {
    return 'TensorRT for RTX leaves it out';
  }
  return isOfRtx(className, method) ? 'only TensorRT for RTX has it' : 'no known version has it';
}

function isOfRtx(className: ClassName, method: string): boolean {
  const table: ClassTable = tensorrtRtx1[className];
  return table.some(([name]) => name === method);
}
