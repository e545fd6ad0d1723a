import { type Diagnostic, DiagnosticSeverity, type Range } from 'vscode-languageserver-types';

/** An error of the ONNX language itself, with a stable code. */
export function onnxDiagnostic(code: string, range: Range, message: string): Diagnostic {
  return { source: 'ONNX', code, range, message, severity: DiagnosticSeverity.Error };
}

/** With a link to the documentation page of its code, `docs/diagnostics/CODE.md` under the folder that the host names. */
export function withDocumentation(diagnostic: Diagnostic, docsFolderUri: string | undefined): Diagnostic {
  return docsFolderUri === undefined || typeof diagnostic.code !== 'string'
    ? diagnostic
    : { ...diagnostic, codeDescription: { href: `${docsFolderUri}/${diagnostic.code}.md` } };
}
