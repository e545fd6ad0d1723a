/**
 * The ONNX parser, its errors, and its refitter.
 * Slots of TensorRT 11, Itanium ABI; see `class-table.ts`.
 */
import type { ClassTable } from '../class-table.ts';

export const IParser = [
  ['parse', 'bool(void* serialized_onnx_model, size_t serialized_onnx_model_size, string model_path)'],
  ['parseFromFile', 'bool(string onnxModelFile, int32 verbosity)'],
  ['supportsOperator', 'bool(string op_name)'],
  ['getNbErrors', 'int32()'],
  ['getError', 'IParserError*(int32 index)'],
  ['clearErrors', 'void()'],
  ['~IParser', 'complete destructor'],
  ['~IParser', 'deleting destructor'],
  ['getUsedVCPluginLibraries', 'string*(int64* nbPluginLibs)'],
  ['setFlags', 'void(OnnxParserFlags onnxParserFlags)'],
  ['getFlags', 'OnnxParserFlags()'],
  ['clearFlag', 'void(OnnxParserFlag onnxParserFlag)'],
  ['setFlag', 'void(OnnxParserFlag onnxParserFlag)'],
  ['getFlag', 'bool(OnnxParserFlag onnxParserFlag)'],
  ['getLayerOutputTensor', 'ITensor*(string name, int64 i)'],
  ['supportsModelV2', 'bool(void* serializedOnnxModel, size_t serializedOnnxModelSize, string modelPath)'],
  ['getNbSubgraphs', 'int64()'],
  ['isSubgraphSupported', 'bool(int64 index)'],
  ['getSubgraphNodes', 'int64*(int64 index, int64* subgraphLength)'],
  ['loadModelProto', 'bool(void* serializedOnnxModel, size_t serializedOnnxModelSize, string modelPath)'],
  ['loadInitializer', 'bool(string name, void* data, size_t size)'],
  ['parseModelProto', 'bool()'],
  ['setBuilderConfig', 'bool(IBuilderConfig* builderConfig)'],
] as const satisfies ClassTable;
