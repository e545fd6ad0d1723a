/** Replaces a misspelt word by the one that the message suggests. */
import { suggestionIn } from '../../../onnx/text/parser/suggestions.ts';
import { identifier, quoted } from '../../../onnx/text/printer/literals.ts';
import type { CodeActionProvider } from '../code-action.ts';
import { editOf } from '../edits.ts';
import { fixOf, problemsWith } from './problem-place.ts';

const codes: ReadonlySet<string> = new Set([
  'onnx.unknown-operator',
  'onnx.unknown-function',
  'onnx.unknown-attribute',
  'onnx.undefined-value',
  'onnx.undefined-output',
  'onnx.attribute-value',
  'onnx.attribute-reference',
  'onnx.syntax.unknown-type',
  'onnx.syntax.unknown-attribute-type',
  'onnx.syntax.unknown-header-key',
]);

export const didYouMeanFix: CodeActionProvider = {
  kinds: ['quickfix'],
  *offer(request) {
    const { document } = request;
    for (const problem of problemsWith(request, codes)) {
      const word = suggestionIn(problem.message);
      if (word === undefined) continue;
      const { start, end } = problem;
      const before = document.source.text.slice(start, end);
      // A reference keeps its `@`, a string its quotes.
      const at = before.startsWith('@') ? 1 : 0;
      const text = problem.code === 'onnx.attribute-value' ? quoted(word) : identifier(word);
      yield fixOf(problem, `Change to "${word}"`, () => editOf(document, [{ start: start + at, end, text }]));
    }
  },
};
