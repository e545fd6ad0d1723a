/** textDocument/completion and completionItem/resolve: what can be written at the cursor. */
import type { CompletionItem, CompletionList, Position } from 'vscode-languageserver-types';
import { declarationAt } from '../onnx/analysis/names.ts';
import type { DocumentText } from '../onnx/text/document-text.ts';
import { annotationKeyItems } from './completion/annotations.ts';
import {
  attributeNameItems,
  attributeReferenceItems,
  attributeTypeItems,
} from './completion/attribute-names.ts';
import { attributeValueItems } from './completion/attribute-values.ts';
import type { Candidate, CompletionContext } from './completion/candidate.ts';
import { headerKeyItems, irVersionItems, opsetDomainItems, opsetVersionItems } from './completion/headers.ts';
import { matches } from './completion/match.ts';
import { operatorItems } from './completion/operators.ts';
import { resolvedDocumentation } from './completion/resolve.ts';
import { topItems } from './completion/top.ts';
import { dimensionItems, typeItems } from './completion/types.ts';
import { declaredNameItems, nodeOutputItems, valueItems } from './completion/values.ts';
import { cursorContext } from './cursor/cursor-context.ts';
import type { OnnxDocument } from './document.ts';
import { lastSegmentFrom } from './elements.ts';
import { offsetAt, rangeOf } from './source-text.ts';
import type { NetworkTypes } from './values.ts';

export interface CompletionOptions {
  /** Whether the editor takes snippets, with places to fill in. */
  readonly snippets: boolean;
  readonly network?: NetworkTypes | undefined;
}

/** More are left out until more is typed: an editor asks again where a list is incomplete. */
const maximumItems = 200;
/** Characters of a word behind the cursor that are looked at. */
const longestWord = 4096;

export function completion(
  document: OnnxDocument,
  position: Position,
  { snippets, network }: CompletionOptions,
): CompletionList {
  const { source, tree } = document;
  const offset = offsetAt(source, position);
  const cursor = cursorContext(tree, source.text, offset);
  if (!cursor) {
    return { isIncomplete: false, items: [] };
  }
  const segment = lastSegmentFrom(tree, offset);
  const context: CompletionContext = {
    document,
    cursor,
    network,
    segment,
    declaration: declarationAround(document, segment),
    end: wordEnd(source.text, offset, cursor.isQuoted),
    maximum: maximumItems,
  };
  const fitting = candidates(context).filter(({ filter, label }) =>
    matches(filter ?? label, typedText(context)),
  );
  const items = (cursor.construct.kind === 'operator' ? beginningFirst(fitting, typedText(context)) : fitting)
    .slice(0, maximumItems)
    .map((candidate, index) => item(context, candidate, index, snippets));
  // Values that do not fit are left out as long as others match, so an editor has to ask again as more is typed.
  const isPartial = cursor.construct.kind === 'node-input';
  return { isIncomplete: isPartial || fitting.length >= maximumItems, items };
}

/** Adds the documentation that the item's data leads to. */
export function resolveCompletion(completionItem: CompletionItem): CompletionItem {
  const documentation = resolvedDocumentation(completionItem.data);
  return documentation ? { ...completionItem, documentation } : completionItem;
}

function candidates(context: CompletionContext): readonly Candidate[] {
  const { construct } = context.cursor;
  switch (construct.kind) {
    case 'node-output':
      return nodeOutputItems(context);
    case 'operator':
      return operatorItems(context, construct.domain);
    case 'node-input':
      return valueItems(context, construct.statement, construct.index);
    case 'attribute-name':
      return attributeNameItems(context, construct.statement);
    case 'attribute-type':
      return attributeTypeItems(context, construct.statement, construct.attribute);
    case 'attribute-value':
      return attributeValueItems(context, construct.statement, construct.attribute);
    case 'attribute-reference':
      return attributeReferenceItems(context);
    case 'type':
      return typeItems();
    case 'dimension':
      return dimensionItems(context);
    case 'header-key':
      return headerKeyItems(context, construct.given);
    case 'opset-domain':
      return opsetDomainItems(context);
    case 'opset-version':
      return opsetVersionItems(construct.domain);
    case 'ir-version':
      return irVersionItems();
    case 'top':
      return topItems(context, construct.isBehindHeader);
    case 'declared-name':
      return declaredNameItems(context);
    case 'annotation-key':
      return annotationKeyItems();
  }
}

/** Also behind the last statement of a body, as long as the next graph or function has not begun. */
function declarationAround({ tree }: OnnxDocument, segment: number): number | undefined {
  const found = declarationAt(tree, segment);
  if (found !== undefined) {
    return found;
  }
  const last = tree.declarations.findLastIndex(({ signature }) => signature <= segment);
  return last >= 0 ? last : undefined;
}

function item(
  { document, cursor, end }: CompletionContext,
  candidate: Candidate,
  index: number,
  snippets: boolean,
): CompletionItem {
  const { label, kind, detail, insert, snippet, filter, preselect, deprecated, data, documentation, again } =
    candidate;
  const plain = insert ?? label;
  const isSnippet = snippets && snippet !== undefined;
  const written = cursor.isQuoted && filter === undefined ? `"${label}` : undefined;
  return {
    label,
    kind,
    sortText: String(index).padStart(4, '0'),
    textEdit: { range: rangeOf(document.source, cursor.start, end), newText: isSnippet ? snippet : plain },
    ...(isSnippet && { insertTextFormat: 2 }),
    ...(detail !== undefined && { detail }),
    ...(written !== undefined ? { filterText: written } : filter !== undefined && { filterText: filter }),
    ...(preselect === true && { preselect }),
    ...(deprecated === true && { tags: [1] }),
    ...(documentation && { documentation }),
    ...(data !== undefined && { data }),
    ...(again === true && { command: { title: 'Suggest', command: 'editor.action.triggerSuggest' } }),
  };
}

/** What begins as the typed text, then what has its letters further on: some editors keep the order they are given. */
function beginningFirst(items: readonly Candidate[], typed: string): readonly Candidate[] {
  const begins = ({ label }: Candidate) => label.toLowerCase().startsWith(typed.toLowerCase());
  return typed === '' ? items : [...items.filter(begins), ...items.filter((item) => !begins(item))];
}

function typedText({ cursor }: CompletionContext): string {
  if (cursor.construct.kind !== 'operator') {
    return cursor.typed;
  }
  const { domain } = cursor.construct;
  return domain === '' ? cursor.typed : `${domain}.${cursor.typed}`;
}

/** The rest of the word behind the cursor is replaced, too. */
function wordEnd(text: DocumentText, offset: number, isQuoted: boolean): number {
  const pattern = isQuoted ? /^[^"\r\n,()<>[\]{}=]*"/u : /^\w*/u;
  const rest = text.slice(offset, Math.min(text.length, offset + longestWord));
  return offset + (pattern.exec(rest)?.[0].length ?? 0);
}
