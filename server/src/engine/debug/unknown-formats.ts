/** Debug tensors of which nobody knows how they lie in memory: TensorRT tells no format, and there is no reference that would show it. */
import { listedNames } from '../listed-names.ts';
import { layoutsOf } from '../tensor-values/layouts.ts';
import type { DebugCapture, DebugTensor } from './capture.ts';

/** A sentence or two for people, at most once. */
export function unknownFormatNotes({ engine, tensors, precision, asOutputs }: DebugCapture): string[] {
  if (!engine || asOutputs) return [];
  // With the channels last, TensorRT 10.6 handed values over where it computed in float16; in float32 and TF32 they came in rows.
  const isCoarse = precision !== 'float32' && precision !== 'tf32';
  const names = tensors.filter((tensor) => mayLieOtherwise(tensor, isCoarse)).map(({ name }) => name);
  if (names.length === 0) return [];
  return [
    `TensorRT does not say in which format debug tensors come, and without a reference nothing shows it: values of ${listedNames(names, 8)} may lie in that of its kernels, with the channels last, say. Counts and statistics are the same in any order; do not go by the places of values, also in the .npy files, before a comparison (--reference onnxruntime) has shown the format.`,
  ];
}

/** Outputs come in the format that the network says. */
function mayLieOtherwise(
  { isOutput, engine, reference, comparison }: DebugTensor,
  isCoarse: boolean,
): boolean {
  if (isOutput || !engine || (reference && comparison?.verdict !== 'shape')) return false;
  const isWide = /^(float|double|int32|int64|bool)$/.test(engine.type);
  return (isCoarse || !isWide) && layoutsOf(engine.dims).length > 0;
}
