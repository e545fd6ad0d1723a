/**
 * Tests that do much the same with thousands of models take a part of them, spread evenly, and all with `ONNX_TRT_TEST_ALL=1`. Anything
 * cheap, and what the part could miss, is done with all of them always.
 */
export const takesAll = process.env['ONNX_TRT_TEST_ALL'] === '1';

/** Every `step`-th case. */
export function sample<Case>(cases: readonly Case[], step: number): readonly Case[] {
  return takesAll ? cases : cases.filter((_, index) => index % step === 0);
}
