/**
 * The ONNX parser, its errors, and its refitter.
 * Slots of TensorRT 10, Itanium ABI; see `class-table.ts`.
 */
import type { ClassTable } from '../class-table.ts';

export const IParser = [
  ['parse', 'bool(void* serialized_onnx_model, size_t serialized_onnx_model_size, string model_path)'],
  ['parseFromFile', 'bool(string onnxModelFile, int32 verbosity)'],
  [
    'supportsModel',
    'bool(void* serialized_onnx_model, size_t serialized_onnx_model_size, SubGraphCollection_t* sub_graph_collection, string model_path)',
  ],
  ['parseWithWeightDescriptors', 'bool(void* serialized_onnx_model, size_t serialized_onnx_model_size)'],
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
  [
    'supportsModelV2',
    'bool(void* serializedOnnxModel, size_t serializedOnnxModelSize, string modelPath)',
    '10.1',
  ],
  ['getNbSubgraphs', 'int64()', '10.1'],
  ['isSubgraphSupported', 'bool(int64 index)', '10.1'],
  ['getSubgraphNodes', 'int64*(int64 index, int64* subgraphLength)', '10.1'],
  [
    'loadModelProto',
    'bool(void* serializedOnnxModel, size_t serializedOnnxModelSize, string modelPath)',
    '10.13',
  ],
  ['loadInitializer', 'bool(string name, void* data, size_t size)', '10.13'],
  ['parseModelProto', 'bool()', '10.13'],
  ['setBuilderConfig', 'bool(IBuilderConfig* builderConfig)', '10.15'],
] as const satisfies ClassTable;

export const IParserError = [
  ['code', 'ErrorCode()'],
  ['desc', 'string()'],
  ['file', 'string()'],
  ['line', 'int32()'],
  ['func', 'string()'],
  ['node', 'int32()'],
  ['nodeName', 'string()'],
  ['nodeOperator', 'string()'],
  ['localFunctionStack', 'string*()'],
  ['localFunctionStackSize', 'int32()'],
  ['~IParserError', 'complete destructor'],
  ['~IParserError', 'deleting destructor'],
] as const satisfies ClassTable;

export const IParserRefitter = [
  ['refitFromBytes', 'bool(void* serializedOnnxModel, size_t serializedOnnxModelSize, string modelPath)'],
  ['refitFromFile', 'bool(string onnxModelFile)'],
  ['getNbErrors', 'int32()'],
  ['getError', 'IParserError*(int32 index)'],
  ['clearErrors', 'void()'],
  ['~IParserRefitter', 'complete destructor'],
  ['~IParserRefitter', 'deleting destructor'],
  [
    'loadModelProto',
    'bool(void* serializedOnnxModel, size_t serializedOnnxModelSize, string modelPath)',
    '10.13',
  ],
  ['loadInitializer', 'bool(string name, void* data, size_t size)', '10.13'],
  ['refitModelProto', 'bool()', '10.13'],
] as const satisfies ClassTable;
