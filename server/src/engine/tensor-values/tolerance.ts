/**
 * How far two values may lie apart: as numpy.allclose has it, |value − reference| ≤ absolute + relative · |reference|. Sums of products
 * err by a part of what they add up, not of what comes out of it; so `absolute` is a part of the reference's magnitude (the root of its
 * mean square), and small values in a tensor of big ones are not held to their own size.
 */
export interface Tolerance {
  readonly relative: number;
  readonly absolute: number;
}

/** What an engine may compute in, from the finest to the coarsest. */
export const precisions = ['float32', 'tf32', 'float16', 'bfloat16', 'int8', 'float8', 'float4'] as const;
export type Precision = (typeof precisions)[number];

/**
 * Parts of the magnitude and of the value. Unit roundoff is 6e-8 of float32, 5e-4 of TF32 and float16, 4e-3 of bfloat16, 6e-2 of
 * float8e4m3; rounded operands of a long sum and some layers behind each other make ten times that.
 */
const usual: Readonly<Record<Precision, number>> = {
  float32: 1e-4,
  tf32: 5e-3,
  float16: 1e-2,
  bfloat16: 5e-2,
  int8: 0.1,
  float8: 0.25,
  float4: 0.5,
};

/** Of the type that a tensor is stored in. Integers and booleans have none: they agree where they are equal. */
const ofTypes: Readonly<Record<string, Precision>> = {
  float: 'float32',
  double: 'float32',
  float16: 'float16',
  bfloat16: 'bfloat16',
  float8e4m3fn: 'float8',
  float8e4m3fnuz: 'float8',
  float8e5m2: 'float8',
  float8e5m2fnuz: 'float8',
  float8e8m0: 'float8',
  float4e2m1: 'float4',
};

/** BuilderFlag names that let TensorRT compute more coarsely than the network says. */
const ofFlags: Readonly<Record<string, Precision>> = {
  kTF32: 'tf32',
  kFP16: 'float16',
  kBF16: 'bfloat16',
  kINT8: 'int8',
  kFP8: 'float8',
  kINT4: 'int8',
  kFP4: 'float4',
};

/** The coarsest that a build lets TensorRT compute in. */
export function precisionOfFlags(flags: readonly string[]): Precision {
  return coarsest(flags.flatMap((flag) => ofFlags[flag] ?? []));
}

/**
 * For values stored as these types, of a reference of this magnitude, computed in `precision`. `given` replaces both parts, as numbers
 * (not parts of the magnitude).
 */
export function toleranceFor(
  storedAs: readonly string[],
  magnitude: number,
  precision: Precision,
  given?: Tolerance,
): Tolerance {
  if (given) return given;
  const own = storedAs.flatMap((type) => ofTypes[type] ?? []);
  // int8 in an engine is a quantized value: one step more or less is rounding.
  if (own.length === 0)
    return { relative: 0, absolute: storedAs.includes('int8') && precision === 'int8' ? 1 : 0 };
  const part = usual[coarsest([...own, precision])];
  return { relative: part, absolute: part * magnitude };
}

function coarsest(found: readonly Precision[]): Precision {
  return precisions[Math.max(0, ...found.map((precision) => precisions.indexOf(precision)))] ?? 'float32';
}
