/**
 * Takes out what no output of the model depends on: nodes, initializers, value infos, functions and opset imports. Inputs and
 * outputs of the model, and of graphs inside nodes, stay: they are what the model's users know it by.
 */
import type { LocalFunction } from '../../../onnx/analysis/functions.ts';
import { functionsOf, modelImports } from '../../../onnx/analysis/functions.ts';
import { readBytes } from '../../../onnx/model/bytes.ts';
import type { FileAccess } from '../../../onnx/model/file-access.ts';
import { encodeUtf8 } from '../../../onnx/model/utf8.ts';
import { normalizedDomain } from '../../../onnx/operators/table.ts';
import type { OpsetImportSyntax, SyntaxTree } from '../../../onnx/text/syntax-tree.ts';
import type { OnnxDocument } from '../../document.ts';
import type { TextChange } from '../../source-text.ts';
import type { ActionResult, CodeActionProvider } from '../code-action.ts';
import { editOf } from '../edits.ts';
import { type LiveBody, type Liveness, livenessOf } from './liveness.ts';
import { brokenText, counted, enumerated } from './phrases.ts';
import { withoutEntries, withoutStatement } from './removal.ts';
import { deadValues, withoutValues } from './value-lists.ts';

const kind = 'source.removeDeadCode.onnx';

export const removeDeadCode: CodeActionProvider = {
  kinds: [kind],
  offer: ({ document, files }) => [
    { id: 'all', title: 'Remove Dead Code', kind, edit: () => withoutDeadCode(document, files) },
  ],
};

interface Removed {
  nodes: number;
  initializers: number;
  valueInfos: number;
  functions: number;
  imports: number;
}

function withoutDeadCode(document: OnnxDocument, files: FileAccess): ActionResult {
  const { tree } = document;
  const broken = brokenText(document);
  if (broken) {
    return broken;
  }
  const text = document.source.text.toString();
  const isUsedElsewhere = namesInFields(document, files);
  const liveness = livenessOf(tree, { ...(isUsedElsewhere && { isUsedElsewhere }) });
  const removed: Removed = { nodes: 0, initializers: 0, valueInfos: 0, functions: 0, imports: 0 };
  const changes = [
    ...liveness.bodies.flatMap((body) => [
      ...withoutDeadNodes(text, body, removed),
      ...withoutDeadValues(text, body, removed),
    ]),
    ...withoutDeadFunctions(text, tree, liveness.functions, removed),
    ...withoutDeadImports(text, tree, liveness, removed),
  ];
  const parts = [
    counted(removed.nodes, 'node'),
    counted(removed.initializers, 'initializer'),
    counted(removed.valueInfos, 'value info'),
    counted(removed.functions, 'function'),
    counted(removed.imports, 'opset import'),
  ].filter((part) => !part.startsWith('0 '));
  const message = parts.length === 0 ? 'There is no dead code.' : `Removed ${enumerated(parts)}.`;
  return editOf(document, changes, message);
}

function withoutDeadNodes(
  text: string,
  { nodes, liveNodes, start }: LiveBody,
  removed: Removed,
): TextChange[] {
  return nodes.flatMap((statement, index) => {
    if (liveNodes.has(statement.node)) {
      return [];
    }
    removed.nodes++;
    return [withoutStatement(text, statement, nodes[index - 1]?.end ?? start)];
  });
}

function withoutDeadValues(text: string, body: LiveBody, removed: Removed): TextChange[] {
  const dead = deadValues(body);
  for (const [index, isDead] of dead.entries()) {
    if (isDead) {
      removed[body.values[index]?.declaration.data ? 'initializers' : 'valueInfos']++;
    }
  }
  return withoutValues(text, body, dead);
}

function withoutDeadFunctions(
  text: string,
  tree: SyntaxTree,
  live: ReadonlySet<LocalFunction>,
  removed: Removed,
): TextChange[] {
  return [...functionsOf(tree).values()].flatMap((found) => {
    const declaration = tree.declarations[found.declaration];
    if (live.has(found) || !declaration) {
      return [];
    }
    removed.functions++;
    const floor = tree.declarations[found.declaration - 1]?.end ?? 0;
    const place = { start: tree.starts[declaration.signature] ?? 0, end: declaration.end };
    return [withoutStatement(text, place, floor)];
  });
}

function withoutDeadImports(
  text: string,
  tree: SyntaxTree,
  { bodies, functions }: Liveness,
  removed: Removed,
): TextChange[] {
  const usedBy = new Map<number, Set<string>>();
  // Functions are operators of the model, and may leave their imports to it.
  const usedByModel = new Set<string>(['', ...[...functions].map(({ domain }) => normalizedDomain(domain))]);
  for (const { declaration, nodes, liveNodes } of bodies) {
    const used = usedBy.get(declaration) ?? new Set();
    usedBy.set(declaration, used);
    for (const { node } of nodes) {
      if (liveNodes.has(node)) {
        const domain = normalizedDomain(node.domain?.name ?? '');
        used.add(domain);
        usedByModel.add(domain);
      }
    }
  }
  const changes: TextChange[] = [];
  const remove = (imports: readonly OpsetImportSyntax[], base: number, used: ReadonlySet<string>) => {
    const dead = imports.map(({ domain }) => !used.has(normalizedDomain(domain.name)));
    const first = imports[0];
    if (first && dead.includes(true) && dead.includes(false)) {
      removed.imports += dead.filter(Boolean).length;
      const places = imports.map(({ start, end }) => ({ start: base + start, end: base + end }));
      changes.push(...withoutEntries(text, places, (index) => dead[index] === true, base + first.start));
    }
  };
  remove(modelImports(tree) ?? [], tree.starts[tree.header ?? 0] ?? 0, usedByModel);
  for (const { signature, declaration } of functions) {
    const value = signature.header.find(({ key }) => key.name === 'opset_import')?.value;
    const base = tree.starts[tree.declarations[declaration]?.signature ?? 0] ?? 0;
    if (value?.kind === 'opset-imports') {
      remove(value.imports, base, usedBy.get(declaration) ?? new Set());
    }
  }
  return changes;
}

/**
 * Fields that the text only carries (quantization annotations, training information, sparse initializers) name values, too. Any
 * name that is in their bytes counts as used. Undefined where there are none.
 */
function namesInFields(document: OnnxDocument, files: FileAccess): ((name: string) => boolean) | undefined {
  const { model } = document.model;
  const fields = [...(model.otherFields ?? []), ...(model.graph?.otherFields ?? [])];
  if (fields.length === 0) {
    return undefined;
  }
  const bytes = fields.map((field) => latin1(readBytes(field, files)));
  return (name) => bytes.some((field) => field.includes(latin1(encodeUtf8(name))));
}

function latin1(bytes: Uint8Array): string {
  return new TextDecoder('latin1').decode(bytes);
}
