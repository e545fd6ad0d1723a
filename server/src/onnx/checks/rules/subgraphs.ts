/** The names inside the graphs of a node's attributes. Names from outside are the business of values.ts. */

import { defines, definesName, subgraphsOf, visitSegmentNames } from '../../analysis/segment-names.ts';
import type { GraphSyntax, Identifier, NodeStatement, Span } from '../../text/syntax-tree.ts';
import type { Report } from '../finding.ts';
import { staleMessage } from '../names/judge-name.ts';
import { wholeStatement } from '../spans.ts';

/** `enclosing`: names of the graphs around it, up to but without the outermost body. */
export function checkSubgraphs(
  node: NodeStatement,
  report: Report,
  enclosing: ReadonlyMap<string, Span> = new Map(),
): void {
  for (const { graph } of subgraphsOf(node)) checkGraph(graph, report, enclosing);
}

/** The values that nodes inside a node's graphs make. */
export function visitInnerOutputs(node: NodeStatement, visit: (identifier: Identifier) => void): void {
  for (const { graph } of subgraphsOf(node)) {
    for (const inner of graph.nodes) {
      for (const output of inner.outputs) if (output.name !== '') visit(output);
      visitInnerOutputs(inner, visit);
    }
  }
}

function checkGraph(graph: GraphSyntax, report: Report, enclosing: ReadonlyMap<string, Span>): void {
  const defined = new Map<string, Span>();
  const initializers = new Map<string, Span>();
  if (graph.name.name === '') {
    report('onnx.missing-name', graph.name, 'A graph needs a name; onnx.checker refuses one without.');
  }
  for (const { name } of graph.inputs) {
    if (name.name === '') report('onnx.missing-name', name, 'An input of a graph needs a name.');
    else define(defined, name, report);
  }
  for (const { name, data } of [...graph.inputs, ...graph.values]) {
    if (!data) continue;
    const first = initializers.get(name.name);
    if (first) reportTwice(name, first, report);
    initializers.set(name.name, name);
    if (!defined.has(name.name)) defined.set(name.name, name);
  }
  const used = new Set<string>();
  for (const node of graph.nodes) {
    visitSegmentNames(node, (identifier, role) => {
      if (defines(role) || role === 'value-info') return;
      used.add(identifier.name);
      if (!defined.has(identifier.name) && definesName(graph, identifier.name)) {
        reportEarly(node, identifier, report);
      }
    });
    checkSubgraphs(node, report, new Map([...enclosing, ...defined]));
    for (const output of node.outputs) define(defined, output, report, enclosing);
  }
  for (const { name } of graph.outputs) {
    used.add(name.name);
    if (name.name === '') report('onnx.missing-name', name, 'An output of a graph needs a name.');
    else if (!defined.has(name.name)) {
      report(
        'onnx.undefined-output',
        name,
        `Nothing in this graph makes its output '${name.name}'. For a value from outside, add \`Identity\`.`,
      );
    }
  }
  reportUnused(graph, used, report);
  reportStale(graph, defined, report);
}

function define(
  defined: Map<string, Span>,
  name: Identifier,
  report: Report,
  enclosing?: ReadonlyMap<string, Span>,
): void {
  if (name.name === '') return;
  const first = defined.get(name.name) ?? enclosing?.get(name.name);
  if (first) reportTwice(name, first, report);
  else defined.set(name.name, name);
}

function reportTwice(name: Identifier, first: Span, report: Report): void {
  report('onnx.duplicate-value', name, `'${name.name}' is defined already; every value needs its own name.`, [
    { span: first, message: 'The other definition.' },
  ]);
}

function reportEarly(node: NodeStatement, identifier: Identifier, report: Report): void {
  if (node.outputs.some(({ name }) => name === identifier.name)) {
    report('onnx.cycle', identifier, `'${identifier.name}' depends on itself.`);
    return;
  }
  report(
    'onnx.use-before-definition',
    identifier,
    `'${identifier.name}' is made by a node further down; nodes stand in the order in which they run.`,
  );
}

/** Types stated for values that are not there. */
function reportStale(graph: GraphSyntax, defined: ReadonlyMap<string, Span>, report: Report): void {
  for (const { name, data } of graph.values) {
    if (!data && name.name !== '' && !defined.has(name.name)) {
      report('onnx.stale-value-info', name, staleMessage(name.name));
    }
  }
}

function reportUnused(graph: GraphSyntax, used: ReadonlySet<string>, report: Report): void {
  const isInput = (name: string) => graph.inputs.some((input) => input.name.name === name);
  for (const { name, data } of graph.values) {
    if (data && !used.has(name.name) && !isInput(name.name)) {
      report('onnx.unused-initializer', name, `Nothing uses '${name.name}'.`);
    }
  }
  for (const node of graph.nodes) {
    const names = node.outputs.filter(({ name }) => name !== '');
    if (names.length > 0 && names.every(({ name }) => !used.has(name))) {
      report('onnx.unused-node', wholeStatement(node), `Nothing uses what this ${node.operator.name} makes.`);
    }
  }
}
