/** What keeps a call from being written out, in sentences; and what the caller has to import for it. */
import { calledFunction, type LocalFunction, opsetVersion } from '../../../onnx/analysis/functions.ts';
import { subgraphsOf } from '../../../onnx/analysis/segment-names.ts';
import { normalizedDomain, schemaOf } from '../../../onnx/operators/table.ts';
import type { GraphSyntax, NodeStatement } from '../../../onnx/text/syntax-tree.ts';
import type { OnnxDocument } from '../../document.ts';
import { nodesIn } from '../../function-references.ts';
import { positionAt } from '../../source-text.ts';
import type { CallSite } from './calls.ts';
import { nodesOf, versionInForce } from './references.ts';

/** `values`: what the inputs and outputs of the function are in the caller; empty for an input that the call leaves out. */
export function obstacleTo(
  document: OnnxDocument,
  called: LocalFunction,
  call: CallSite,
  values: ReadonlyMap<string, string>,
): string | undefined {
  return (
    surplusOf(called, call.statement.node) ??
    lostDefault(document, called, call) ??
    omittedResult(called, nodesOf(document.tree, called.declaration), values)
  );
}

export type Opsets =
  | { readonly kind: 'same'; readonly imports: ReadonlyMap<string, number> }
  | { readonly kind: 'refused'; readonly reason: string };

/** The domains that the caller has to import, if all operators mean the same in the caller as in the function. */
export function importsFor(document: OnnxDocument, called: LocalFunction, caller: number): Opsets {
  const { tree } = document;
  const nodes = nodesOf(tree, called.declaration);
  const imports = new Map<string, number>();
  for (const node of nodes.flatMap((outer) => [...nodesIn(outer)])) {
    const domain = normalizedDomain(node.domain?.name ?? '');
    const theirs = versionInForce(tree, called.declaration, domain);
    const ours = versionInForce(tree, caller, domain) ?? imports.get(domain);
    const isFunction = calledFunction(tree, node) !== undefined;
    if (opsetVersion(tree, caller, domain) === undefined) {
      imports.set(domain, ours ?? theirs ?? 1);
    }
    if (ours !== undefined && theirs !== undefined && theirs !== ours && !isFunction) {
      const operator = node.operator.name;
      const [their, our] = [schemaOf(domain, operator, theirs), schemaOf(domain, operator, ours)];
      if (!their || their.sinceVersion !== our?.sinceVersion) {
        const line =
          positionAt(document.source, tree.starts[tree.declarations[called.declaration]?.signature ?? 0] ?? 0)
            .line + 1;
        return {
          kind: 'refused',
          reason: `"${called.name}" (line ${line}) uses ${operator} of opset ${theirs}, and the caller has opset ${ours} of ${domain === '' ? 'ai.onnx' : `"${domain}"`}, where ${their && our ? `${operator} is another version of the operator (${our.sinceVersion} instead of ${their.sinceVersion})` : `nothing says that ${operator} is the same`}. Bring the function to opset ${ours} first.`,
        };
      }
    }
  }
  return { kind: 'same', imports };
}

function surplusOf({ name, signature }: LocalFunction, node: NodeStatement): string | undefined {
  for (const part of ['inputs', 'outputs'] as const) {
    if (node[part].length > signature[part].length) {
      return `The call has ${node[part].length} ${part}, but "${name}" has ${signature[part].length}. Correct the call first.`;
    }
  }
  return undefined;
}

/**
 * A call that passes on an attribute of its own function leaves it out where that one is not given, and the called function's
 * default holds. Without the call nothing can say that.
 */
function lostDefault(
  { tree }: OnnxDocument,
  called: LocalFunction,
  { body, statement }: CallSite,
): string | undefined {
  const caller = tree.segments[tree.declarations[body.scope.declaration]?.signature ?? 0];
  for (const { name, value } of statement.node.attributes) {
    const isLost =
      value.kind === 'reference' &&
      caller?.kind === 'function-signature' &&
      caller.attributeParameters.some((parameter) => parameter.name === value.name.name) &&
      called.signature.attributeDefaults.some((attribute) => attribute.name.name === name.name);
    if (isLost) {
      return `Where "${caller.name.name}" is called without "${value.name.name}", the default that "${called.name}" has for "${name.name}" holds, which would be lost. Give "${value.name.name}" a default first.`;
    }
  }
  return undefined;
}

/** An input that the call leaves out cannot be the result of the function or of a graph in it. */
function omittedResult(
  { name: functionName, signature }: LocalFunction,
  nodes: readonly NodeStatement[],
  values: ReadonlyMap<string, string>,
): string | undefined {
  const isOmitted = (name: string) => values.get(name) === '';
  const results = signature.outputs.map(({ name }) => name.name);
  const visit = ({ graph }: { readonly graph: GraphSyntax }): void => {
    results.push(...graph.outputs.map(({ name }) => name.name));
    for (const inner of graph.nodes) {
      for (const nested of subgraphsOf(inner)) visit(nested);
    }
  };
  for (const node of nodes) {
    for (const nested of subgraphsOf(node)) visit(nested);
  }
  const omitted = results.find(isOmitted);
  return omitted === undefined
    ? undefined
    : `"${functionName}" passes its input "${omitted}" on as a result, and the call leaves that input out. Give it an input first.`;
}
