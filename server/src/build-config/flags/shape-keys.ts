import { dataTypes, tensorFormats } from './choices.ts';
import type { KeyTable } from './key.ts';

const ioFormats = { kind: 'ioFormats', types: dataTypes, formats: tensorFormats } as const;

export const shapeKeys = {
  profiles: {
    group: 'shapes',
    role: 'build',
    value: { kind: 'profiles' },
    flags: ['--profile', '--minShapes', '--optShapes', '--maxShapes'],
    rtx: 'yes',
    doc: 'Optimization profiles: for each dynamic input the least, the usual and the greatest shape (`images: { min: [1, 3, 224, 224], opt: [8, 3, 224, 224], max: [32, 3, 224, 224] }`), or one shape for all three. For a shape tensor these are its values. `[]` is a scalar.',
    api: 'IOptimizationProfile::setDimensions',
  },
  shapes: {
    group: 'shapes',
    role: 'inference',
    value: { kind: 'shapes' },
    rtx: 'yes',
    doc: 'The shapes that inference runs with, by input. An input that no profile mentions is built for exactly this shape.',
    api: 'IExecutionContext::setInputShape',
    default: 'the `opt` shapes of the profile',
  },
  inputIOFormats: {
    group: 'shapes',
    role: 'build',
    value: ioFormats,
    rtx: 'yes',
    doc: 'Type and memory format of inputs: `fp16:chw16+hwc8`; by name, or as a list in the network’s order, one for each input or a single one for all. TensorRT 11 takes formats only (`chw16`), and the type from the network.',
    api: 'ITensor::setAllowedFormats',
    default: '`fp32:chw`; from 11.0 `chw`',
  },
  outputIOFormats: {
    group: 'shapes',
    role: 'build',
    value: ioFormats,
    rtx: 'yes',
    doc: 'Type and memory format of outputs, as `inputIOFormats`.',
    api: 'ITensor::setAllowedFormats',
    default: '`fp32:chw`; from 11.0 `chw`',
  },
  shapesCalib: {
    group: 'shapes',
    role: 'build',
    value: { kind: 'profile' },
    flags: ['--minShapesCalib', '--optShapesCalib', '--maxShapesCalib'],
    removedIn: '11.0',
    rtx: 'no',
    doc: 'The profile that INT8 calibration runs with, as one of `profiles`.',
    api: 'IBuilderConfig::setCalibrationProfile',
    default: 'the profile that `calibProfile` names',
    deprecated: { instead: 'a model with Q/DQ nodes' },
  },
  calibProfile: {
    group: 'shapes',
    role: 'build',
    value: { kind: 'integer', min: 0 },
    removedIn: '11.0',
    rtx: 'no',
    doc: 'The index of the profile that INT8 calibration runs with.',
    api: 'IBuilderConfig::setCalibrationProfile',
    default: '0',
    deprecated: { instead: 'a model with Q/DQ nodes' },
  },
} as const satisfies KeyTable;
