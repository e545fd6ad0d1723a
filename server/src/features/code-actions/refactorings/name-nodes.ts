/**
 * Gives every node without a name one: its operator and a number that no other node of the model has, `Conv_3`. Tools that speak
 * of nodes by name (profiles, precision lists, TensorRT's layers) can then tell them apart.
 */
import { identifier } from '../../../onnx/text/printer/literals.ts';
import type { NodeStatement } from '../../../onnx/text/syntax-tree.ts';
import type { TextChange } from '../../source-text.ts';
import type { CodeActionProvider } from '../code-action.ts';
import { editOf } from '../edits.ts';
import type { Statement } from '../rewriting/body.ts';
import { bodiesOf, headOf, nodesInside } from './bodies.ts';

const kind = 'source.nameNodes.onnx';

export const nameNodes: CodeActionProvider = {
  kinds: [kind],
  offer: ({ document }) => [
    {
      id: 'all',
      title: 'Name All Unnamed Nodes',
      kind,
      edit: () => {
        const text = document.source.text.toString();
        const nodes = bodiesOf(document.tree).flatMap((body) => [...nodesInside(body)]);
        const taken = new Set(nodes.map(({ node }) => node.label?.name ?? ''));
        const next = new Map<string, number>();
        const changes = nodes.flatMap((statement) =>
          isNamed(statement.node)
            ? []
            : labelled(text, statement, freeName(statement.node.operator.name, taken, next)),
        );
        const many = changes.length === 1 ? '1 node was' : `${changes.length} nodes were`;
        const message = changes.length === 0 ? 'All nodes have names already.' : `${many} given a name.`;
        return editOf(document, changes, message);
      },
    },
  ],
};

/** A statement without an operator is no node yet. */
function isNamed({ label, operator }: NodeStatement): boolean {
  return (label !== undefined && label.name !== '') || operator.name === '';
}

/** Counts per operator. Names that are there stay theirs, so that doing it again changes nothing. */
function freeName(operator: string, taken: Set<string>, next: Map<string, number>): string {
  for (let number = next.get(operator) ?? 0; ; number++) {
    const name = `${operator}_${number}`;
    if (!taken.has(name)) {
      taken.add(name);
      next.set(operator, number + 1);
      return name;
    }
  }
}

function labelled(text: string, statement: Statement, name: string): TextChange {
  const {
    node: { label },
    base,
  } = statement;
  if (label) {
    return { start: base + label.start, end: base + label.end, text: identifier(name) };
  }
  const head = headOf(text, statement);
  return { start: head, end: head, text: `[${identifier(name)}] ` };
}
