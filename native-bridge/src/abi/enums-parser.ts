/** Enums of nvonnxparser: the same numbers in every version since 10.0; see `enum-table.ts`. */
import type { EnumTable } from './enum-table.ts';

export const OnnxParserFlag = [
  ['kNATIVE_INSTANCENORM', 0, 0],
  ['kENABLE_UINT8_AND_ASYMMETRIC_QUANTIZATION_DLA', 1, 1, '10.11'],
  ['kREPORT_CAPABILITY_DLA', 2, 2, '10.15'],
  ['kENABLE_PLUGIN_OVERRIDE', 3, 3, '10.15'],
  ['kADJUST_FOR_DLA', 4, 4, '10.16'],
] as const satisfies EnumTable;

/** nvonnxparser::ErrorCode, which is not nvinfer1::ErrorCode. */
export const ParserErrorCode = [
  ['kSUCCESS', 0, 0],
  ['kINTERNAL_ERROR', 1, 1],
  ['kMEM_ALLOC_FAILED', 2, 2],
  ['kMODEL_DESERIALIZE_FAILED', 3, 3],
  ['kINVALID_VALUE', 4, 4],
  ['kINVALID_GRAPH', 5, 5],
  ['kINVALID_NODE', 6, 6],
  ['kUNSUPPORTED_GRAPH', 7, 7],
  ['kUNSUPPORTED_NODE', 8, 8],
  ['kUNSUPPORTED_NODE_ATTR', 9, 9],
  ['kUNSUPPORTED_NODE_INPUT', 10, 10],
  ['kUNSUPPORTED_NODE_DATATYPE', 11, 11],
  ['kUNSUPPORTED_NODE_DYNAMIC', 12, 12],
  ['kUNSUPPORTED_NODE_SHAPE', 13, 13],
  ['kREFIT_FAILED', 14, 14],
] as const satisfies EnumTable;
