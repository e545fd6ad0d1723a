/** States an IR version that is high enough for what the model has. */

import { entryOf } from '../../../onnx/checks/header.ts';
import { leastIrVersion } from '../../../onnx/checks/rules/ir-features.ts';
import type { OnnxDocument } from '../../document.ts';
import type { TextChange } from '../../source-text.ts';
import type { CodeActionProvider } from '../code-action.ts';
import { editOf } from '../edits.ts';
import { irVersionChanges, irVersionOf, modelHeader } from '../rewriting/header-changes.ts';
import { fixOf, problemsWith } from './problem-place.ts';

const codes: ReadonlySet<string> = new Set(['onnx.ir-version', 'onnx.ir-version-too-low']);

/** From this version on initializers need not be inputs, too. */
const freeInitializers = 4;
const usual = 10;

export const irVersionFix: CodeActionProvider = {
  kinds: ['quickfix'],
  *offer(request) {
    const { document } = request;
    for (const problem of problemsWith(request, codes)) {
      const version = irVersionOf(document);
      if (version === undefined) {
        const changes = newEntry(document);
        if (changes.length > 0)
          yield fixOf(problem, `Add "ir_version: ${usual}"`, () => editOf(document, changes));
        continue;
      }
      // Reading all statements is left to the moment when it is chosen.
      const isInitializer =
        problem.segment.kind === 'value-declaration' && problem.code === 'onnx.ir-version';
      if (problem.code === 'onnx.ir-version' && !isInitializer) continue;
      yield fixOf(problem, 'Raise the IR version', () => {
        const least = Math.max(leastIrVersion(document.tree), isInitializer ? freeInitializers : 0);
        return editOf(document, irVersionChanges(document, least));
      });
    }
  },
};

function newEntry(document: OnnxDocument): TextChange[] {
  const header = modelHeader(document);
  const [first] = header?.entries ?? [];
  if (!header || !first || entryOf(header.entries, 'ir_version')) return [];
  const at = (document.tree.starts[document.tree.header ?? 0] ?? 0) + first.start;
  return [{ start: at, end: at, text: `ir_version: ${usual}, ` }];
}
