/** Functions among each other: twice the same, never called, calling themselves. */

import type { LocalFunction } from '../analysis/functions.ts';
import { segmentsOf } from '../analysis/names.ts';
import type { FunctionSignature, Segment, SyntaxTree } from '../text/syntax-tree.ts';
import type { AnchoredFinding } from './finding.ts';
import type { Call, Statements } from './statements.ts';

export function functionFindings(
  tree: SyntaxTree,
  { calls, callCounts, environment }: Statements,
): AnchoredFinding[] {
  const { functions } = environment;
  if (functions.size === 0) return [];
  return [
    ...duplicateFunctions(tree, new Set([...functions.values()].map(({ signature }) => signature))),
    ...unusedFunctions(tree, [...functions.values()], callCounts),
    ...recursiveFunctions(tree, [...functions.values()], calls),
  ];
}

/** Of functions of the same identity the first one counts. */
function duplicateFunctions(tree: SyntaxTree, firsts: ReadonlySet<FunctionSignature>): AnchoredFinding[] {
  return tree.declarations.flatMap(({ signature }): AnchoredFinding[] => {
    const segment = tree.segments[signature];
    if (segment?.kind !== 'function-signature' || firsts.has(segment)) return [];
    return [
      {
        code: 'onnx.duplicate-function',
        place: { segment, span: segment.name },
        message: `There is a function '${segment.name.name}' of this domain and overload already.`,
        related: [...firsts]
          .filter((other) => other.name.name === segment.name.name)
          .map((other) => ({ segment: other, span: other.name, message: 'The other one.' })),
      },
    ];
  });
}

/** A model without a graph is a library of functions. */
function unusedFunctions(
  tree: SyntaxTree,
  functions: readonly LocalFunction[],
  callCounts: Statements['callCounts'],
): AnchoredFinding[] {
  if (!tree.declarations.some(({ kind }) => kind === 'graph')) return [];
  return functions.flatMap((candidate): AnchoredFinding[] =>
    callCounts.get(candidate)
      ? []
      : [
          {
            code: 'onnx.unused-function',
            place: { segment: candidate.signature, span: candidate.signature.name },
            message: `Nothing calls the function '${candidate.name}'.`,
          },
        ],
  );
}

interface PlacedCall extends Call {
  readonly segment: Segment;
}

/** Each call that leads back to a function it is made in, once. */
function recursiveFunctions(
  tree: SyntaxTree,
  functions: readonly LocalFunction[],
  calls: Statements['calls'],
): AnchoredFinding[] {
  const callsOf = new Map(functions.map((caller) => [caller, callsIn(tree, caller, calls)]));
  const findings: AnchoredFinding[] = [];
  const done = new Set<LocalFunction>();
  for (const root of functions) {
    // An explicit stack: chains of calls may be as long as a hostile model likes.
    const path: { readonly caller: LocalFunction; next: number }[] = [];
    const onPath = new Set<LocalFunction>();
    const enter = (caller: LocalFunction) => {
      path.push({ caller, next: 0 });
      onPath.add(caller);
    };
    if (!done.has(root)) enter(root);
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const call: PlacedCall | undefined = callsOf.get(top.caller)?.[top.next++];
      if (!call) {
        path.pop();
        onPath.delete(top.caller);
        done.add(top.caller);
      } else if (onPath.has(call.callee)) {
        const start = path.findIndex(({ caller }) => caller === call.callee);
        findings.push(
          recursion(
            call,
            path.slice(start).map(({ caller }) => caller),
          ),
        );
      } else if (!done.has(call.callee)) {
        enter(call.callee);
      }
    }
  }
  return findings;
}

function callsIn(tree: SyntaxTree, caller: LocalFunction, calls: Statements['calls']): readonly PlacedCall[] {
  const { from, to } = segmentsOf(tree, caller.declaration);
  return tree.segments
    .slice(from, to)
    .flatMap((segment) => (calls.get(segment) ?? []).map((call) => ({ ...call, segment })));
}

function recursion({ segment, span, callee }: PlacedCall, way: readonly LocalFunction[]): AnchoredFinding {
  const names = [...way, callee].map(({ name }) => name).join(' → ');
  return {
    code: 'onnx.recursive-function',
    place: { segment, span },
    message: `The function '${callee.name}' calls itself: ${names}. A function cannot; its calls are replaced by its body.`,
    related: way.map(({ signature, name }) => ({
      segment: signature,
      span: signature.name,
      message: `${name} is part of it.`,
    })),
  };
}
