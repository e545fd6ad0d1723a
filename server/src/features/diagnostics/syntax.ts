/** Problems of the text itself. */
import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver-types';
import { indicesOf } from '../../onnx/analysis/segment-indices.ts';
import { type OnnxDocument, rangeInSegment } from '../document.ts';
import { onnxDiagnostic } from './diagnostic.ts';

/** So many problems of one document are shown; the last one then says how many there are. */
const shownProblems = 500;

export function syntaxDiagnostics(document: OnnxDocument): Diagnostic[] {
  const { tree } = document;
  const diagnostics: Diagnostic[] = [];
  if (tree.problemCount === 0) {
    return diagnostics;
  }
  for (const segment of brokenSegments(document)) {
    for (const problem of tree.segments[segment]?.problems ?? []) {
      if (diagnostics.length === shownProblems) {
        diagnostics.push({
          ...onnxDiagnostic(
            'onnx.syntax.more-problems',
            rangeInSegment(document, segment, problem),
            `${tree.problemCount} syntax problems in all; from here on they are not shown. Is this ONNX text?`,
          ),
          severity: DiagnosticSeverity.Information,
        });
        return diagnostics;
      }
      diagnostics.push(
        onnxDiagnostic(problem.code, rangeInSegment(document, segment, problem), problem.message),
      );
    }
  }
  return diagnostics;
}

/** Those that may have problems, in order: all, where nobody has checked the text yet. */
function brokenSegments({ tree, work }: OnnxDocument): Iterable<number> {
  const checks = work.checks.ready;
  return checks
    ? [...indicesOf(tree, checks.state.statements.broken).values()].sort((a, b) => a - b)
    : tree.segments.keys();
}
