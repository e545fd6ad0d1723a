/** Problems that show when the text is turned into a model. */
import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver-types';
import { type OnnxDocument, rangeInSegment } from '../document.ts';
import { type AnchoredDiagnostic, anchorOf } from './anchored-diagnostic.ts';
import { onnxDiagnostic } from './diagnostic.ts';

/** The model is what the text shows all the same; something is superfluous, unusual or lost on saving. */
const warnings: ReadonlySet<string> = new Set([
  'onnx.annotation.unknown',
  'onnx.annotation.outdated',
  'onnx.tensor.bool-value',
]);

/** So many problems of one document are shown. */
const shownProblems = 500;

export function modelDiagnostics(document: OnnxDocument): Diagnostic[] {
  return document.model.problems.slice(0, shownProblems).map(({ segment, span, code, message }) => ({
    ...onnxDiagnostic(code, rangeInSegment(document, segment, span), message),
    severity: warnings.has(code) ? DiagnosticSeverity.Warning : DiagnosticSeverity.Error,
  }));
}

/** The same, to stay with their statements while the text around them is edited. */
export function anchoredModelDiagnostics({ tree, model }: OnnxDocument): AnchoredDiagnostic[] {
  return model.problems.slice(0, shownProblems).flatMap((problem) => {
    const { code, message } = problem;
    const anchor = anchorOf(tree, problem);
    const severity = warnings.has(code) ? DiagnosticSeverity.Warning : DiagnosticSeverity.Error;
    return anchor ? [{ anchor, code, message, source: 'ONNX', severity, related: [] }] : [];
  });
}

/** Whether the text means a model that TensorRT can be asked about, or one that can be saved. */
export function isWholeModel(document: OnnxDocument): boolean {
  return document.tree.problemCount === 0 && document.model.problems.every(({ code }) => warnings.has(code));
}
