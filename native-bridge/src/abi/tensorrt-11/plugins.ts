/**
 * Plugins: registry, creators, plugin objects.
 * Slots of TensorRT 11, Itanium ABI; see `class-table.ts`.
 */
import type { ClassTable } from '../class-table.ts';

export const IPluginRegistry = [
  ['~IPluginRegistry', 'complete destructor'],
  ['~IPluginRegistry', 'deleting destructor'],
  ['setErrorRecorder', 'void(IErrorRecorder* recorder)'],
  ['getErrorRecorder', 'IErrorRecorder*()'],
  ['isParentSearchEnabled', 'bool()'],
  ['setParentSearchEnabled', 'void(bool enabled)'],
  ['loadLibrary', 'void*(string pluginPath)'],
  ['deregisterLibrary', 'void(void* handle)'],
  ['registerCreator', 'bool(IPluginCreatorInterface* creator, string pluginNamespace)'],
  ['getAllCreators', 'IPluginCreatorInterface**(int32* numCreators)'],
  ['getCreator', 'IPluginCreatorInterface*(string pluginName, string pluginVersion, string pluginNamespace)'],
  ['deregisterCreator', 'bool(IPluginCreatorInterface* creator)'],
  ['acquirePluginResource', 'IPluginResource*(string key, IPluginResource* resource)'],
  ['releasePluginResource', 'int32(string key)'],
  ['getAllCreatorsRecursive', 'IPluginCreatorInterface**(int32* numCreators)'],
] as const satisfies ClassTable;
