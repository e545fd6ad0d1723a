import { type Judged, type Reviewed, rangeOfPlace } from './judged.ts';

/** `check --format json`; the shape is promised in docs/command-line.md. */
export function jsonReport(results: readonly Judged[]): string {
  return `${JSON.stringify(results.map(element), undefined, 2)}\n`;
}

/** The same where no runtime was asked: `runtime` and `supported` are null, and `errors`, which are TensorRT's, empty. */
export function jsonReviews(results: readonly (Reviewed & { readonly durationMs: number })[]): string {
  const elements = results.map((result) => ({
    file: result.file,
    runtime: null,
    supported: null,
    errors: [],
    problems: problemsOf(result),
    notes: [],
    durationMs: milliseconds(result.durationMs),
  }));
  return `${JSON.stringify(elements, undefined, 2)}\n`;
}

function problemsOf({ file, problems }: Reviewed) {
  return problems.map(({ code, severity, message, range, related }) => ({
    source: 'onnx',
    code,
    severity,
    message,
    location: { file, range },
    related: related.map((place) => ({ message: place.message, location: { file, range: place.range } })),
  }));
}

function milliseconds(duration: number): number {
  return Math.round(duration * 1000) / 1000;
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
    problems: problemsOf(judged),
    notes: verdict.pluginProblems,
    durationMs: milliseconds(verdict.durationMs),
  };
}
