/** What the checks of ONNX text find (onnx/checks), as diagnostics. */
import { DiagnosticSeverity, DiagnosticTag } from 'vscode-languageserver-types';
import { findingsOn } from '../../onnx/checks/check-tree.ts';
import type { Severity } from '../../onnx/checks/codes.ts';
import type { Finding } from '../../onnx/checks/finding.ts';
import { inferenceFindings } from '../../onnx/checks/inference-findings.ts';
import type { OnnxDocument } from '../document.ts';
import { type AnchoredDiagnostic, anchorOf } from './anchored-diagnostic.ts';

/** So many of one document are shown; the worst ones. */
const shown = 500;

/** Costs little after an edit: only what it touched is looked at. */
export function checkDiagnostics(document: OnnxDocument): AnchoredDiagnostic[] {
  return diagnosticsOf(document, document.checks.findings);
}

/** Infers shapes, which takes a second for 100,000 nodes. */
export function inferenceDiagnostics(document: OnnxDocument): AnchoredDiagnostic[] {
  const { tree, inference } = document;
  return diagnosticsOf(
    document,
    findingsOn(
      tree,
      inferenceFindings(tree, () => document.names, inference),
    ),
  );
}

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

const tags: Readonly<Record<NonNullable<Finding['tag']>, DiagnosticTag>> = {
  unnecessary: DiagnosticTag.Unnecessary,
  deprecated: DiagnosticTag.Deprecated,
};

function diagnosticsOf({ tree }: OnnxDocument, findings: readonly Finding[]): AnchoredDiagnostic[] {
  return worst(findings).flatMap(({ segment, span, code, message, severity, tag, related }) => {
    const anchor = anchorOf(tree, { segment, span });
    return anchor
      ? [
          {
            anchor,
            code,
            message,
            source: 'ONNX',
            severity: severities[severity],
            ...(tag && { tags: [tags[tag]] }),
            related: related.flatMap((place) => {
              const other = anchorOf(tree, place);
              return other ? [{ anchor: other, message: place.message }] : [];
            }),
          },
        ]
      : [];
  });
}

/** In the order of the text; where there are too many, errors rather than hints. */
function worst(findings: readonly Finding[]): readonly Finding[] {
  if (findings.length <= shown) return findings;
  return [...findings].sort((a, b) => severities[a.severity] - severities[b.severity]).slice(0, shown);
}
