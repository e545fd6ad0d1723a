/** Gives the second definition of a value a name of its own, and to the uses behind it. */
import { occurrencesOf } from '../../../onnx/analysis/names.ts';
import { identifier } from '../../../onnx/text/printer/literals.ts';
import { positionAt } from '../../source-text.ts';
import type { CodeActionProvider } from '../code-action.ts';
import { editOf } from '../edits.ts';
import { freshName, takenNames } from '../rewriting/fresh-names.ts';
import { fixOf, problemsWith } from './problem-place.ts';

const codes: ReadonlySet<string> = new Set(['onnx.duplicate-value']);

export const duplicateValueFix: CodeActionProvider = {
  kinds: ['quickfix'],
  *offer(request) {
    const { document } = request;
    for (const problem of problemsWith(request, codes)) {
      const { segment, segmentIndex, base, declaration } = problem;
      // Nodes of the graph or function itself: what is behind them in the text is what sees their outputs.
      const output =
        segment.kind === 'node-statement'
          ? segment.outputs.find(({ start }) => base + start === problem.start)
          : undefined;
      if (!output) continue;
      yield fixOf(problem, `Rename this "${output.name}"`, () => {
        const name = freshName(takenNames(document, declaration).values, output.name);
        const text = identifier(name);
        const scope = { declaration, graphs: [] };
        const users = occurrencesOf(document.names, scope, output.name).filter(
          ({ role, segment: at }) => role === 'node-input' && at > segmentIndex,
        );
        const starts = document.tree.starts;
        const changes = [
          { start: problem.start, end: problem.end, text },
          ...users.map(({ segment: at, identifier: { start, end } }) => ({
            start: (starts[at] ?? 0) + start,
            end: (starts[at] ?? 0) + end,
            text,
          })),
        ];
        const result = editOf(document, changes);
        return { ...result, rename: positionAt(document.source, problem.start) };
      });
    }
  },
};
