/** Puts the nodes of a body in an order in which each stands behind those that make its inputs. */
import { defines, visitSegmentNames } from '../../../onnx/analysis/segment-names.ts';
import type { OnnxDocument } from '../../document.ts';
import { type CodeActionProvider, refused } from '../code-action.ts';
import { editOf } from '../edits.ts';
import { type Statement, statementsOf } from '../rewriting/body.ts';
import { indentAt, movedText } from '../rewriting/statement-text.ts';
import { bodyAround, fixOf, problemsWith } from './problem-place.ts';

const codes: ReadonlySet<string> = new Set(['onnx.use-before-definition']);

export const sortNodesFix: CodeActionProvider = {
  kinds: ['quickfix'],
  *offer(request) {
    const { document } = request;
    for (const problem of problemsWith(request, codes)) {
      yield fixOf(problem, 'Sort the nodes by their inputs', () => {
        const statements = statementsOf(document, bodyAround(request, problem));
        const sorted = inOrder(statements);
        if (!sorted)
          return refused('Values depend on themselves in a circle; there is no order of these nodes.');
        return editOf(document, exchanged(document, statements, sorted));
      });
    }
  },
};

/** Each node as soon as its makers are there, else in the order of the text. Undefined where there is a circle. */
function inOrder(statements: readonly Statement[]): readonly Statement[] | undefined {
  const makers = new Map<string, Statement>();
  for (const statement of statements) {
    for (const { name } of statement.node.outputs) if (!makers.has(name)) makers.set(name, statement);
  }
  const sorted: Statement[] = [];
  const state = new Map<Statement, 'open' | 'done'>();
  for (const root of statements) {
    // An explicit stack: chains are as long as the model is deep.
    const stack = [root];
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      if (state.get(top) === 'done') {
        stack.pop();
        continue;
      }
      const waitsFor = makersOf(top, makers).filter((maker) => state.get(maker) !== 'done');
      if (waitsFor.length === 0) {
        state.set(top, 'done');
        sorted.push(top);
        stack.pop();
      } else if (state.get(top) === 'open') {
        return undefined;
      } else {
        state.set(top, 'open');
        if (waitsFor.some((maker) => state.get(maker) === 'open')) return undefined;
        stack.push(...waitsFor.reverse());
      }
    }
  }
  return sorted;
}

function makersOf({ node }: Statement, makers: ReadonlyMap<string, Statement>): Statement[] {
  const found = new Set<Statement>();
  visitSegmentNames(node, ({ name }, role) => {
    const maker = defines(role) ? undefined : makers.get(name);
    if (maker) found.add(maker);
  });
  return [...found];
}

/** Statements, with the comments that are theirs, in each other's places. */
function exchanged(document: OnnxDocument, before: readonly Statement[], after: readonly Statement[]) {
  const texts = new Map(
    before.map((statement) => {
      const indent = indentAt(document.source.text, statement.start);
      return [statement, movedText(document, [statement], { indent, from: statement.previousEnd })];
    }),
  );
  return before.flatMap((old, index) => {
    const place = texts.get(old);
    const now = after[index];
    const text = now && texts.get(now)?.text;
    if (!place || now === old || text === undefined) return [];
    return [{ start: place.start, end: place.end, text: text.trimStart() }];
  });
}
