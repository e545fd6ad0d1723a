import type { KeyTable } from './key.ts';

/** How the ONNX parser reads the model. */
export const parserKeys = {
  pluginInstanceNorm: {
    group: 'parser',
    role: 'build',
    value: { kind: 'boolean' },
    aliases: ['--pi'],
    rtx: 'no',
    doc: 'Uses a plugin for InstanceNormalization instead of TensorRT’s own layer. Not with version- or hardware-compatible engines.',
    api: 'OnnxParserFlag::kNATIVE_INSTANCENORM (cleared)',
  },
  uint8AsymmetricQuantizationDLA: {
    group: 'parser',
    role: 'build',
    value: { kind: 'boolean' },
    since: '10.11',
    rtx: 'no',
    doc: 'Takes UINT8 as a type of quantized tensors and zero points as they are. DLA software 3.16 and newer; needs `useDLACore`.',
    api: 'OnnxParserFlag::kENABLE_UINT8_AND_ASYMMETRIC_QUANTIZATION_DLA',
  },
  reportCapabilityDLA: {
    group: 'parser',
    role: 'report',
    value: { kind: 'boolean' },
    since: '10.16',
    rtx: 'no',
    doc: 'Reports what of the model DLA can run. Needs `useDLACore`.',
    api: 'OnnxParserFlag::kREPORT_CAPABILITY_DLA',
  },
  enablePluginOverride: {
    group: 'parser',
    role: 'build',
    value: { kind: 'boolean' },
    since: '10.15',
    rtx: 'no',
    doc: 'Uses a plugin in place of a standard operator where one of that name is registered.',
    api: 'OnnxParserFlag::kENABLE_PLUGIN_OVERRIDE',
  },
  adjustForDLA: {
    group: 'parser',
    role: 'build',
    value: { kind: 'boolean' },
    since: '10.16',
    rtx: 'no',
    doc: 'Reads the model in the form that suits DLA best.',
    api: 'OnnxParserFlag::kADJUST_FOR_DLA',
  },
} as const satisfies KeyTable;
