/** States the type that follows from the nodes in place of another one that was declared. */
import { occurrencesOf } from '../../../onnx/analysis/names.ts';
import type { Problem as InferenceProblem } from '../../../onnx/inference/problem.ts';
import type { OnnxDocument } from '../../document.ts';
import type { TextChange } from '../../source-text.ts';
import type { CodeActionProvider } from '../code-action.ts';
import { refused } from '../code-action.ts';
import { editOf } from '../edits.ts';
import { bodyAround, fixOf, type Problem, problemsWith } from './problem-place.ts';

const codes: ReadonlySet<string> = new Set(['onnx.type-mismatch', 'onnx.shape-mismatch']);

export const declaredTypeFix: CodeActionProvider = {
  kinds: ['quickfix'],
  *offer(request) {
    const { document } = request;
    for (const problem of problemsWith(request, codes)) {
      const output = problem.node?.outputs.find(({ start }) => problem.base + start === problem.start);
      if (!output || !problem.message.includes('declared')) continue;
      const { name } = output;
      yield fixOf(problem, `Declare the type of "${name}" as inferred`, () => {
        const type = inferredType(document, problem, name);
        const changes = type === undefined ? [] : declarations(request, problem, name, type);
        return changes.length > 0
          ? editOf(document, changes)
          : refused(
              `The type of '${name}' cannot be written in its declaration; please state what you know of it.`,
            );
      });
    }
  },
};

/** What inference found before the declaration overruled it. */
function inferredType(document: OnnxDocument, { message }: Problem, name: string): string | undefined {
  const isIt = (problem: InferenceProblem) =>
    problem.message === message && problem.sides.some((side) => side.role === 'output' && side.name === name);
  const [side] = document.inference.problems().find(isIt)?.sides ?? [];
  const [, element, dims] = /^([a-z0-9]+)(?:\[([^()]*)\])?$/.exec(side?.text ?? '') ?? [];
  if (element === undefined) return undefined;
  if (dims === undefined || dims === '') return dims === undefined ? element : `${element}[]`;
  // An expression cannot stand in a declaration.
  const parts = dims.split(', ').map((dim) => (/^(?:\d+|[A-Za-z_]\w*)$/.test(dim) ? dim : '?'));
  return `${element}[${parts.join(', ')}]`;
}

function declarations(
  request: { readonly document: OnnxDocument },
  problem: Problem,
  name: string,
  text: string,
): TextChange[] {
  const { document } = request;
  const { scope } = bodyAround(request, problem);
  return occurrencesOf(document.names, scope, name, problem.segmentIndex).flatMap(
    ({ owner, segment, role }) => {
      const isDeclared = role === 'output' || role === 'value-info';
      if (!isDeclared || owner.kind !== 'value-declaration' || !owner.type) return [];
      const base = document.tree.starts[segment] ?? 0;
      return [{ start: base + owner.type.start, end: base + owner.type.end, text }];
    },
  );
}
