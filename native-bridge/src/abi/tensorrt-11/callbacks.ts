/**
 * Interfaces that the caller implements and TensorRT calls.
 * Slots of TensorRT 11, Itanium ABI; see `class-table.ts`.
 */
import type { ClassTable } from '../class-table.ts';

export const ILogger = [
  ['getAPILanguage', 'APILanguage()'],
  ['getInterfaceInfo', 'InterfaceInfo()'],
  ['~ILogger', 'complete destructor'],
  ['~ILogger', 'deleting destructor'],
  ['log', 'void(Severity severity, string msg)'],
] as const satisfies ClassTable;

export const IProfiler = [
  ['getAPILanguage', 'APILanguage()'],
  ['getInterfaceInfo', 'InterfaceInfo()'],
  ['~IProfiler', 'complete destructor'],
  ['~IProfiler', 'deleting destructor'],
  ['reportLayerTime', 'void(string layerName, float ms)'],
] as const satisfies ClassTable;
