/** TensorRT's types of elements (`nvinfer1::DataType`), by their names, and the ONNX types of the same bits. */
import { type DataType, dataTypeOfName } from '../onnx/model/data-types.ts';

const onnxNames: Readonly<Record<string, string>> = {
  kFLOAT: 'float',
  kHALF: 'float16',
  kBF16: 'bfloat16',
  kFP8: 'float8e4m3fn',
  kFP4: 'float4e2m1',
  kE8M0: 'float8e8m0',
  kINT8: 'int8',
  kUINT8: 'uint8',
  kINT4: 'int4',
  kINT32: 'int32',
  kINT64: 'int64',
  kBOOL: 'bool',
};

/** `kHALF` → float16; undefined for a type that nobody knows yet. */
export function onnxTypeOf(dataType: string): DataType | undefined {
  const name = onnxNames[dataType];
  return name === undefined ? undefined : dataTypeOfName(name);
}

const names = new Map(Object.keys(onnxNames).map((name) => [onnxTypeOf(name)?.number, name]));

/** The DataType of a TensorProto.DataType; undefined where TensorRT has none of these bits. */
export function tensorrtTypeOf(elementType: number): string | undefined {
  return names.get(elementType);
}
