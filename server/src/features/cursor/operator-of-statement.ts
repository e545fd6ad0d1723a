/** What the operator of a half-typed statement means. */
import { functionsOf, type LocalFunction, opsetVersion } from '../../onnx/analysis/functions.ts';
import type { OperatorSchema } from '../../onnx/operators/schema.ts';
import { normalizedDomain, schemaOf } from '../../onnx/operators/table.ts';
import type { SyntaxTree } from '../../onnx/text/syntax-tree.ts';
import type { StatementSoFar } from './cursor-context.ts';

/** The local function that the statement calls. */
export function calledBy(
  tree: SyntaxTree,
  { domain, operator, overload }: StatementSoFar,
): LocalFunction | undefined {
  for (const found of functionsOf(tree).values()) {
    if (
      found.name === operator &&
      found.overload === overload &&
      normalizedDomain(found.domain) === normalizedDomain(domain)
    ) {
      return found;
    }
  }
  return undefined;
}

/** The operator's version in force; undefined where a local function stands in its place. Without an import, the newest one. */
export function schemaFor(
  tree: SyntaxTree,
  declaration: number | undefined,
  statement: StatementSoFar,
): OperatorSchema | undefined {
  if (calledBy(tree, statement)) {
    return undefined;
  }
  const opset = opsetVersion(tree, declaration, statement.domain);
  return schemaOf(statement.domain, statement.operator, opset ?? Number.MAX_SAFE_INTEGER);
}
