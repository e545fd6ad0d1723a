/** Flags of trtexec that have no key, and why; by their names. */
import type { Availability } from '../versions.ts';

export interface ForeignFlag extends Availability {
  readonly flag: string;
  /** Whether it takes a value. */
  readonly takesValue: boolean;
  /** Why the language has no key for it, and what to do instead. */
  readonly advice: string;
  /** The successor, where the meaning is the same. */
  readonly replacement?:
    | { readonly kind: 'flag'; readonly flag: string }
    /** A memory pool in MiB. */
    | { readonly kind: 'pool'; readonly pool: string }
    /** What it asked for is always so. */
    | { readonly kind: 'implied' };
}

const implied = { kind: 'implied' } as const;

export const foreignFlags: readonly ForeignFlag[] = [
  { flag: '--help', takesValue: false, advice: 'It prints trtexec’s help and is no setting of a build.' },
  { flag: '-h', takesValue: false, advice: 'It prints trtexec’s help and is no setting of a build.' },
  {
    flag: '--tuningResultFile',
    takesValue: true,
    since: '11.1',
    advice: 'trtexec passes it to its own child processes; it is not for users.',
  },
  ...(
    [
      ['--explicitBatch', false, 'Networks always have an explicit batch.', implied],
      ['--explicitPrecision', false, 'Removed in 10.0. Use Q/DQ nodes in the model.', undefined],
      ['--workspace', true, 'Removed in 10.0. Use memPoolSize.', { kind: 'pool', pool: 'workspace' }],
      ['--minTiming', true, 'Removed in 10.0. Use avgTiming.', undefined],
      [
        '--buildOnly',
        false,
        'Removed in 10.0. Use skipInference.',
        { kind: 'flag', flag: '--skipInference' },
      ],
      [
        '--nvtxMode',
        true,
        'Removed in 10.0. Use profilingVerbosity.',
        { kind: 'flag', flag: '--profilingVerbosity' },
      ],
      ['--heuristic', false, 'Removed in 10.0. Use builderOptimizationLevel.', undefined],
      ['--nativeInstanceNorm', false, 'TensorRT’s own InstanceNormalization is the default.', implied],
      ['--ni', false, 'TensorRT’s own InstanceNormalization is the default.', implied],
      ['--maxBatch', true, 'Removed in 9.0. Give the batch as a dimension in profiles.', undefined],
      ['--batch', true, 'Removed in 9.0. Give the batch as a dimension in shapes.', undefined],
      ['--uff', true, 'UFF models are not read any more. Export the model to ONNX.', undefined],
      ['--uffNHWC', false, 'UFF models are not read any more. Export the model to ONNX.', undefined],
      ['--uffInput', true, 'UFF models are not read any more. Export the model to ONNX.', undefined],
      ['--model', true, 'Caffe models are not read any more. Export the model to ONNX.', undefined],
      ['--deploy', true, 'Caffe models are not read any more. Export the model to ONNX.', undefined],
      ['--output', true, 'Removed in 9.0: outputs are those of the ONNX model.', undefined],
    ] as const
  ).map(([flag, takesValue, advice, replacement]) => ({
    flag,
    takesValue,
    advice,
    removedIn: '10.0',
    ...(replacement && { replacement }),
  })),
];
