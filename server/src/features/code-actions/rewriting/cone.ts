/** The nodes that a value depends on. */
import { visitSegmentNames } from '../../../onnx/analysis/segment-names.ts';
import { normalizedDomain } from '../../../onnx/operators/table.ts';
import type { NodeStatement } from '../../../onnx/text/syntax-tree.ts';
import type { OnnxDocument } from '../../document.ts';
import { occurrencesOfValue, type ValueReference } from '../../values.ts';
import { type Body, type Statement, statementsOf } from './body.ts';

/** Whether a node makes it; inputs and initializers are just there. */
export function isMadeByNode(document: OnnxDocument, value: ValueReference): boolean {
  return occurrencesOfValue(document, value).some(({ role }) => role === 'node-output');
}

/** All nodes of a body that a value depends on, in the order of the text. */
export function coneOf(document: OnnxDocument, body: Body, value: string): Statement[] {
  const statements = statementsOf(document, body);
  const makers = makersOf(statements);
  const found = new Set<Statement>();
  const open = [value];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const maker = makers.get(name);
    if (maker && !found.has(maker)) {
      found.add(maker);
      open.push(...usedBy(maker.node));
    }
  }
  return statements.filter((statement) => found.has(statement));
}

/** With the constants that the statements use: as parts of the body, they are no inputs of what is made of it. */
export function constantsFor(
  document: OnnxDocument,
  body: Body,
  statements: readonly Statement[],
): Statement[] {
  const all = statementsOf(document, body);
  const makers = makersOf(all);
  const wanted = new Set(statements.map(({ node }) => node));
  for (const { node } of statements) {
    for (const name of usedBy(node)) {
      const maker = makers.get(name);
      if (maker && isConstant(maker.node)) {
        wanted.add(maker.node);
      }
    }
  }
  return all.filter(({ node }) => wanted.has(node));
}

function makersOf(statements: readonly Statement[]): Map<string, Statement> {
  const makers = new Map<string, Statement>();
  for (const statement of statements) {
    for (const { name } of statement.node.outputs) {
      if (name !== '' && !makers.has(name)) {
        makers.set(name, statement);
      }
    }
  }
  return makers;
}

/** What its subgraphs capture included. */
function usedBy(node: NodeStatement): string[] {
  const names: string[] = [];
  visitSegmentNames(node, ({ name }, role) => {
    if (role === 'node-input' || role === 'output') {
      names.push(name);
    }
  });
  return names;
}

function isConstant({ operator, domain, inputs }: NodeStatement): boolean {
  return operator.name === 'Constant' && normalizedDomain(domain?.name ?? '') === '' && inputs.length === 0;
}
