/** Weights that are not where the model says they are. */
import { DiagnosticSeverity } from 'vscode-languageserver-types';
import { externalDataProblems } from '../../onnx/binary/external-data.ts';
import type { WeightProblem } from '../../onnx/binary/weightless.ts';
import type { FileAccess } from '../../onnx/model/file-access.ts';
import type { StringEntry } from '../../onnx/model/model.ts';
import type { SyntaxTree, TensorDataSyntax } from '../../onnx/text/syntax-tree.ts';
import { folderOf, type OnnxDocument } from '../document.ts';
import { childrenOf, type Element } from '../elements.ts';
import { type AnchoredDiagnostic, anchorOf } from './anchored-diagnostic.ts';

type ExternalDataSyntax = Extract<TensorDataSyntax, { kind: 'external' }>;

/** External data that its files do not hold. Opens the files, and reads nothing of them. */
export function externalDataDiagnostics(document: OnnxDocument, files: FileAccess): AnchoredDiagnostic[] {
  const folder = folderOf(document);
  if (folder === undefined) return [];
  return weightDiagnostics(document.tree, externalDataProblems(document.model.model, files, folder));
}

export function weightDiagnostics(
  tree: SyntaxTree,
  problems: readonly WeightProblem[],
): AnchoredDiagnostic[] {
  if (problems.length === 0) {
    return [];
  }
  const byTensor = new Map<string, WeightProblem[]>();
  for (const problem of problems) {
    const ofName = byTensor.get(problem.tensor);
    if (ofName) ofName.push(problem);
    else byTensor.set(problem.tensor, [problem]);
  }
  const diagnostics: AnchoredDiagnostic[] = [];
  for (const [segment, node] of tree.segments.entries()) {
    visitExternalTensors({ kind: 'segment', node }, (name, data) => {
      // Constants need no names, and graphs inside nodes may use a name again.
      const problem = byTensor.get(name)?.find(({ entries }) => !entries || isSame(entries, data));
      const wrong = problem && data.entries.find(({ key }) => key.name === problem.wrongEntry);
      const anchor = anchorOf(tree, { segment, span: wrong?.value ?? data });
      if (problem && anchor) {
        diagnostics.push({
          anchor,
          code: `onnx.external-data.${problem.code}`,
          message: problem.message,
          source: 'ONNX',
          severity: DiagnosticSeverity.Error,
          related: [],
        });
      }
    });
  }
  return diagnostics;
}

/** Tensors by reference, with their entries; one in an attribute may have no name. */
function visitExternalTensors(
  element: Element,
  visit: (name: string, data: ExternalDataSyntax) => void,
): void {
  const holder = tensorOf(element);
  if (holder?.data?.kind === 'external') {
    visit(holder.name?.name ?? '', holder.data);
  }
  for (const child of childrenOf(element)) {
    visitExternalTensors(child, visit);
  }
}

function isSame(entries: readonly StringEntry[], data: ExternalDataSyntax): boolean {
  return (
    entries.length === data.entries.length &&
    data.entries.every(({ key, value }, index) => {
      const entry = entries[index];
      return entry?.key === key.name && entry.value === value.name;
    })
  );
}

function tensorOf(element: Element) {
  if (element.kind === 'tensor' || element.kind === 'declaration') {
    return element.node;
  }
  return element.kind === 'segment' && element.node.kind === 'value-declaration' ? element.node : undefined;
}
