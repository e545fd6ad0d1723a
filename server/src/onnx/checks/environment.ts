/** What a check of a statement has to know besides the statement: opsets, IR version, functions. The same object as long as that is the same. */

import { functionsOf, type LocalFunctions } from '../analysis/functions.ts';

import { normalizedDomain } from '../operators/table.ts';
import type { NodeStatement, Segment, SyntaxTree } from '../text/syntax-tree.ts';
import { headerEntries, importsOf, integerOf } from './header.ts';
import { type ResolvedOperator, resolveOperator } from './operators.ts';

export interface Environment {
  /** Undefined where the header does not say it. */
  readonly irVersion: number | undefined;
  /** Whether there is a header at all; a graph alone is no model yet. */
  readonly hasHeader: boolean;
  readonly functions: LocalFunctions;
  /** Domains that have local functions. */
  readonly functionDomains: ReadonlySet<string>;
  /** Of each declaration of the tree, in order. */
  readonly bodies: readonly Body[];
  /** The segments that all of this comes from. */
  readonly sources: readonly (Segment | undefined)[];
}

/** The graph or a function, as its nodes see it. */
export interface Body {
  readonly kind: 'graph' | 'function';
  /** Opset versions by domain as written. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly modelOpsets: ReadonlyMap<string, number>;
  /** Attribute parameters; undefined in the graph. */
  readonly parameters: ReadonlySet<string> | undefined;
  readonly irVersion: number | undefined;
  readonly resolve: (node: NodeStatement) => ResolvedOperator;
}

export function environmentOf(tree: SyntaxTree, previous?: Environment): Environment {
  const sources = [
    tree.header === undefined ? undefined : tree.segments[tree.header],
    ...tree.declarations.map(({ kind, signature }) =>
      kind === 'function' ? tree.segments[signature] : undefined,
    ),
  ];
  if (
    previous &&
    previous.sources.length === sources.length &&
    sources.every((segment, index) => segment === previous.sources[index])
  ) {
    return previous;
  }
  return newEnvironment(tree, sources);
}

function newEnvironment(tree: SyntaxTree, sources: Environment['sources']): Environment {
  const header = headerEntries(tree);
  const functions = functionsOf(tree);
  const functionDomains = new Set([...functions.values()].map(({ domain }) => normalizedDomain(domain)));
  const irVersion = integerOf(header, 'ir_version');
  const modelOpsets = versionsOf(importsOf(header));
  const bodies = tree.declarations.map(({ signature }): Body => {
    const segment = tree.segments[signature];
    const isFunction = segment?.kind === 'function-signature';
    const opsets = isFunction ? versionsOf(importsOf(segment.header)) : modelOpsets;
    return {
      kind: isFunction ? 'function' : 'graph',
      opsets,
      modelOpsets,
      parameters: isFunction
        ? new Set([
            ...segment.attributeParameters.map(({ name }) => name),
            ...segment.attributeDefaults.map(({ name }) => name.name),
          ])
        : undefined,
      irVersion,
      resolve: resolver(functions, functionDomains, opsets),
    };
  });
  return { irVersion, hasHeader: tree.header !== undefined, functions, functionDomains, bodies, sources };
}

function versionsOf(imports: ReturnType<typeof importsOf>): ReadonlyMap<string, number> {
  return new Map(imports.map(({ domain, version }) => [domain.name, Number(version.value)]));
}

/** Most nodes are of a few operators, so the answer is kept for each. */
function resolver(
  functions: LocalFunctions,
  functionDomains: ReadonlySet<string>,
  opsets: ReadonlyMap<string, number>,
): Body['resolve'] {
  const plain = new Map<string, ResolvedOperator>();
  const others = new Map<string, ResolvedOperator>();
  return ({ domain, operator, overload }) => {
    const [known, key] =
      domain || overload
        ? [others, JSON.stringify([domain?.name, operator.name, overload?.name])]
        : [plain, operator.name];
    let resolved = known.get(key);
    if (!resolved) {
      resolved = resolveOperator(functions, functionDomains, opsets, {
        domain: domain?.name ?? '',
        name: operator.name,
        overload: overload?.name ?? '',
      });
      known.set(key, resolved);
    }
    return resolved;
  };
}
