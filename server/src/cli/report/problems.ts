/** What ONNX's own rules find in a model, beside what a TensorRT says of it. */
import { type Diagnostic, DiagnosticSeverity, type Range } from 'vscode-languageserver-types';
import { type AnchoredDiagnostic, diagnosticsOn } from '../../features/diagnostics/anchored-diagnostic.ts';
import { checkDiagnostics, inferenceDiagnostics } from '../../features/diagnostics/checks.ts';
import { combined } from '../../features/diagnostics/combined.ts';
import { externalDataDiagnostics } from '../../features/diagnostics/weights.ts';
import type { OnnxDocument } from '../../features/document.ts';
import { nodeFileAccess } from '../../node/file-access.ts';

export type ProblemSeverity = 'error' | 'warning' | 'information' | 'hint';

export interface ModelProblem {
  /** `onnx.shape-mismatch`: a page of the documentation. */
  readonly code: string;
  readonly severity: ProblemSeverity;
  readonly message: string;
  /** In the model's text form. */
  readonly range: Range;
  readonly related: readonly { readonly message: string; readonly range: Range }[];
}

/** In the order of the text; without those that say what one of the verdict's diagnostics says. */
export function modelProblems(
  document: OnnxDocument,
  findings: readonly AnchoredDiagnostic[],
  verdict: readonly AnchoredDiagnostic[] = [],
): readonly ModelProblem[] {
  const own = combined(findings, verdict).filter((diagnostic) => findings.includes(diagnostic));
  return diagnosticsOn(document, own, true)
    .map(problemOf)
    .sort(
      (a, b) => a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character,
    );
}

/** All rules: names, operators, types and shapes, external data. Infers shapes, which takes a second for 100,000 nodes. */
export function findingsOf(document: OnnxDocument): readonly AnchoredDiagnostic[] {
  return [
    ...checkDiagnostics(document),
    ...inferenceDiagnostics(document),
    ...externalDataDiagnostics(document, nodeFileAccess),
  ];
}

/** What a person or a CI system has to be shown; the rest is advice. */
export function isGrave({ severity }: ModelProblem): boolean {
  return severity === 'error' || severity === 'warning';
}

export function hasErrors(problems: readonly ModelProblem[]): boolean {
  return problems.some(({ severity }) => severity === 'error');
}

function problemOf({ code, severity, message, range, relatedInformation = [] }: Diagnostic): ModelProblem {
  return {
    code: String(code),
    severity: severities[severity ?? DiagnosticSeverity.Error],
    message: typeof message === 'string' ? message : message.value,
    range,
    related: relatedInformation.map((related) => ({
      message: related.message,
      range: related.location.range,
    })),
  };
}

const severities: Readonly<Record<DiagnosticSeverity, ProblemSeverity>> = {
  [DiagnosticSeverity.Error]: 'error',
  [DiagnosticSeverity.Warning]: 'warning',
  [DiagnosticSeverity.Information]: 'information',
  [DiagnosticSeverity.Hint]: 'hint',
};
