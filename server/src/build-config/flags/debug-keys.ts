import type { KeyTable } from './key.ts';

export const debugKeys = {
  markDebug: {
    group: 'debug',
    role: 'build',
    value: { kind: 'names' },
    rtx: 'yes',
    doc: 'Tensors that stay readable in the engine for finding errors, by name.',
    api: 'INetworkDefinition::markDebug',
  },
  markOutputs: {
    group: 'debug',
    role: 'build',
    value: { kind: 'names' },
    flags: [],
    rtx: 'yes',
    doc: 'Tensors that the engine gives out beside the outputs of the model, by name.',
    api: 'INetworkDefinition::markOutput',
  },
  markUnfusedTensorsAsDebugTensors: {
    group: 'debug',
    role: 'build',
    value: { kind: 'boolean' },
    since: '10.12',
    rtx: 'yes',
    doc: 'Makes all tensors readable that fusions leave.',
    api: 'INetworkDefinition::markUnfusedTensorsAsDebugTensors',
  },
  saveDebugTensors: {
    group: 'debug',
    role: 'inference',
    value: { kind: 'pathByName' },
    rtx: 'yes',
    doc: 'Files that the raw values of debug tensors are written to, by tensor.',
    api: 'IExecutionContext::setTensorDebugState',
  },
  saveAllDebugTensors: {
    group: 'debug',
    role: 'inference',
    value: {
      kind: 'choices',
      choices: [
        { name: 'summary', doc: 'Least, greatest and mean values.' },
        { name: 'numpy', doc: '`.npy` files.' },
        { name: 'string', doc: 'Text.' },
        { name: 'raw', doc: 'Raw bytes.' },
      ],
    },
    since: '10.12',
    rtx: 'yes',
    doc: 'Writes all debug tensors to files, in these formats.',
    api: 'IExecutionContext::setUnfusedTensorsDebugState',
  },
} as const satisfies KeyTable;
