/** Enums of nvinfer1: what a build is configured with. Numbers of 10.x and 11.x; see `enum-table.ts`. */
import type { EnumTable } from './enum-table.ts';

export const BuilderFlag = [
  ['kFP16', 0, null],
  ['kINT8', 1, null],
  ['kDEBUG', 2, 2],
  ['kGPU_FALLBACK', 3, 3],
  ['kREFIT', 4, 4],
  ['kDISABLE_TIMING_CACHE', 5, 5],
  ['kTF32', 6, 6],
  ['kSPARSE_WEIGHTS', 7, 7],
  ['kSAFETY_SCOPE', 8, 8],
  ['kOBEY_PRECISION_CONSTRAINTS', 9, null],
  ['kPREFER_PRECISION_CONSTRAINTS', 10, null],
  ['kDIRECT_IO', 11, 11],
  ['kREJECT_EMPTY_ALGORITHMS', 12, null],
  ['kVERSION_COMPATIBLE', 13, 12],
  ['kEXCLUDE_LEAN_RUNTIME', 14, 13],
  ['kFP8', 15, null],
  ['kERROR_ON_TIMING_CACHE_MISS', 16, 15],
  ['kBF16', 17, null],
  ['kDISABLE_COMPILATION_CACHE', 18, 17],
  ['kSTRIP_PLAN', 19, 18],
  ['kREFIT_IDENTICAL', 20, 19],
  ['kWEIGHT_STREAMING', 21, 20],
  ['kINT4', 22, null, '10.1'],
  ['kREFIT_INDIVIDUAL', 23, 22, '10.2'],
  ['kSTRICT_NANS', 24, 23, '10.6'],
  ['kMONITOR_MEMORY', 25, 24, '10.6'],
  ['kFP4', 26, null, '10.8'],
  ['kEDITABLE_TIMING_CACHE', 27, 26, '10.8'],
  ['kDISTRIBUTIVE_INDEPENDENCE', 28, 27, '10.12'],
] as const satisfies EnumTable;

export const EngineCapability = [
  ['kSTANDARD', 0, 0],
  ['kSAFETY', 1, 1],
  ['kDLA_STANDALONE', 2, 2],
] as const satisfies EnumTable;

export const NetworkDefinitionCreationFlag = [
  ['kEXPLICIT_BATCH', 0, null],
  ['kSTRONGLY_TYPED', 1, 0],
  ['kPREFER_JIT_PYTHON_PLUGINS', 2, 1, '10.9'],
  ['kPREFER_AOT_PYTHON_PLUGINS', 3, 2, '10.9'],
] as const satisfies EnumTable;

export const MemoryPoolType = [
  ['kWORKSPACE', 0, 0],
  ['kDLA_MANAGED_SRAM', 1, 1],
  ['kDLA_LOCAL_DRAM', 2, 2],
  ['kDLA_GLOBAL_DRAM', 3, 3],
  ['kTACTIC_DRAM', 4, 4],
  ['kTACTIC_SHARED_MEMORY', 5, 5],
] as const satisfies EnumTable;

export const PreviewFeature = [
  ['kPROFILE_SHARING_0806', 0, null],
  ['kALIASED_PLUGIN_IO_10_03', 1, 0, '10.3'],
  ['kRUNTIME_ACTIVATION_RESIZE_10_10', 2, 1, '10.10'],
  ['kMULTIDEVICE_RUNTIME_10_16', 3, null, '10.16'],
] as const satisfies EnumTable;

export const QuantizationFlag = [['kCALIBRATE_BEFORE_FUSION', 0, null]] as const satisfies EnumTable;

export const HardwareCompatibilityLevel = [
  ['kNONE', 0, 0],
  ['kAMPERE_PLUS', 1, 1],
  ['kSAME_COMPUTE_CAPABILITY', 2, 2, '10.9'],
] as const satisfies EnumTable;

export const RuntimePlatform = [
  ['kSAME_AS_BUILD', 0, 0, '10.2'],
  ['kWINDOWS_AMD64', 1, 1, '10.2'],
] as const satisfies EnumTable;

export const TilingOptimizationLevel = [
  ['kNONE', 0, 0, '10.8'],
  ['kFAST', 1, 1, '10.8'],
  ['kMODERATE', 2, 2, '10.8'],
  ['kFULL', 3, 3, '10.8'],
] as const satisfies EnumTable;

export const TacticSource = [
  ['kCUBLAS', 0, null],
  ['kCUBLAS_LT', 1, null],
  ['kCUDNN', 2, null],
  ['kEDGE_MASK_CONVOLUTIONS', 3, 0],
  ['kJIT_CONVOLUTIONS', 4, 1],
] as const satisfies EnumTable;

export const ProfilingVerbosity = [
  ['kLAYER_NAMES_ONLY', 0, 0],
  ['kNONE', 1, 1],
  ['kDETAILED', 2, 2],
] as const satisfies EnumTable;

/** TensorRT for RTX only. */
export const ComputeCapability = [
  ['kNONE', null, 0],
  ['kCURRENT', null, 1],
  ['kSM75', null, 75],
  ['kSM80', null, 80],
  ['kSM86', null, 86],
  ['kSM89', null, 89],
  ['kSM120', null, 120],
  ['kSM121', null, 121],
] as const satisfies EnumTable;

/** nvinfer1::CalibrationAlgoType. */
export const CalibrationAlgoType = [['kENTROPY_CALIBRATION_2', 2, null]] as const satisfies EnumTable;

export const DeviceType = [
  ['kGPU', 0, 0],
  ['kDLA', 1, 1],
] as const satisfies EnumTable;

export const OptProfileSelector = [
  ['kMIN', 0, 0],
  ['kOPT', 1, 1],
  ['kMAX', 2, 2],
] as const satisfies EnumTable;
