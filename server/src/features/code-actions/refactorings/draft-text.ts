/** What a converted node changes in the text of its statement: no more than what is different. */
import type { Attribute } from '../../../onnx/model/model.ts';
import type { NodeDraft } from '../../../onnx/opset-conversion/node-draft.ts';
import { floatLiteral } from '../../../onnx/text/printer/floats.ts';
import { identifier, quoted, unambiguousIdentifier } from '../../../onnx/text/printer/literals.ts';
import type { Identifier } from '../../../onnx/text/syntax-tree.ts';
import type { TextChange } from '../../source-text.ts';
import type { Statement } from '../rewriting/body.ts';

export function changesOfDraft(text: string, statement: Statement, draft: NodeDraft): TextChange[] {
  const { node, base, start, end } = statement;
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const indent = /^[ \t]*/.exec(text.slice(lineStart, start))?.[0] ?? '';
  const changes: TextChange[] = [];
  if (draft.before.length > 0) {
    changes.push({ start, end: start, text: draft.before.map((line) => `${line}\n${indent}`).join('') });
  }
  if (draft.operator !== node.operator.name) {
    changes.push(replaced(base, node.operator, identifier(draft.operator)));
  }
  changes.push(...namesChange(base, node.outputs, draft.outputs));
  changes.push(...namesChange(base, node.inputs, draft.inputs));
  if (draft.hasOtherAttributes) {
    changes.push(attributesChange(text, statement, draft));
  }
  if (draft.after.length > 0) {
    changes.push({ start: end, end, text: draft.after.map((line) => `\n${indent}${line}`).join('') });
  }
  return changes;
}

function replaced(base: number, { start, end }: Identifier, text: string): TextChange {
  return { start: base + start, end: base + end, text };
}

/** Of a list that has at least one name, before and after. */
function namesChange(base: number, before: readonly Identifier[], after: readonly string[]): TextChange[] {
  const [first, last] = [before[0], before.at(-1)];
  if (
    !first ||
    !last ||
    (before.length === after.length && before.every(({ name }, at) => name === after[at]))
  ) {
    return [];
  }
  const text = after.map((name) => (name === '' ? '""' : unambiguousIdentifier(name))).join(', ');
  return [{ start: base + first.start, end: base + last.end, text }];
}

/** Attributes that stay are written as they were. */
function attributesChange(text: string, { node, base }: Statement, draft: NodeDraft): TextChange {
  const written = new Map(
    node.attributes.map((attribute) => {
      const start = base + Math.min(attribute.start, attribute.annotations[0]?.start ?? attribute.start);
      return [attribute.name.name, text.slice(start, base + attribute.end)];
    }),
  );
  const before = new Map(draft.node.attributes.map((attribute) => [attribute.name, attribute]));
  const texts = [...draft.attributes.values()].map((attribute) =>
    before.get(attribute.name) === attribute ? (written.get(attribute.name) ?? '') : attributeText(attribute),
  );
  const list = texts.length === 0 ? '' : `<${texts.join(', ')}>`;
  const [first, last] = [node.attributes[0], node.attributes.at(-1)];
  if (first && last) {
    const open = text.lastIndexOf(
      '<',
      base + Math.min(first.start, first.annotations[0]?.start ?? first.start),
    );
    const close = text.indexOf('>', base + last.end) + 1;
    // The blank before a list goes with it.
    return { start: list === '' && text[open - 1] === ' ' ? open - 1 : open, end: close, text: list };
  }
  const at = base + (node.overload ?? node.operator).end;
  return { start: at, end: at, text: ` ${list}` };
}

/** Attributes that rules set are of these types. */
function attributeText(attribute: Attribute): string {
  switch (attribute.type) {
    case 'int':
      return `${attribute.name} = ${attribute.value}`;
    case 'string':
      return `${attribute.name} = ${quoted(String(attribute.value))}`;
    case 'float':
      return `${attribute.name} = ${floatLiteral(attribute.value)}`;
    case 'floats':
      return `${attribute.name} = [${attribute.value.map(floatLiteral).join(', ')}]`;
    default:
      throw new Error(`No rule sets an attribute of type ${attribute.type}.`);
  }
}
