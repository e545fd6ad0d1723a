/** textDocument/completion in configs: values from what there is, and the YAML language service with our schema. */
import { TextDocument } from 'vscode-languageserver-textdocument';
import {
  type CompletionItem,
  type CompletionList,
  InsertTextFormat,
  type Position,
  type TextEdit,
} from 'vscode-languageserver-types';
import type { ResolvedConfig } from '../../build-config/model.ts';
import type { Circumstances } from './circumstances.ts';
import { cursorAt } from './cursor.ts';
import type { ConfigDocument } from './document.ts';
import { type ValueItems, valueItems } from './value-completion.ts';
import { yamlService } from './yaml-service.ts';

/** `snippets`: whether the editor takes them. */
export async function configCompletion(
  document: ConfigDocument,
  position: Position,
  snippets: boolean,
  resolve: () => ResolvedConfig,
  circumstances: Circumstances | undefined,
): Promise<CompletionList> {
  const cursor = circumstances && cursorAt(document, position);
  const values =
    cursor && circumstances ? await valueItems(cursor, resolve(), circumstances, snippets) : noValues;
  const { items, ...list } = await schemaItems(document, position, snippets);
  // What the schema says of a name is that it is one.
  const others = items.filter(({ label }) => !values.items.some((value) => value.label === label));
  return {
    ...list,
    isIncomplete: values.isIncomplete,
    items: [...values.items, ...others],
  };
}

const noValues: ValueItems = { items: [], isIncomplete: false };

async function schemaItems(
  document: ConfigDocument,
  position: Position,
  snippets: boolean,
): Promise<CompletionList> {
  const offered = await itemsAt(document.textDocument, position);
  const items = offered.length > 0 ? offered : await itemsInEmptyPlace(document, position);
  const line = document.text.split('\n')[position.line] ?? '';
  const startsList = /^\s*profiles:\s*$/.test(line.slice(0, position.character));
  return {
    isIncomplete: false,
    items: items
      // `null` takes an inherited setting away: possible, and hardly what somebody looks for.
      .filter(({ label }) => label !== 'null' && !label.startsWith('Inline schema'))
      .map((item, index) => ({
        ...(startsList && item.label === 'profile' ? prefixed(item, '\n  - ') : item),
        // In the order of the documentation, which has the most used first.
        sortText: String(index).padStart(4, '0'),
      }))
      .map((item) => (snippets ? item : withoutSnippet(item))),
  };
}

async function itemsAt(document: TextDocument, position: Position): Promise<CompletionItem[]> {
  const service = await yamlService();
  return (await service.doComplete(document, position, false)).items;
}

/** Between `{` and `}` the service sees no key to complete; with a letter there it does. */
async function itemsInEmptyPlace(document: ConfigDocument, position: Position): Promise<CompletionItem[]> {
  const { textDocument, text } = document;
  const offset = textDocument.offsetAt(position);
  if (!/[{,:[]\s*$/.test(text.slice(0, offset))) return [];
  // Under a URI of its own: the service remembers texts by URI and version.
  const probe = TextDocument.create(
    `${textDocument.uri}?completion`,
    'yaml',
    textDocument.version * 2 ** 20 + offset,
    `${text.slice(0, offset)}x${text.slice(offset)}`,
  );
  const items = await itemsAt(probe, { ...position, character: position.character + 1 });
  const range = { start: position, end: position };
  return items.map((item) =>
    item.textEdit ? { ...item, textEdit: { range, newText: item.textEdit.newText } } : item,
  );
}

function prefixed(item: CompletionItem, prefix: string): CompletionItem {
  const edit = item.textEdit;
  return {
    ...item,
    ...(item.insertText !== undefined && { insertText: prefix + item.insertText }),
    ...(edit && { textEdit: { ...edit, newText: prefix + edit.newText } }),
  };
}

/** Its text with the placeholders' own words. */
function withoutSnippet(item: CompletionItem): CompletionItem {
  if (item.insertTextFormat !== InsertTextFormat.Snippet) return item;
  const plain = (text: string) => text.replace(/\$\{\d+:([^}]*)\}/g, '$1').replace(/\$\{?\d+\}?/g, '');
  const edit = item.textEdit as TextEdit | undefined;
  return {
    ...item,
    insertTextFormat: InsertTextFormat.PlainText,
    ...(item.insertText !== undefined && { insertText: plain(item.insertText) }),
    ...(edit && { textEdit: { ...edit, newText: plain(edit.newText) } }),
  };
}
