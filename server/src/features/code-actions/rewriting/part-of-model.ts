/** Some nodes of a model as the text of a model of their own. */

import { modelImports } from '../../../onnx/analysis/functions.ts';
import { type Occurrence, occurrencesOf, type Scope, scopeOfName } from '../../../onnx/analysis/names.ts';
import { normalizedDomain } from '../../../onnx/operators/table.ts';
import { unambiguousIdentifier } from '../../../onnx/text/printer/literals.ts';
import type { TypeSyntax } from '../../../onnx/text/syntax-tree.ts';
import type { OnnxDocument } from '../../document.ts';
import type { NetworkTypes } from '../../values.ts';
import { type Body, entriesOf, entry, type Statement } from './body.ts';
import { boundaryOf } from './boundary.ts';
import { importText, irVersionOf, modelHeader } from './header-changes.ts';
import { attributeReferences, functionsCalledBy, importsOf, nodesOf, versionInForce } from './references.ts';
import { indentAt, lineEndOf, movedText, reindented } from './statement-text.ts';
import { typeForSignature } from './type-for-signature.ts';

export type PartOfModel =
  | {
      readonly kind: 'part';
      readonly text: string;
      /** Inputs and outputs whose types nothing says; they are bare names. */
      readonly untyped: readonly string[];
      /** Those of which not even the rank is known. */
      readonly shapeless: readonly string[];
    }
  | { readonly kind: 'refused'; readonly reason: string };

/** From this IR version on, initializers need not be inputs of the graph, too (onnx.proto). */
const irVersionOfPlainInitializers = 4;

/** `result`: the one output, where the outputs are not to be what is used elsewhere. */
export function partOfModel(
  document: OnnxDocument,
  body: Body,
  statements: readonly Statement[],
  network: NetworkTypes | undefined,
  result: string | undefined,
): PartOfModel {
  const { tree, source } = document;
  const header = modelHeader(document);
  if (!header) {
    return {
      kind: 'refused',
      reason:
        'The new model needs the opsets of this one. Write a header first, such as `<ir_version: 10, opset_import: ["" : 21]>`.',
    };
  }
  const nodes = statements.map(({ node }) => node);
  for (const node of nodes) {
    for (const { value } of attributeReferences(node)) {
      if (value.kind === 'reference') {
        return {
          kind: 'refused',
          reason: `The nodes use the attribute "${value.name.name}" of the function that they are in, which a model does not have. Inline a call of the function first, and extract the nodes there.`,
        };
      }
    }
  }
  const boundary = boundaryOf(document, body, statements, result === undefined ? undefined : [result]);
  const parts: Parts = { inputs: [], entries: [], outputs: [], untyped: [], shapeless: [] };
  for (const name of boundary.inputs) {
    addInput(document, body, name, network, parts);
  }
  for (const name of boundary.outputs) {
    parts.outputs.push(declared(document, body, name, network, parts));
  }
  const inner = new Set(boundary.inner);
  for (const { declaration, start, end } of entriesOf(document, body)) {
    if (inner.has(declaration.name.name)) {
      parts.entries.push(spanText(document, start, end));
    }
  }
  const functions = functionsCalledBy(tree, nodes).map(({ declaration }) => {
    const { signature, end } = tree.declarations[declaration] ?? { signature: 0, end: 0 };
    return source.text.slice(tree.starts[signature] ?? 0, end);
  });
  const graph = tree.segments.find((segment) => segment.kind === 'graph-signature');
  const name = `${graph?.name.name || 'graph'}_part`;
  const lines = [
    ...modelAnnotations(document),
    `<${headerText(document, body, statements)}>`,
    `${unambiguousIdentifier(name)} ${listText('(', parts.inputs, ')')} => ${listText('(', parts.outputs, ')')}${
      parts.entries.length > 0 ? `\n<\n  ${parts.entries.join(',\n  ')}\n>\n` : ' '
    }{\n${movedText(document, statements, { indent: '  ' }).text}\n}\n`,
    ...functions.map((text) => `${text}\n`),
  ];
  const text = lines.join('\n').replaceAll(/\r?\n/g, lineEndOf(source.text));
  return { kind: 'part', text, untyped: parts.untyped, shapeless: parts.shapeless };
}

interface Parts {
  readonly inputs: string[];
  /** Initializers and value infos. */
  readonly entries: string[];
  readonly outputs: string[];
  readonly untyped: string[];
  readonly shapeless: string[];
}

