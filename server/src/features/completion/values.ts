import { CompletionItemKind } from 'vscode-languageserver-types';
import { segmentsOf } from '../../onnx/analysis/names.ts';
import { defines, visitSegmentNames } from '../../onnx/analysis/segment-names.ts';
import { type FormalParameter, type OperatorSchema, parameterAt } from '../../onnx/operators/schema.ts';
import type { StatementSoFar } from '../cursor/cursor-context.ts';
import { calledBy, schemaFor } from '../cursor/operator-of-statement.ts';
import { nameText } from '../markdown.ts';
import { onnxTypeName } from '../onnx-type-name.ts';
import { occurrencesOfValue, typeOfValue } from '../values.ts';
import type { Candidate, CompletionContext } from './candidate.ts';
import { matches } from './match.ts';

/** Rank of a value whose type the operator cannot take. */
const misfit = 4;

/**
 * Values defined before the statement whose type the operator takes, the nearest first, and behind them those of unknown type.
 * Others only where there are none of these.
 */
export function valueItems(
  context: CompletionContext,
  statement: StatementSoFar,
  index: number,
): Candidate[] {
  const schema = schemaFor(context.document.tree, context.declaration, statement);
  const called = calledBy(context.document.tree, statement);
  const parameter = schema && parameterAt(schema.inputs, index);
  const role = parameter?.name ?? called?.signature.inputs[index]?.name.name;
  const accepted = schema && parameter && acceptedTypes(context, schema, parameter, statement);
  const taken = new Set(statement.inputs);
  const ranked = scopeValues(context).map((name, nearness) => {
    const type = typeText(context, name);
    const fit = !type || !accepted ? 2 : accepted.has(onnxTypeName(type)) ? 0 : misfit;
    return { name, type, nearness, rank: fit + (taken.has(name) ? 1 : 0) };
  });
  ranked.sort((a, b) => a.rank - b.rank || a.nearness - b.nearness);
  // Misfits are offered where nothing else is: a type that is wrong elsewhere shall not leave the user without a word.
  const fitting = ranked.filter(({ rank }) => rank < misfit);
  const values = (fitting.length > 0 ? fitting : ranked).map(({ name, type }) => valueItem(name, type, role));
  const canBeOmitted = parameter?.option === 'optional' && context.cursor.typed === '';
  return canBeOmitted
    ? [...values, { label: '""', kind: CompletionItemKind.Value, detail: `${parameter.name} is left out` }]
    : values;
}

/** Outputs of the graph or function that nothing produces yet. */
export function nodeOutputItems({ document, declaration }: CompletionContext): Candidate[] {
  const segment = declaration === undefined ? undefined : document.tree.declarations[declaration]?.signature;
  const signature = segment === undefined ? undefined : document.tree.segments[segment];
  if (
    declaration === undefined ||
    segment === undefined ||
    (signature?.kind !== 'graph-signature' && signature?.kind !== 'function-signature')
  ) {
    return [];
  }
  return signature.outputs.flatMap(({ name: { name } }) => {
    const value = { name, scope: { declaration, graphs: [] }, segment };
    const isDefined = occurrencesOfValue(document, value).some(({ role }) => defines(role));
    return isDefined || name === ''
      ? []
      : [
          {
            label: name,
            kind: CompletionItemKind.Variable,
            detail: 'output that nothing produces yet',
            insert: `${nameText(name)} = `,
            again: true,
          },
        ];
  });
}

/** Values that nodes of the graph or function make and whose type nothing states yet: for outputs and value infos. */
export function declaredNameItems({
  document,
  declaration,
  cursor,
  maximum,
}: CompletionContext): Candidate[] {
  const { tree } = document;
  const found = declaration === undefined ? undefined : tree.declarations[declaration];
  if (!found) {
    return [];
  }
  const stated = new Set<string>();
  const { from } = segmentsOf(tree, declaration ?? 0);
  for (const segment of tree.segments.slice(from, found.nodes.from)) {
    visitSegmentNames(segment, ({ name }) => stated.add(name));
  }
  const names = new Set<string>();
  for (let index = found.nodes.from; index < found.nodes.to && names.size < maximum; index++) {
    const node = tree.segments[index];
    for (const { name } of node?.kind === 'node-statement' ? node.outputs : []) {
      if (name !== '' && !stated.has(name) && matches(name, cursor.typed)) {
        names.add(name);
      }
    }
  }
  return [...names].map((name) => valueItem(name, undefined, undefined));
}

function valueItem(name: string, type: string | undefined, role: string | undefined): Candidate {
  const written = nameText(name);
  return {
    label: name,
    kind: CompletionItemKind.Variable,
    detail: [type, role && `as ${role}`].filter(Boolean).join(' '),
    ...(written !== name && { insert: written }),
  };
}

/** Names that can be used at the cursor and match what is typed, the nearest first, as many as are shown. */
function scopeValues({ document, cursor, segment, declaration, maximum }: CompletionContext): string[] {
  const names = new Set<string>();
  const add = (name: string): void => {
    if (name !== '' && matches(name, cursor.typed)) {
      names.add(name);
    }
  };
  for (const { name } of cursor.locals.toReversed()) {
    add(name);
  }
  if (declaration === undefined) {
    return [...names];
  }
  const { tree } = document;
  const { nodes } = tree.declarations[declaration] ?? { nodes: { from: 0, to: 0 } };
  const { from } = segmentsOf(tree, declaration);
  for (let index = Math.min(segment, nodes.to) - 1; index >= from && names.size < maximum; index--) {
    const holder = tree.segments[index];
    if (holder?.kind === 'node-statement') {
      for (const { name } of holder.outputs) {
        add(name);
      }
    } else if (holder) {
      visitSegmentNames(holder, (identifier, role) => {
        if (defines(role)) {
          add(identifier.name);
        }
      });
    }
  }
  const last = tree.segments[segment];
  // A statement that is being written is a segment of its own, and its outputs are no inputs of it.
  if (last && last.kind !== 'node-statement') {
    visitSegmentNames(last, (identifier, role) => {
      if (defines(role)) {
        add(identifier.name);
      }
    });
  }
  return [...names].slice(0, maximum);
}

function typeText(
  { document, cursor, declaration, network, segment }: CompletionContext,
  name: string,
): string | undefined {
  const local = cursor.locals.findLast((value) => value.name === name);
  if (local) {
    return local.type || undefined;
  }
  if (declaration === undefined) {
    return undefined;
  }
  const value = { name, scope: { declaration, graphs: [] }, segment };
  const type = typeOfValue(document, occurrencesOfValue(document, value), value, network);
  // Without a word on it, a type of the text before the last edits would be taken for that of the text as it stands.
  return type?.source === 'inferred-before' ? undefined : type?.text;
}

/** Inputs of one type variable are of one type: those given narrow the choice. */
function acceptedTypes(
  context: CompletionContext,
  schema: OperatorSchema,
  parameter: FormalParameter,
  statement: StatementSoFar,
): ReadonlySet<string> {
  const all = schema.typeConstraints.get(parameter.type);
  if (!all) {
    return new Set([parameter.type]);
  }
  if (parameter.homogeneous) {
    for (const [index, name] of statement.inputs.entries()) {
      const other = parameterAt(schema.inputs, index);
      const type = other?.type === parameter.type && other.homogeneous ? typeText(context, name) : undefined;
      const typeName = type && onnxTypeName(type);
      if (typeName && all.includes(typeName)) {
        return new Set([typeName]);
      }
    }
  }
  return new Set(all);
}
