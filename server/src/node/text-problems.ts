import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver-types';
import { modelDiagnostics } from '../features/diagnostics/model.ts';
import { syntaxDiagnostics } from '../features/diagnostics/syntax.ts';
import type { OnnxDocument } from '../features/document.ts';

/** A text that is no valid ONNX text, with what is wrong with it. */
export class TextProblemsError extends Error {
  override readonly name = 'TextProblemsError';
  readonly file: string;
  readonly document: OnnxDocument;
  readonly problems: readonly Diagnostic[];

  constructor(file: string, document: OnnxDocument, problems: readonly Diagnostic[]) {
    const errors = problems.filter(({ severity }) => severity === DiagnosticSeverity.Error).length;
    super(`${file} has ${errors} error${errors === 1 ? '' : 's'}.`);
    this.file = file;
    this.document = document;
    this.problems = problems;
  }
}

/** Problems of a text; those of its meaning only where its syntax is right. */
export function problemsOf(document: OnnxDocument): readonly Diagnostic[] {
  const syntax = syntaxDiagnostics(document);
  return syntax.length > 0 ? syntax : modelDiagnostics(document);
}
