/** What people are told of a capture whose debug tensors TensorRT did not mark in one engine. */
import { listedNames } from '../listed-names.ts';
import type { EngineParts } from './capture.ts';

/** A sentence each. `runtime`: `TensorRT 10.6.0`. */
export function splitNotes(
  { builds, wanted, reason, engines, leftOut }: EngineParts,
  runtime: string,
  asOutputs: boolean,
): string[] {
  if (asOutputs && engines.length === 1 && leftOut.length === 0) {
    const are = wanted === 1 ? 'it is an output' : 'they are outputs';
    return [
      `${runtime} does not mark ${allOf(wanted, 'debug tensor')} in one engine, so ${are} of the engine instead (${builds} builds in all). Nothing is fused over an output, so values may be rounded otherwise than without.`,
      `Why not as ${wanted === 1 ? 'a debug tensor' : 'debug tensors'}: ${reason}`,
    ];
  }
  const several =
    engines.length === 1
      ? 'an engine with some of them was built'
      : `${engines.length} engines were built, each with some of them`;
  const fusions =
    engines.length === 1
      ? ''
      : ' What TensorRT fuses, and with it how values are rounded, may differ between these engines.';
  return [
    `${runtime} does not mark ${allOf(wanted, asOutputs ? 'output' : 'debug tensor')} in one engine, so ${several} (${builds} builds in all).${fusions}`,
    `Why not in one: ${reason}`,
    ...leftOutNotes(leftOut),
  ];
}

/** What was marked, and did not come out of any engine, whose build had no mistake to tell; a sentence at most. */
export function missingNotes(
  wanted: readonly string[],
  came: ReadonlySet<string>,
  leftOut: EngineParts['leftOut'],
): string[] {
  const told = new Set(leftOut.map(({ tensor }) => tensor));
  const missing = wanted.filter((name) => !came.has(name) && !told.has(name));
  return missing.length === 0
    ? []
    : [
        `${listed(missing)} did not come out of the engine: TensorRT has no such ${missing.length === 1 ? 'tensor' : 'tensors'} in its network, since it computes what is constant before, or does not mark ${missing.length === 1 ? 'it' : 'them'}.`,
      ];
}

/** `the output`, `both outputs`, `all 5 outputs`. */
function allOf(count: number, noun: string): string {
  return count === 1 ? `the ${noun}` : `${count === 2 ? 'both' : `all ${count}`} ${noun}s`;
}

/** Those with the same reason together. */
function leftOutNotes(leftOut: EngineParts['leftOut']): string[] {
  const byReason = new Map<string, string[]>();
  for (const { tensor, reason } of leftOut) {
    byReason.set(reason, [...(byReason.get(reason) ?? []), tensor]);
  }
  return [...byReason].map(
    ([reason, tensors]) => `${listed(tensors)} ${tensors.length === 1 ? 'is' : 'are'} left out: ${reason}`,
  );
}

function listed(names: readonly string[]): string {
  return listedNames(names, 20);
}
