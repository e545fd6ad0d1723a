import { CompletionItemKind } from 'vscode-languageserver-types';
import { functionAt } from '../../onnx/analysis/functions.ts';
import { dataTypes } from '../../onnx/model/data-types.ts';
import type { AttributeSchema } from '../../onnx/operators/schema.ts';
import type { StatementSoFar } from '../cursor/cursor-context.ts';
import { schemaFor } from '../cursor/operator-of-statement.ts';
import { attributeReferenceItems } from './attribute-names.ts';
import type { Candidate, CompletionContext } from './candidate.ts';
import { typeItems } from './types.ts';

/** Allowed values, the default, references to the function's attributes; numbers of element types by their names. */
export function attributeValueItems(
  context: CompletionContext,
  statement: StatementSoFar,
  attribute: string,
): Candidate[] {
  const schema = schemaFor(context.document.tree, context.declaration, statement);
  const known = schema?.attributes.get(attribute);
  if (context.cursor.isQuoted) {
    return known ? stringItems(known) : [];
  }
  const references = isInFunction(context)
    ? attributeReferenceItems(context).map((item) => ({
        ...item,
        label: `@${item.label}`,
        insert: `@${item.insert ?? item.label}`,
      }))
    : [];
  if (!known) {
    return references;
  }
  return [
    ...stringItems(known),
    ...numberItems(known),
    ...elementTypeItems(known),
    ...(known.type === 'type_proto' || known.type === 'tensor' ? typeItems() : []),
    ...references,
  ];
}

function stringItems({ allowedValues, default: fallback, type }: AttributeSchema): Candidate[] {
  const values =
    allowedValues ?? (type === 'string' && typeof fallback === 'string' && fallback ? [fallback] : []);
  return values.map((value) => ({
    label: value,
    kind: CompletionItemKind.EnumMember,
    ...(value === fallback && { detail: 'default', preselect: true }),
    insert: `"${value}"`,
  }));
}

function numberItems({ default: fallback, type }: AttributeSchema): Candidate[] {
  if (typeof fallback !== 'number') {
    return [];
  }
  const label = type === 'float' && Number.isInteger(fallback) ? `${fallback}.0` : String(fallback);
  return [{ label, kind: CompletionItemKind.Value, detail: 'default' }];
}

/** TensorProto.DataType is an int in attributes such as Cast's `to`. */
function elementTypeItems({ name, type, description }: AttributeSchema): Candidate[] {
  const isElementType =
    type === 'int' &&
    (name === 'to' || /(?:^|_)dtype$|_type$|precision$/u.test(name)) &&
    (/data ?type|TensorProto|precision|type of/iu.test(description) || name === 'to' || name === 'dtype');
  return isElementType
    ? dataTypes.map(({ name: label, number }) => ({
        label,
        kind: CompletionItemKind.EnumMember,
        detail: `${number}`,
        insert: String(number),
      }))
    : [];
}

function isInFunction({ document, declaration }: CompletionContext): boolean {
  return declaration !== undefined && functionAt(document.tree, declaration) !== undefined;
}
