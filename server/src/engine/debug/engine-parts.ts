/** What people are told of a capture whose debug tensors TensorRT did not mark in one engine. */
import type { EngineParts } from './capture.ts';

/** A sentence each. `runtime`: `TensorRT 10.6.0`. */
export function splitNotes(
  { builds, wanted, reason, engines, leftOut }: EngineParts,
  runtime: string,
): string[] {
  const several =
    engines.length === 1
      ? 'an engine with some of them was built'
      : `${engines.length} engines were built, each with some of them`;
  const fusions =
    engines.length === 1
      ? ''
      : ' What TensorRT fuses, and with it how values are rounded, may differ between these engines.';
  return [
    `${runtime} does not mark all ${wanted} debug tensors in one engine, so ${several} (${builds} builds in all).${fusions}`,
    `Why not in one: ${reason}`,
    ...leftOutNotes(leftOut),
  ];
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
  const most = 20;
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}
