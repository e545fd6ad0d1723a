import type { ClassTable, Row } from './class-table.ts';
import { tensorrt11 } from './tensorrt-11/index.ts';

interface Edit {
  readonly removed: readonly string[];
  readonly appended: readonly Row[];
}

/** What TensorRT for RTX 1.x has otherwise than TensorRT 11.1. */
export const tensorrtRtxEdits = {
  VBuilder: { removed: ['buildEngineWithConfig', 'buildSerializedNetworkWithKernelText'], appended: [] },
  VBuilderConfig: {
    removed: [
      'setRemoteAutoTuningConfig',
      'getRemoteAutoTuningConfig',
      'setBuildRoute',
      'getBuildRoute',
      'getAllBuildRoutes',
    ],
    appended: [
      ['setNbComputeCapabilities', 'bool(int32 maxNbComputeCapabilities)'],
      ['getNbComputeCapabilities', 'int32()'],
      ['setComputeCapability', 'bool(ComputeCapability computeCapability, int32 index)'],
      ['getComputeCapability', 'ComputeCapability(int32 index)'],
    ],
  },
  // RTX appends addSqueezeV2 at slot 87; nothing here calls it and its arguments are not published.
  VNetworkDefinition: { removed: ['addPluginV2', 'addPluginV3'], appended: [] },
  VTensor: {
    removed: ['setBroadcastAcrossBatch', 'getBroadcastAcrossBatch', 'getLocation', 'setLocation'],
    appended: [],
  },
  VExecutionContext: {
    removed: ['setCommunicator'],
    appended: [['isStreamCapturable', 'bool(cudaStream_t stream)']],
  },
} as const satisfies Partial<Record<keyof typeof tensorrt11, Edit>>;

/** All classes of TensorRT for RTX 1.x. */
export const tensorrtRtx1: Readonly<Record<keyof typeof tensorrt11, ClassTable>> = {
  ...tensorrt11,
  VBuilder: edited('VBuilder'),
  VBuilderConfig: edited('VBuilderConfig'),
  VNetworkDefinition: edited('VNetworkDefinition'),
  VTensor: edited('VTensor'),
  VExecutionContext: edited('VExecutionContext'),
};

function edited(className: keyof typeof tensorrtRtxEdits): ClassTable {
  const table: ClassTable = tensorrt11[className];
  const { removed, appended }: Edit = tensorrtRtxEdits[className];
  return [...table.filter(([name]) => !removed.includes(name)), ...appended];
}