/** A value from outside: an initializer comes along, anything else becomes an input. */
function addInput(
  document: OnnxDocument,
  body: Body,
  name: string,
  network: NetworkTypes | undefined,
  parts: Parts,
): void {
  const occurrences = occurrencesIn(document, scopeOfName(body.scope, name), body, name);
  const initializer = occurrences.find(({ role }) => role === 'initializer');
  if (!initializer) {
    parts.inputs.push(declared(document, body, name, network, parts));
    return;
  }
  parts.entries.push(ownerText(document, initializer));
  const isInput = occurrences.some(({ role }) => role === 'input');
  const mustBeInput = (irVersionOf(document) ?? irVersionOfPlainInitializers) < irVersionOfPlainInitializers;
  if (isInput || mustBeInput) {
    parts.inputs.push(declared(document, body, name, network, parts));
  }
}

/** As the document declares it, else `type name` by what is known, else the name alone. */
function declared(
  document: OnnxDocument,
  body: Body,
  name: string,
  network: NetworkTypes | undefined,
  parts: Parts,
): string {
  const scope = scopeOfName(body.scope, name);
  const occurrences = occurrencesIn(document, scope, body, name);
  const stated = (['input', 'value-info', 'output'] as const)
    .map((role) =>
      occurrences.find(
        (found) => found.role === role && found.owner.kind === 'value-declaration' && found.owner.type,
      ),
    )
    .find((found) => found !== undefined);
  if (stated) {
    const { owner } = stated;
    if (owner.kind === 'value-declaration' && owner.type && isShapeless(owner.type)) {
      parts.shapeless.push(name);
    }
    return ownerText(document, stated);
  }
  const type = typeForSignature(document, { name, scope, segment: body.segment }, occurrences, network);
  if (type === undefined) {
    parts.untyped.push(name);
  } else if (/^\w+\[\]$/.test(type)) {
    parts.shapeless.push(name);
  }
  return `${type === undefined ? '' : `${type} `}${unambiguousIdentifier(name)}`;
}

/** A tensor of unknown rank, which onnx.checker takes for a value inside a graph only; sequences of them are fine. */
function isShapeless(type: TypeSyntax): boolean {
  return type.kind === 'tensor' && type.dims?.length === 0;
}

function occurrencesIn(document: OnnxDocument, scope: Scope, body: Body, name: string): Occurrence[] {
  return occurrencesOf(document.names, scope, name, body.segment);
}

function ownerText(document: OnnxDocument, { owner, segment }: Occurrence): string {
  if (owner.kind !== 'value-declaration') {
    return unambiguousIdentifier('');
  }
  const { start, end } = entry(owner, segment, document.tree.starts[segment] ?? 0);
  return spanText(document, start, end);
}

function spanText({ source }: OnnxDocument, start: number, end: number): string {
  return reindented(source.text.slice(start, end), indentAt(source.text, start), '  ');
}

/** Annotations of the model that say how its parts are to be read; its metadata and doc string are about the whole. */
function modelAnnotations(document: OnnxDocument): string[] {
  const header = modelHeader(document);
  const base = document.tree.starts[document.tree.header ?? 0] ?? 0;
  const kept = new Set(['raw_data', 'empty_fields', 'absent_fields']);
  return (header?.annotations ?? [])
    .filter(({ key }) => kept.has(key))
    .map(({ start, end }) => document.source.text.slice(base + start, base + end).trimEnd());
}

/** The imports that the nodes and the functions they call need, in the order of the model's. ONNX's own operators' stays. */
function headerText(document: OnnxDocument, body: Body, statements: readonly Statement[]): string {
  const { tree } = document;
  const { declaration } = body.scope;
  const nodes = statements.map(({ node }) => node);
  const needed = new Map(importsOf(tree, declaration, nodes));
  for (const called of functionsCalledBy(tree, nodes)) {
    for (const [domain, version] of importsOf(tree, called.declaration, nodesOf(tree, called.declaration))) {
      if (!needed.has(domain)) {
        needed.set(domain, versionInForce(tree, declaration, domain) ?? version);
      }
    }
  }
  const ofModel = (modelImports(tree) ?? []).map(({ domain }) => normalizedDomain(domain.name));
  const domains = new Set([
    ...ofModel.filter((domain) => domain === '' || needed.has(domain)),
    ...needed.keys(),
  ]);
  const imports = [...domains].flatMap((domain) => {
    const version = needed.get(domain) ?? versionInForce(tree, declaration, domain);
    return version === undefined ? [] : [importText(domain, version)];
  });
  const version = irVersionOf(document);
  return [
    ...(version === undefined ? [] : [`ir_version: ${version}`]),
    `opset_import: [${imports.join(', ')}]`,
  ].join(', ');
}

/** On one line where that is readable; annotations need lines of their own. */
function listText(open: string, entries: readonly string[], close: string): string {
  const line = `${open}${entries.join(', ')}${close}`;
  return line.length <= 110 && !line.includes('\n') ? line : `${open}\n  ${entries.join(',\n  ')}\n${close}`;
}
