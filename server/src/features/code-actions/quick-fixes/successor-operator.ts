/** Uses the operator that took the place of one that the opset no longer has, where that is the same computation. */
import { opsetVersion } from '../../../onnx/analysis/functions.ts';
import { normalizedDomain } from '../../../onnx/operators/table.ts';
import type { NodeStatement } from '../../../onnx/text/syntax-tree.ts';
import type { TextChange } from '../../source-text.ts';
import type { CodeActionProvider } from '../code-action.ts';
import { editOf } from '../edits.ts';
import { fixOf, problemsWith } from './problem-place.ts';

const codes: ReadonlySet<string> = new Set(['onnx.deprecated-operator']);

export const successorOperatorFix: CodeActionProvider = {
  kinds: ['quickfix'],
  *offer(request) {
    const { document } = request;
    for (const problem of problemsWith(request, codes)) {
      const { node, base, declaration } = problem;
      if (!node || normalizedDomain(node.domain?.name ?? '') !== '') continue;
      const version = opsetVersion(document.tree, declaration, '') ?? 0;
      const successor = successorOf(node, base, version);
      if (!successor) continue;
      yield fixOf(problem, `Use ${successor.name}`, () => editOf(document, successor.changes));
    }
  },
};

function successorOf(
  node: NodeStatement,
  base: number,
  version: number,
): { readonly name: string; readonly changes: readonly TextChange[] } | undefined {
  const operator = (name: string): TextChange => ({
    start: base + node.operator.start,
    end: base + node.operator.end,
    text: name,
  });
  switch (node.operator.name) {
    case 'Scatter':
      return { name: 'ScatterElements', changes: [operator('ScatterElements')] };
    case 'Upsample': {
      const scales = node.inputs[1];
      // Resize of opset 10 is Upsample under another name; later it has more ways to sample, of which these are Upsample's.
      if (version < 11) return { name: 'Resize', changes: [operator('Resize')] };
      if (!scales) return undefined;
      const sampling = 'coordinate_transformation_mode = "asymmetric", nearest_mode = "floor"';
      const last = node.attributes.at(-1);
      const at = base + (last?.end ?? node.operator.end);
      return {
        name: 'Resize',
        changes: [
          operator('Resize'),
          { start: at, end: at, text: last ? `, ${sampling}` : ` <${sampling}>` },
          { start: base + scales.start, end: base + scales.start, text: ', ' },
        ],
      };
    }
    default:
      return undefined;
  }
}
