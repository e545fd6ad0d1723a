/** Opset imports of a model that takes the nodes of its functions in. */
import type { FunctionDefinition, Model, Node, OpsetImport } from '../model/model.ts';
import { functionName, withSubgraphNodes } from '../model/nodes.ts';
import { domainName } from '../operators/domains.ts';
import { normalizedDomain, schemaOf } from '../operators/table.ts';

interface Import {
  readonly version: number;
  /** Who brought it in, in words. */
  readonly by: string;
}

export class Imports {
  readonly added: OpsetImport[] = [];
  readonly #imports: Map<string, Import>;
  /** Functions whose imports there are. */
  readonly #isIn = new Set<FunctionDefinition>();
  readonly #isCall: (node: Node) => boolean;

  constructor(model: Model, isCall: (node: Node) => boolean) {
    this.#imports = new Map(
      model.opsetImports.map(({ domain, version }) => [
        normalizedDomain(domain),
        { version: Number(version), by: 'the model' },
      ]),
    );
    this.#isCall = isCall;
  }

  /** Why an operator of a function would be another one outside of it; undefined where all are the same. */
  differenceTo(definition: FunctionDefinition): string | undefined {
    if (this.#isIn.has(definition)) return undefined;
    const { opsetImports, nodes } = definition;
    const theirs = versionsOf(opsetImports);
    for (const node of withSubgraphNodes(nodes)) {
      const domain = normalizedDomain(node.domain);
      const version = theirs.get(domain);
      const ours = this.#imports.get(domain);
      // A function is the same in all versions of its domain.
      if (version === undefined || !ours || ours.version === version || this.#isCall(node)) continue;
      const schema = schemaOf(domain, node.operator, version);
      if (schema && schema.sinceVersion === schemaOf(domain, node.operator, ours.version)?.sinceVersion)
        continue;
      return `it imports ${domainName(domain)} ${version}, ${ours.by} ${ours.version}, and ${node.operator} is not the same in both.`;
    }
    return undefined;
  }

  /** Imports what the nodes of a function need. */
  add(definition: FunctionDefinition, needsIdentity: boolean): void {
    const theirs = versionsOf(definition.opsetImports);
    const add = (domain: string, version: number | undefined) => {
      if (version === undefined || this.#imports.has(domain)) return;
      this.#imports.set(domain, { version, by: functionName(definition) });
      this.added.push({ domain, version });
    };
    if (!this.#isIn.has(definition)) {
      for (const { domain } of withSubgraphNodes(definition.nodes)) {
        add(normalizedDomain(domain), theirs.get(normalizedDomain(domain)));
      }
    }
    this.#isIn.add(definition);
    if (needsIdentity) add('', theirs.get('') ?? 1);
  }
}

function versionsOf(imports: readonly OpsetImport[]): ReadonlyMap<string, number> {
  return new Map(imports.map(({ domain, version }) => [normalizedDomain(domain), Number(version)]));
}
