/**
 * Plugins: registry, creators, plugin objects.
 * Slots of TensorRT 10, Itanium ABI; see `class-table.ts`.
 */
import type { ClassTable } from '../class-table.ts';

export const IPluginRegistry = [
  ['registerCreator', 'bool(IPluginCreator* creator, string pluginNamespace)'],
  ['getPluginCreatorList', 'IPluginCreator**(int32* numCreators)'],
  ['getPluginCreator', 'IPluginCreator*(string pluginName, string pluginVersion, string pluginNamespace)'],
  ['~IPluginRegistry', 'complete destructor'],
  ['~IPluginRegistry', 'deleting destructor'],
  ['setErrorRecorder', 'void(IErrorRecorder* recorder)'],
  ['getErrorRecorder', 'IErrorRecorder*()'],
  ['deregisterCreator', 'bool(IPluginCreator* creator)'],
  ['isParentSearchEnabled', 'bool()'],
  ['setParentSearchEnabled', 'void(bool enabled)'],
  ['loadLibrary', 'void*(string pluginPath)'],
  ['deregisterLibrary', 'void(void* handle)'],
  [
    'registerCreator(IPluginCreatorInterface&)',
    'bool(IPluginCreatorInterface* creator, string pluginNamespace)',
  ],
  ['getAllCreators', 'IPluginCreatorInterface**(int32* numCreators)'],
  ['getCreator', 'IPluginCreatorInterface*(string pluginName, string pluginVersion, string pluginNamespace)'],
  ['deregisterCreator(IPluginCreatorInterface&)', 'bool(IPluginCreatorInterface* creator)'],
  ['acquirePluginResource', 'IPluginResource*(string key, IPluginResource* resource)'],
  ['releasePluginResource', 'int32(string key)'],
  ['getAllCreatorsRecursive', 'IPluginCreatorInterface**(int32* numCreators)', '10.10'],
] as const satisfies ClassTable;

export const IPluginCreatorInterface = [
  ['getAPILanguage', 'APILanguage()'],
  ['getInterfaceInfo', 'InterfaceInfo()'],
  ['~IPluginCreatorInterface', 'complete destructor'],
  ['~IPluginCreatorInterface', 'deleting destructor'],
] as const satisfies ClassTable;

export const IPluginCreator = [
  ['getAPILanguage', 'APILanguage()'],
  ['getInterfaceInfo', 'InterfaceInfo()'],
  ['~IPluginCreator', 'complete destructor'],
  ['~IPluginCreator', 'deleting destructor'],
  ['getPluginName', 'string()'],
  ['getPluginVersion', 'string()'],
  ['getFieldNames', 'PluginFieldCollection*()'],
  ['createPlugin', 'IPluginV2*(string name, PluginFieldCollection* fc)'],
  ['deserializePlugin', 'IPluginV2*(string name, void* serialData, size_t serialLength)'],
  ['setPluginNamespace', 'void(string pluginNamespace)'],
  ['getPluginNamespace', 'string()'],
] as const satisfies ClassTable;

export const IPluginCreatorV3One = [
  ['getAPILanguage', 'APILanguage()'],
  ['getInterfaceInfo', 'InterfaceInfo()'],
  ['~IPluginCreatorV3One', 'complete destructor'],
  ['~IPluginCreatorV3One', 'deleting destructor'],
  ['createPlugin', 'IPluginV3*(string name, PluginFieldCollection* fc, TensorRTPhase phase)'],
  ['getFieldNames', 'PluginFieldCollection*()'],
  ['getPluginName', 'string()'],
  ['getPluginVersion', 'string()'],
  ['getPluginNamespace', 'string()'],
] as const satisfies ClassTable;

export const IPluginV3 = [
  ['getAPILanguage', 'APILanguage()'],
  ['getInterfaceInfo', 'InterfaceInfo()'],
  ['~IPluginV3', 'complete destructor'],
  ['~IPluginV3', 'deleting destructor'],
  ['getCapabilityInterface', 'IPluginCapability*(PluginCapabilityType type)'],
  ['clone', 'IPluginV3*()'],
] as const satisfies ClassTable;

export const IPluginCapability = [
  ['getAPILanguage', 'APILanguage()'],
  ['getInterfaceInfo', 'InterfaceInfo()'],
  ['~IPluginCapability', 'complete destructor'],
  ['~IPluginCapability', 'deleting destructor'],
] as const satisfies ClassTable;

export const IPluginResource = [
  ['getAPILanguage', 'APILanguage()'],
  ['getInterfaceInfo', 'InterfaceInfo()'],
  ['~IPluginResource', 'complete destructor'],
  ['~IPluginResource', 'deleting destructor'],
  ['release', 'int32()'],
  ['clone', 'IPluginResource*()'],
] as const satisfies ClassTable;
