/**
 * Interfaces that the caller implements and TensorRT calls.
 * Slots of TensorRT 10, Itanium ABI; see `class-table.ts`.
 */
import type { ClassTable } from '../class-table.ts';

export const IVersionedInterface = [
  ['getAPILanguage', 'APILanguage()'],
  ['getInterfaceInfo', 'InterfaceInfo()'],
  ['~IVersionedInterface', 'complete destructor'],
  ['~IVersionedInterface', 'deleting destructor'],
] as const satisfies ClassTable;

export const ILogger = [
  ['log', 'void(Severity severity, string msg)'],
  ['~ILogger', 'complete destructor'],
  ['~ILogger', 'deleting destructor'],
] as const satisfies ClassTable;

export const IProfiler = [
  ['reportLayerTime', 'void(string layerName, float ms)'],
  ['~IProfiler', 'complete destructor'],
  ['~IProfiler', 'deleting destructor'],
] as const satisfies ClassTable;

export const IProgressMonitor = [
  ['getAPILanguage', 'APILanguage()'],
  ['getInterfaceInfo', 'InterfaceInfo()'],
  ['~IProgressMonitor', 'complete destructor'],
  ['~IProgressMonitor', 'deleting destructor'],
  ['phaseStart', 'void(string phaseName, string parentPhase, int32 nbSteps)'],
  ['stepComplete', 'bool(string phaseName, int32 step)'],
  ['phaseFinish', 'void(string phaseName)'],
] as const satisfies ClassTable;

export const IDebugListener = [
  ['getAPILanguage', 'APILanguage()'],
  ['getInterfaceInfo', 'InterfaceInfo()'],
  ['~IDebugListener', 'complete destructor'],
  ['~IDebugListener', 'deleting destructor'],
  [
    'processDebugTensor',
    'bool(void* addr, TensorLocation location, DataType type, Dims* shape, string name, cudaStream_t stream)',
  ],
] as const satisfies ClassTable;

/** Not in 11.x any more, where nothing asks for it. */
export const IInt8EntropyCalibrator2 = [
  ['getAPILanguage', 'APILanguage()'],
  ['getInterfaceInfo', 'InterfaceInfo()'],
  ['~IInt8EntropyCalibrator2', 'complete destructor'],
  ['~IInt8EntropyCalibrator2', 'deleting destructor'],
  ['getBatchSize', 'int32()'],
  ['getBatch', 'bool(void** bindings, string* names, int32 nbBindings)'],
  ['readCalibrationCache', 'void*(size_t* length)'],
  ['writeCalibrationCache', 'void(void* ptr, size_t length)'],
  ['getAlgorithm', 'CalibrationAlgoType()'],
] as const satisfies ClassTable;

export const IErrorRecorder = [
  ['getAPILanguage', 'APILanguage()'],
  ['getInterfaceInfo', 'InterfaceInfo()'],
  ['~IErrorRecorder', 'complete destructor'],
  ['~IErrorRecorder', 'deleting destructor'],
  ['getNbErrors', 'int32()'],
  ['getErrorCode', 'ErrorCode(int32 errorIdx)'],
  ['getErrorDesc', 'string(int32 errorIdx)'],
  ['hasOverflowed', 'bool()'],
  ['clear', 'void()'],
  ['reportError', 'bool(ErrorCode val, string desc)'],
  ['incRefCount', 'int32()'],
  ['decRefCount', 'int32()'],
] as const satisfies ClassTable;

export const IOutputAllocator = [
  ['getAPILanguage', 'APILanguage()'],
  ['getInterfaceInfo', 'InterfaceInfo()'],
  ['~IOutputAllocator', 'complete destructor'],
  ['~IOutputAllocator', 'deleting destructor'],
  ['reallocateOutput', 'void*(string tensorName, void* currentMemory, uint64 size, uint64 alignment)'],
  [
    'reallocateOutputAsync',
    'void*(string tensorName, void* currentMemory, uint64 size, uint64 alignment, cudaStream_t stream)',
  ],
  ['notifyShape', 'void(string tensorName, Dims* dims)'],
] as const satisfies ClassTable;

export const IGpuAllocator = [
  ['getAPILanguage', 'APILanguage()'],
  ['getInterfaceInfo', 'InterfaceInfo()'],
  ['~IGpuAllocator', 'complete destructor'],
  ['~IGpuAllocator', 'deleting destructor'],
  ['allocate', 'void*(uint64 size, uint64 alignment, AllocatorFlags flags)'],
  ['reallocate', 'void*(void* baseAddress, uint64 alignment, uint64 newSize)'],
  ['deallocate', 'bool(void* memory)'],
  ['allocateAsync', 'void*(uint64 size, uint64 alignment, AllocatorFlags flags, cudaStream_t stream)'],
  ['deallocateAsync', 'bool(void* memory, cudaStream_t stream)'],
] as const satisfies ClassTable;

export const IStreamReaderV2 = [
  ['getAPILanguage', 'APILanguage()', '10.7'],
  ['getInterfaceInfo', 'InterfaceInfo()', '10.7'],
  ['~IStreamReaderV2', 'complete destructor'],
  ['~IStreamReaderV2', 'deleting destructor'],
  ['read', 'int64(void* destination, int64 nbBytes, cudaStream_t stream)', '10.7'],
  ['seek', 'bool(int64 offset, SeekPosition where)', '10.7'],
] as const satisfies ClassTable;

export const IStreamWriter = [
  ['getAPILanguage', 'APILanguage()', '10.13'],
  ['getInterfaceInfo', 'InterfaceInfo()', '10.13'],
  ['~IStreamWriter', 'complete destructor'],
  ['~IStreamWriter', 'deleting destructor'],
  ['write', 'int64(void* data, int64 nbBytes)', '10.13'],
] as const satisfies ClassTable;
