import { CompletionItemKind } from 'vscode-languageserver-types';
import { functionAt } from '../../onnx/analysis/functions.ts';
import type { AttributeType } from '../../onnx/model/model.ts';
import type { AttributeDefault, AttributeSchema } from '../../onnx/operators/schema.ts';
import { quoted } from '../../onnx/text/printer/literals.ts';
import type { StatementSoFar } from '../cursor/cursor-context.ts';
import { calledBy, schemaFor } from '../cursor/operator-of-statement.ts';
import { textOf } from '../document.ts';
import { nodeAround, placeAt } from '../elements.ts';
import { nameText } from '../markdown.ts';
import { type Candidate, type CompletionContext, snippetText } from './candidate.ts';

/** Attributes that the node does not have yet, the required ones first. */
export function attributeNameItems(context: CompletionContext, statement: StatementSoFar): Candidate[] {
  const given = new Set([...statement.attributes, ...attributesBehind(context, statement)]);
  const hasValue = /^\s*[:=]/u.test(context.document.source.text.slice(context.end, context.end + 50));
  return [
    ...schemaAttributes(context, statement, hasValue),
    ...functionAttributes(context, statement, hasValue),
  ].filter(({ label }) => !given.has(label));
}

/** `@name`: the attributes of the enclosing function. */
export function attributeReferenceItems({ document, declaration }: CompletionContext): Candidate[] {
  const found = declaration === undefined ? undefined : functionAt(document.tree, declaration);
  if (!found) {
    return [];
  }
  const { attributeParameters, attributeDefaults } = found.signature;
  return [...attributeParameters, ...attributeDefaults.map(({ name }) => name)].map(({ name }) => ({
    label: name,
    kind: CompletionItemKind.TypeParameter,
    detail: `attribute of ${found.name}`,
    insert: nameText(name),
  }));
}

/** Words of the syntax; lists have an `s` behind. */
const typeWords: readonly AttributeType[] = [
  'int',
  'float',
  'string',
  'tensor',
  'graph',
  'sparse_tensor',
  'type_proto',
  'ints',
  'floats',
  'strings',
  'tensors',
  'graphs',
  'sparse_tensors',
  'type_protos',
];

/** The right one first. */
export function attributeTypeItems(
  context: CompletionContext,
  statement: StatementSoFar,
  attribute: string,
): Candidate[] {
  const expected = schemaFor(context.document.tree, context.declaration, statement)?.attributes.get(
    attribute,
  )?.type;
  return typeWords
    .toSorted((a, b) => Number(b === expected) - Number(a === expected))
    .map((type) => ({ label: type, kind: CompletionItemKind.Keyword, preselect: type === expected }));
}

function schemaAttributes(
  { document, declaration }: CompletionContext,
  statement: StatementSoFar,
  hasValue: boolean,
): Candidate[] {
  const found = schemaFor(document.tree, declaration, statement);
  if (!found) {
    return [];
  }
  return [...found.attributes.values()]
    .toSorted((a, b) => Number(b.required) - Number(a.required))
    .map((attribute) => ({
      label: attribute.name,
      kind: CompletionItemKind.Property,
      detail: attributeDetail(attribute),
      insert: hasValue ? attribute.name : `${attribute.name} = `,
      ...(!hasValue && { snippet: `${attribute.name} = ${valueSnippet(attribute)}` }),
      again: !hasValue && attribute.allowedValues !== undefined,
      data: {
        domain: found.domain,
        operator: found.name,
        opset: found.sinceVersion,
        attribute: attribute.name,
      },
    }));
}

/** `int, default 1`, `ints, required` */
export function attributeDetail({ type, required, default: fallback }: AttributeSchema): string {
  const note = required
    ? ', required'
    : fallback === undefined
      ? ''
      : `, default ${defaultText(fallback, type)}`;
  return type + note;
}

/** A default as ONNX text writes it. */
export function defaultText(value: AttributeDefault, type: AttributeType): string {
  if (typeof value === 'number') {
    return type === 'float' && Number.isInteger(value) ? `${value}.0` : String(value);
  }
  return typeof value === 'string' ? quoted(value) : JSON.stringify(value);
}

function valueSnippet({ type, default: fallback, allowedValues }: AttributeSchema): string {
  const text = typeof fallback === 'string' || typeof fallback === 'number' ? String(fallback) : '';
  switch (type) {
    case 'int':
      return `\${1:${text || '0'}}`;
    case 'float':
      return `\${1:${/^-?\d+$/.test(text) ? `${text}.0` : text || '1.0'}}`;
    case 'string':
      // Those to choose from are suggested next.
      return allowedValues ? '$1' : `"\${1:${snippetText(text)}}"`;
    case 'ints':
    case 'floats':
      return '[$1]';
    case 'strings':
      return '["$1"]';
    default:
      return '$1';
  }
}

function functionAttributes(
  { document }: CompletionContext,
  statement: StatementSoFar,
  hasValue: boolean,
): Candidate[] {
  const called = calledBy(document.tree, statement);
  const segment = called && document.tree.declarations[called.declaration]?.signature;
  if (!called || segment === undefined) {
    return [];
  }
  const item = (name: string, detail: string): Candidate => ({
    label: name,
    kind: CompletionItemKind.Property,
    detail,
    insert: hasValue ? nameText(name) : `${nameText(name)} = `,
  });
  return [
    ...called.signature.attributeParameters.map(({ name }) => item(name, 'required')),
    ...called.signature.attributeDefaults.map(({ name, value }) =>
      item(name.name, `default ${textOf(document, segment, value)}`),
    ),
  ];
}

/** Attributes of the node at the cursor, as far as the parser could tell, without the one that the cursor is on. */
function attributesBehind(
  { document, cursor, end }: CompletionContext,
  { operator }: StatementSoFar,
): string[] {
  const place = placeAt(document.tree, end);
  const node = place && nodeAround(place.path);
  return node?.operator.name === operator && place
    ? node.attributes
        .filter(({ name }) => place.start + name.start !== cursor.start)
        .map(({ name }) => name.name)
    : [];
}
