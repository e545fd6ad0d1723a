/** The model's local functions and the opsets in force: what an operator's name means where it stands. */
import { normalizedDomain } from '../operators/table.ts';
import type {
  FunctionSignature,
  HeaderEntry,
  NodeStatement,
  OpsetImportSyntax,
  SyntaxTree,
} from '../text/syntax-tree.ts';

export interface LocalFunction {
  readonly domain: string;
  readonly name: string;
  readonly overload: string;
  readonly signature: FunctionSignature;
  /** Index into SyntaxTree.declarations. */
  readonly declaration: number;
}

/** The functions of a model by their identity: domain, name, overload (ONNX IR, "Model Local Functions"). */
export type LocalFunctions = ReadonlyMap<string, LocalFunction>;

const known = new WeakMap<SyntaxTree, LocalFunctions>();

/** Of two functions with the same identity the first one counts. */
export function functionsOf(tree: SyntaxTree): LocalFunctions {
  const before = known.get(tree);
  if (before) {
    return before;
  }
  const functions = new Map<string, LocalFunction>();
  for (const [declaration, { signature: index }] of tree.declarations.entries()) {
    const signature = tree.segments[index];
    if (signature?.kind === 'function-signature') {
      const found = localFunction(signature, declaration);
      const key = keyOf(found.domain, found.name, found.overload);
      if (!functions.has(key)) {
        functions.set(key, found);
      }
    }
  }
  known.set(tree, functions);
  return functions;
}

/** The function that a declaration of the tree declares; undefined for the graph, and for a second one of the same identity. */
export function functionAt(tree: SyntaxTree, declaration: number): LocalFunction | undefined {
  for (const found of functionsOf(tree).values()) {
    if (found.declaration === declaration) {
      return found;
    }
  }
  return undefined;
}

/** The local function that a node calls, if it calls one. Local functions win over operators of the same name. */
export function calledFunction(tree: SyntaxTree, node: NodeStatement): LocalFunction | undefined {
  return functionsOf(tree).get(keyOf(node.domain?.name ?? '', node.operator.name, node.overload?.name ?? ''));
}

/**
 * Version of a domain's opset in force in a declaration: a function's own imports, else the model's. Undefined where nothing
 * imports the domain.
 */
export function opsetVersion(
  tree: SyntaxTree,
  declaration: number | undefined,
  domain: string,
): number | undefined {
  const signature = declaration === undefined ? undefined : declarationSignature(tree, declaration);
  const own = signature?.kind === 'function-signature' ? importsOf(signature.header) : undefined;
  const imports = own ?? modelImports(tree);
  const found = imports?.find((entry) => normalizedDomain(entry.domain.name) === normalizedDomain(domain));
  return found === undefined ? undefined : Number(found.version.value);
}

/** The opset imports of the model header; undefined where it has none. */
export function modelImports(tree: SyntaxTree): readonly OpsetImportSyntax[] | undefined {
  const header = tree.header === undefined ? undefined : tree.segments[tree.header];
  return header?.kind === 'model-header' ? importsOf(header.entries) : undefined;
}

function localFunction(signature: FunctionSignature, declaration: number): LocalFunction {
  return {
    domain: headerString(signature.header, 'domain'),
    name: signature.name.name,
    overload: headerString(signature.header, 'overload'),
    signature,
    declaration,
  };
}

function declarationSignature(tree: SyntaxTree, declaration: number) {
  const index = tree.declarations[declaration]?.signature;
  return index === undefined ? undefined : tree.segments[index];
}

function importsOf(entries: readonly HeaderEntry[]): readonly OpsetImportSyntax[] | undefined {
  for (const { key, value } of entries) {
    if (key.name === 'opset_import' && value.kind === 'opset-imports') {
      return value.imports;
    }
  }
  return undefined;
}

function headerString(entries: readonly HeaderEntry[], key: string): string {
  for (const entry of entries) {
    if (entry.key.name === key && entry.value.kind === 'string') {
      return entry.value.value;
    }
  }
  return '';
}

function keyOf(domain: string, name: string, overload: string): string {
  return JSON.stringify([normalizedDomain(domain), name, overload]);
}
