/** How the words of the ABI tables are passed through koffi, and which numbers fit them. */
import type { TypeObject } from 'koffi';
import koffi from './koffi.ts';

type KoffiType = string | TypeObject;

/** nvinfer1::Dims: how many of the eight are used (-1: unknown), and the eight. 72 bytes. */
export const dimsType = koffi.struct({ nbDims: 'int32_t', d: koffi.array('int64_t', 8, 'Array') });

/** nvinfer1::Dims::MAX_DIMS. */
export const maxDims = 8;

/** nvinfer1::Weights: DataType, address, element count. */
const weightsType = koffi.struct({ type: 'int32_t', values: 'void *', count: 'int64_t' });

/** nvinfer1::InterfaceInfo: what an interface is called, and its version. */
export const interfaceInfoType = koffi.struct({ kind: 'void *', major: 'int32_t', minor: 'int32_t' });

/** nvinfer1::TimingCacheValue: hash of the tactic, its time in milliseconds. */
const timingCacheValueType = koffi.struct({ tacticHash: 'uint64_t', timingMSec: 'float' });

const named: Readonly<Record<string, KoffiType>> = {
  void: 'void',
  bool: 'bool',
  float: 'float',
  int32: 'int32_t',
  uint32: 'uint32_t',
  int64: 'int64_t',
  uint64: 'uint64_t',
  size_t: 'size_t',
  string: 'str',
  // What TensorRT reads in the call; where it writes into an array of strings, the word is `string*`.
  strings: 'const char **',
  cudaStream_t: 'void *',
  cudaEvent_t: 'void *',
  Dims: dimsType,
  'Dims*': koffi.pointer(dimsType),
  Weights: weightsType,
  InterfaceInfo: interfaceInfoType,
  TimingCacheValue: timingCacheValueType,
  // Masks: one bit per number of the enum whose name they carry in the plural.
  AllocatorFlags: 'uint32_t',
  BuilderFlags: 'uint32_t',
  NetworkDefinitionCreationFlags: 'uint32_t',
  OnnxParserFlags: 'uint32_t',
  QuantizationFlags: 'uint32_t',
  SerializationFlags: 'uint32_t',
  TacticSources: 'uint32_t',
  TempfileControlFlags: 'uint32_t',
  TensorFormats: 'uint32_t',
};

/** The koffi type of a word. Words that are not listed are pointers when they end in `*`, else enums: `int32_t`. */
export function koffiType(word: string): KoffiType {
  return named[word] ?? (word.endsWith('*') ? 'void *' : 'int32_t');
}

/** Structs are returned through a hidden pointer by members of Microsoft's compiler. */
export function isStruct(word: string): boolean {
  return typeof koffiType(word) !== 'string' && !word.endsWith('*');
}

const ranges: Readonly<Record<string, readonly [bigint, bigint]>> = {
  int32_t: [-(2n ** 31n), 2n ** 31n - 1n],
  uint32_t: [0n, 2n ** 32n - 1n],
  int64_t: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64_t: [0n, 2n ** 64n - 1n],
  size_t: [0n, 2n ** 64n - 1n],
};

/**
 * A function that answers its number, or throws a RangeError where it does not fit the word: koffi would silently wrap it.
 * Undefined where nothing can go wrong.
 */
export function rangeCheck(word: string, name: string): ((value: unknown) => unknown) | undefined {
  const type = koffiType(word);
  const range = typeof type === 'string' ? ranges[type] : undefined;
  if (!range) {
    return undefined;
  }
  const [least, most] = range;
  return (value) => {
    const integer =
      typeof value === 'bigint' || Number.isSafeInteger(value) ? BigInt(value as bigint) : undefined;
    if (integer === undefined || integer < least || integer > most) {
      throw new RangeError(`${name} = ${value} does not fit ${word}.`);
    }
    return value;
  };
}
