/** Takes out inputs, outputs and attributes that an operator does not have. */
import type { NodeStatement } from '../../../onnx/text/syntax-tree.ts';
import type { TextChange } from '../../source-text.ts';
import type { CodeActionProvider, CodeActionRequest } from '../code-action.ts';
import { editOf } from '../edits.ts';
import { withoutParts } from '../rewriting/list-entries.ts';
import { fixOf, type Problem, problemsWith } from './problem-place.ts';

const attributeCodes: ReadonlySet<string> = new Set(['onnx.unknown-attribute', 'onnx.duplicate-attribute']);
const inputCodes: ReadonlySet<string> = new Set(['onnx.surplus-input']);

export const surplusArgumentsFix: CodeActionProvider = {
  kinds: ['quickfix'],
  *offer(request) {
    const { document } = request;
    for (const problem of problemsWith(request, attributeCodes)) {
      const { node } = problem;
      const index =
        node?.attributes.findIndex(({ name }) => problem.base + name.start === problem.start) ?? -1;
      if (!node || index < 0) continue;
      const name = node.attributes[index]?.name.name;
      yield fixOf(
        problem,
        `Remove the attribute "${name}"`,
        () => editOf(document, withoutAttribute(request, problem, node, index)),
        problem.code === 'onnx.duplicate-attribute',
      );
    }
    for (const problem of problemsWith(request, inputCodes)) {
      const { node, base, start, end } = problem;
      const first = node?.inputs.findIndex((input) => base + input.start === start) ?? -1;
      const last = node?.inputs.findLastIndex((input) => base + input.end === end) ?? -1;
      if (!node || first < 0 || last !== node.inputs.length - 1) continue;
      const before = node.inputs[first - 1];
      const from = before ? base + before.end : start;
      const title = first === last ? 'Remove the surplus input' : 'Remove the surplus inputs';
      yield fixOf(problem, title, () => editOf(document, [{ start: from, end, text: '' }]));
    }
  },
};

function withoutAttribute(
  { document }: CodeActionRequest,
  { base }: Problem,
  node: NodeStatement,
  removed: number,
): TextChange[] {
  const parts = node.attributes.map(({ start, end }) => ({ start: base + start, end: base + end }));
  const from = base + (node.overload ?? node.operator).end;
  return withoutParts(document.source.text, parts, (index) => index === removed, from);
}
