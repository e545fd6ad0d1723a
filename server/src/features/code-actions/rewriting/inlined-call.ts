/** One call of a local function, written out: the function's nodes as the caller would have written them. */

import { type LocalFunction, opsetVersion } from '../../../onnx/analysis/functions.ts';
import { memoized } from '../../../onnx/memoized.ts';
import { unambiguousIdentifier } from '../../../onnx/text/printer/literals.ts';
import type { AttributeSyntax, NodeStatement } from '../../../onnx/text/syntax-tree.ts';
import { tokensBetween } from '../../cursor/tokens.ts';
import type { OnnxDocument } from '../../document.ts';
import type { TextChange } from '../../source-text.ts';
import { bodyOf, entriesOf, statementsOf } from './body.ts';
import type { CallSite } from './calls.ts';
import { freshName, type TakenNames } from './fresh-names.ts';
import { importsFor, obstacleTo } from './inlining-obstacles.ts';
import { versionInForce } from './references.ts';
import { indentOfNewLine, lineEndOf, movedText, withChanges } from './statement-text.ts';
import { type AttributeText, type Substitution, substituted } from './substitution.ts';

export type InlinedCall =
  | {
      readonly kind: 'inlined';
      /** The nodes in the place of the call. */
      readonly change: TextChange;
      /** Value infos for the body that the call is in. */
      readonly entries: readonly string[];
      /** Opset imports that the caller needs now. */
      readonly imports: ReadonlyMap<string, number>;
    }
  | { readonly kind: 'refused'; readonly reason: string };

export interface InlineOptions {
  /** Names of the caller's declaration; those that are made up here are added. */
  readonly taken: TakenNames & { readonly dimensions: Set<string> };
  /** Values that only this call makes keep their names where those are free; else all get the name of the call as a prefix. */
  readonly isOnlyCall: boolean;
}

export function inlinedCall(
  document: OnnxDocument,
  called: LocalFunction,
  call: CallSite,
  { taken, isOnlyCall }: InlineOptions,
): InlinedCall {
  const { source } = document;
  const { node, start, end } = call.statement;
  const caller = call.body.scope.declaration;
  const body = bodyOf(document, { declaration: called.declaration, graphs: [] }, 0);
  const statements = statementsOf(document, body);
  const opsets = importsFor(document, called, caller);
  if (opsets.kind === 'refused') {
    return opsets;
  }
  const { values, copies } = valuesOf(called, node);
  const obstacle = obstacleTo(document, called, call, values);
  if (obstacle !== undefined) {
    return { kind: 'refused', reason: obstacle };
  }
  const prefix = node.label?.name || node.outputs.find(({ name }) => name !== '')?.name || called.name;
  const separator = /^\w+$/.test(prefix) ? '_' : '/';
  const renamed = memoized((name) =>
    freshName(taken.values, isOnlyCall && !taken.values.has(name) ? name : prefix + separator + name),
  );
  const substitution: Substitution = {
    value: (name) => values.get(name) ?? renamed(name),
    innerValue: renamed,
    label: memoizedLabel(taken.labels, node.label?.name, prefix, separator),
    dimension: memoized((name) =>
      taken.dimensions.has(name) ? freshName(taken.dimensions, prefix + separator + name) : name,
    ),
    attribute: (reference) => attributeText(document, called, call, reference),
  };
  const indent = indentOfNewLine(source.text, start);
  const moved = movedText(document, statements, {
    indent,
    changes: (statement) =>
      substituted(document, { kind: 'statement', node: statement.node }, statement.base, substitution),
  });
  const bodyEnd = document.tree.declarations[called.declaration]?.end ?? 0;
  const commentsAtEnd =
    statements.length === 0
      ? []
      : tokensBetween(source.text, moved.end, bodyEnd).filter(({ kind }) => kind === 'comment');
  const lines = [
    ...(statements.length > 0 ? [moved.text, ...commentsAtEnd.map(({ text }) => indent + text)] : []),
    ...copies.map(([output, input]) => {
      const from = substitution.value(input);
      return `${indent}${unambiguousIdentifier(output)} = Identity (${unambiguousIdentifier(from)})`;
    }),
  ];
  const typed = entriesOf(document, body).filter(
    ({ declaration }) => declaration.type && !values.has(declaration.name.name),
  );
  const added = typed.map((entry) =>
    withChanges(
      source.text,
      entry,
      substituted(document, { kind: 'segment', node: entry.declaration }, entry.base, substitution),
    ),
  );
  const text = lines.join(lineEndOf(source.text)).slice(indent.length);
  return {
    kind: 'inlined',
    change: { start, end, text },
    entries: added,
    imports: copies.length > 0 ? withStandardDomain(document, caller, opsets.imports) : opsets.imports,
  };
}

/** What the function's inputs and outputs are called in the caller, and outputs that need a copy of a value to be made. */
function valuesOf(
  { signature }: LocalFunction,
  node: NodeStatement,
): { readonly values: Map<string, string>; readonly copies: (readonly [string, string])[] } {
  const values = new Map<string, string>();
  const copies: (readonly [string, string])[] = [];
  for (const [index, { name }] of signature.inputs.entries()) {
    values.set(name.name, node.inputs[index]?.name ?? '');
  }
  for (const [index, { name }] of signature.outputs.entries()) {
    const output = node.outputs[index]?.name ?? '';
    if (output === '') {
      continue;
    }
    if (values.has(name.name)) {
      copies.push([output, name.name]);
    } else {
      values.set(name.name, output);
    }
  }
  return { values, copies };
}

/** The value that the call gives, else the function's default; undefined where there is neither. */
function attributeText(
  document: OnnxDocument,
  { signature, declaration }: LocalFunction,
  { statement }: CallSite,
  reference: AttributeSyntax,
): AttributeText | undefined {
  if (reference.value.kind !== 'reference') {
    return undefined;
  }
  const { name } = reference.value.name;
  const isNamed = (attribute: AttributeSyntax) => attribute.name.name === name;
  const given = statement.node.attributes.find(isNamed);
  const found = given ?? signature.attributeDefaults.find(isNamed);
  if (!found) {
    return undefined;
  }
  const signatureIndex = document.tree.declarations[declaration]?.signature ?? 0;
  const base = given ? statement.base : (document.tree.starts[signatureIndex] ?? 0);
  const { text } = document.source;
  const value = text.slice(base + found.name.end, base + found.end);
  const isUntyped = found.value.kind === 'reference' && !found.type && reference.type;
  return {
    annotations: found.annotations
      .map(({ start, end }) => `${text.slice(base + start, base + end)}\n`)
      .join(''),
    typeAndValue: isUntyped ? `: ${reference.type?.name}${value}` : value,
  };
}

function withStandardDomain(
  { tree }: OnnxDocument,
  caller: number,
  imports: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  return imports.has('') || opsetVersion(tree, caller, '') !== undefined
    ? imports
    : new Map([...imports, ['', versionInForce(tree, caller, '') ?? 1]]);
}

/** Names of nodes go below that of the call; without one they stay, or get the prefix where they are taken. */
function memoizedLabel(
  taken: Set<string>,
  callLabel: string | undefined,
  prefix: string,
  separator: string,
): (name: string) => string {
  return (name) => {
    if (name === '') {
      return name;
    }
    const wanted = callLabel ? `${callLabel}/${name}` : taken.has(name) ? prefix + separator + name : name;
    return freshName(taken, wanted);
  };
}
