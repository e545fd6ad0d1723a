/** Words that several keys take. */
import type { Choice } from './key.ts';

/** Types as trtexec writes them: of layers with weak typing, and of inputs and outputs before TensorRT 11. */
export const dataTypes = [
  { name: 'fp32', doc: '32-bit floating point.', api: 'DataType::kFLOAT' },
  { name: 'fp16', doc: '16-bit floating point.', api: 'DataType::kHALF' },
  { name: 'bf16', doc: 'bfloat16.', api: 'DataType::kBF16' },
  { name: 'int8', doc: '8-bit integers.', api: 'DataType::kINT8' },
  { name: 'fp8', doc: '8-bit floating point (E4M3).', api: 'DataType::kFP8' },
  { name: 'int32', doc: '32-bit integers.', api: 'DataType::kINT32' },
  { name: 'int64', doc: '64-bit integers.', api: 'DataType::kINT64' },
  { name: 'bool', doc: 'Booleans.', api: 'DataType::kBOOL' },
  { name: 'uint8', doc: 'Unsigned 8-bit integers.', api: 'DataType::kUINT8' },
  { name: 'int4', doc: '4-bit integers.', api: 'DataType::kINT4', since: '10.1' },
] as const satisfies readonly Choice[];

export const tensorFormats = [
  { name: 'chw', doc: 'Row-major linear, the layout of ONNX.', api: 'TensorFormat::kLINEAR' },
  { name: 'chw2', doc: 'Channels in groups of 2 (fp16).', api: 'TensorFormat::kCHW2' },
  { name: 'hwc8', doc: 'Channels last, padded to 8.', api: 'TensorFormat::kHWC8' },
  { name: 'chw4', doc: 'Channels in groups of 4.', api: 'TensorFormat::kCHW4' },
  { name: 'chw16', doc: 'Channels in groups of 16.', api: 'TensorFormat::kCHW16' },
  { name: 'chw32', doc: 'Channels in groups of 32.', api: 'TensorFormat::kCHW32' },
  { name: 'dhwc8', doc: 'Three-dimensional, channels last, padded to 8.', api: 'TensorFormat::kDHWC8' },
  { name: 'cdhw32', doc: 'Three-dimensional, channels in groups of 32.', api: 'TensorFormat::kCDHW32' },
  { name: 'hwc', doc: 'Channels last.', api: 'TensorFormat::kHWC' },
  { name: 'dla_linear', doc: 'DLA’s linear layout.', api: 'TensorFormat::kDLA_LINEAR' },
  { name: 'dla_hwc4', doc: 'DLA’s image layout with 4 channels.', api: 'TensorFormat::kDLA_HWC4' },
  { name: 'hwc16', doc: 'Channels last, padded to 16.', api: 'TensorFormat::kHWC16' },
  { name: 'dhwc', doc: 'Three-dimensional, channels last.', api: 'TensorFormat::kDHWC' },
] as const satisfies readonly Choice[];
