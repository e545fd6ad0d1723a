/** Enums of nvinfer1: engines at run time, the log, errors. Numbers of 10.x and 11.x; see `enum-table.ts`. */
import type { EnumTable } from './enum-table.ts';

export const ExecutionContextAllocationStrategy = [
  ['kSTATIC', 0, 0],
  ['kON_PROFILE_CHANGE', 1, 1],
  ['kUSER_MANAGED', 2, 2],
] as const satisfies EnumTable;

export const SerializationFlag = [
  ['kEXCLUDE_WEIGHTS', 0, 0],
  ['kEXCLUDE_LEAN_RUNTIME', 1, 1],
  ['kINCLUDE_REFIT', 2, 2, '10.14'],
] as const satisfies EnumTable;

export const EngineStat = [
  ['kTOTAL_WEIGHTS_SIZE', 0, 0, '10.14'],
  ['kSTRIPPED_WEIGHTS_SIZE', 1, 1, '10.14'],
] as const satisfies EnumTable;

export const TensorIOMode = [
  ['kNONE', 0, 0],
  ['kINPUT', 1, 1],
  ['kOUTPUT', 2, 2],
] as const satisfies EnumTable;

export const LayerInformationFormat = [
  ['kONELINE', 0, 0],
  ['kJSON', 1, 1],
] as const satisfies EnumTable;

export const TempfileControlFlag = [
  ['kALLOW_IN_MEMORY_FILES', 0, 0],
  ['kALLOW_TEMPORARY_FILES', 1, 1],
] as const satisfies EnumTable;

export const WeightsRole = [
  ['kKERNEL', 0, 0],
  ['kBIAS', 1, 1],
  ['kSHIFT', 2, 2],
  ['kSCALE', 3, 3],
  ['kCONSTANT', 4, 4],
  ['kANY', 5, 5],
] as const satisfies EnumTable;

export const SeekPosition = [
  ['kSET', 0, 0, '10.7'],
  ['kCUR', 1, 1, '10.7'],
  ['kEND', 2, 2, '10.7'],
] as const satisfies EnumTable;

export const Severity = [
  ['kINTERNAL_ERROR', 0, 0],
  ['kERROR', 1, 1],
  ['kWARNING', 2, 2],
  ['kINFO', 3, 3],
  ['kVERBOSE', 4, 4],
] as const satisfies EnumTable;

export const ErrorCode = [
  ['kSUCCESS', 0, 0],
  ['kUNSPECIFIED_ERROR', 1, 1],
  ['kINTERNAL_ERROR', 2, 2],
  ['kINVALID_ARGUMENT', 3, 3],
  ['kINVALID_CONFIG', 4, 4],
  ['kFAILED_ALLOCATION', 5, 5],
  ['kFAILED_INITIALIZATION', 6, 6],
  ['kFAILED_EXECUTION', 7, 7],
  ['kFAILED_COMPUTATION', 8, 8],
  ['kINVALID_STATE', 9, 9],
  ['kUNSUPPORTED_STATE', 10, 10],
] as const satisfies EnumTable;

export const APILanguage = [
  ['kCPP', 0, 0],
  ['kPYTHON', 1, 1],
] as const satisfies EnumTable;
