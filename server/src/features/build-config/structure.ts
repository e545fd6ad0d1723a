/** Outline, folding, selection, links and formatting of configs. */
import type {
  DocumentLink,
  DocumentSymbol,
  FoldingRange,
  FormattingOptions,
  Position,
  SelectionRange,
  TextEdit,
} from 'vscode-languageserver-types';
import { isConfigKey, keyDefinitions } from '../../build-config/flags/index.ts';
import type { ConfigNode, MapNode } from '../../build-config/model.ts';
import { resolvePath } from '../../build-config/paths.ts';
import { basesOf } from '../../build-config/resolve/extends.ts';
import { hasPlaceholder } from '../../build-config/resolve/placeholders.ts';
import { redactSecrets } from '../../build-config/trtexec/secrets.ts';
import { uriOfFile } from './diagnostics.ts';
import type { ConfigDocument } from './document.ts';
import { yamlService } from './yaml-service.ts';

export async function configSymbols({ textDocument }: ConfigDocument): Promise<DocumentSymbol[]> {
  return (await yamlService()).findDocumentSymbols2(textDocument, { resultLimit: 10_000 }).map(redacted);
}

/** The outline shows values. */
function redacted(symbol: DocumentSymbol): DocumentSymbol {
  return {
    ...symbol,
    ...(symbol.detail !== undefined && { detail: redactSecrets(symbol.detail) }),
    ...(symbol.children && { children: symbol.children.map(redacted) }),
  };
}

export async function configFoldingRanges({ textDocument }: ConfigDocument): Promise<FoldingRange[]> {
  return (await yamlService()).getFoldingRanges(textDocument, { lineFoldingOnly: false }) ?? [];
}

export async function configSelectionRanges(
  { textDocument }: ConfigDocument,
  positions: readonly Position[],
): Promise<SelectionRange[]> {
  return (await yamlService()).getSelectionRanges(textDocument, [...positions]);
}

/** In the style of the documentation; a text that cannot be read stays as it is. */
export async function formatConfig(
  { textDocument }: ConfigDocument,
  options: FormattingOptions,
): Promise<TextEdit[]> {
  const custom = { printWidth: 100, bracketSpacing: true, proseWrap: 'preserve', tabWidth: options.tabSize };
  return (await yamlService()).doFormat(textDocument, custom);
}

export async function formatConfigOnType(
  { textDocument, uri }: ConfigDocument,
  position: Position,
  ch: string,
  options: FormattingOptions,
): Promise<TextEdit[]> {
  return (
    (await yamlService()).doDocumentOnTypeFormatting(textDocument, {
      position,
      ch,
      options,
      textDocument: { uri },
    }) ?? []
  );
}

/** Files: the model, the configs that are extended, caches, inputs … */
export function configLinks(document: ConfigDocument): DocumentLink[] {
  const { root } = document.config;
  if (!root || document.file === document.uri) return [];
  const links: DocumentLink[] = basesOf(root).map(({ text, origin }) => linkTo(text, origin.range, document));
  const collect = (map: MapNode): void => {
    for (const { key, value } of map.entries) {
      const kind = isConfigKey(key.text) ? keyDefinitions[key.text].value.kind : undefined;
      if (kind === 'path' || kind === 'paths' || kind === 'pathByName')
        links.push(...filesIn(value, document));
      else if (value.kind === 'map') collect(value);
      else if (value.kind === 'list') for (const item of value.items) if (item.kind === 'map') collect(item);
    }
  };
  collect(root);
  return links;
}

function filesIn(node: ConfigNode, document: ConfigDocument): DocumentLink[] {
  if (node.kind === 'list') return node.items.flatMap((item) => filesIn(item, document));
  if (node.kind === 'map') return node.entries.flatMap(({ value }) => filesIn(value, document));
  return node.value === null || hasPlaceholder(node) || node.text === ''
    ? []
    : [linkTo(node.text, node.origin.range, document)];
}

function linkTo(text: string, range: DocumentLink['range'], document: ConfigDocument): DocumentLink {
  const path = resolvePath(text, document.file);
  return { range, target: uriOfFile(path), tooltip: `Open ${path}` };
}
