import { type Judged, rangeOfPlace } from './judged.ts';

/** `check --format json`; the shape is promised in ARCHITECTURE.md, section CLI. */
export function jsonReport(results: readonly Judged[]): string {
  return `${JSON.stringify(results.map(element), undefined, 2)}\n`;
}

function element(judged: Judged) {
  const { file, runtime, verdict, errors } = judged;
  return {
    file,
    runtime: { id: runtime.id, product: runtime.product, version: runtime.version, mode: runtime.mode },
    supported: verdict.supported,
    errors: errors.map(({ record, explanation, location, domain }) => ({
      code: record.code,
      codeName: record.codeName,
      nodeIndex: record.nodeIndex,
      nodeName: record.nodeName,
      operator: record.operator,
      domain,
      description: record.description,
      localFunctionStack: record.localFunctionStack,
      explanation: `${explanation.explanation} ${explanation.advice}`,
      location: { file, range: rangeOfPlace(judged.document(), location.primary) },
    })),
    durationMs: Math.round(verdict.durationMs * 1000) / 1000,
  };
}
