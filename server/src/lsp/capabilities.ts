import { type ServerCapabilities, TextDocumentSyncKind } from 'vscode-languageserver/node';
import { buildActionKind } from '../features/build-config/code-lenses.ts';
import { debugActionKind } from '../features/debug-actions.ts';
import { codeActionKinds, semanticTokensLegend } from '../language-service.ts';
import { applyActionCommand } from './code-actions.ts';

/** What `initialize` answers. */
export const capabilities: ServerCapabilities = {
  positionEncoding: 'utf-16',
  textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
  hoverProvider: true,
  completionProvider: {
    resolveProvider: true,
    triggerCharacters: ['=', '.', '(', '<', ',', '"', '@', ':', '['],
  },
  signatureHelpProvider: { triggerCharacters: ['(', ',', '<'], retriggerCharacters: ['=', ' '] },
  renameProvider: { prepareProvider: true },
  linkedEditingRangeProvider: true,
  inlayHintProvider: true,
  documentFormattingProvider: true,
  documentRangeFormattingProvider: true,
  documentOnTypeFormattingProvider: { firstTriggerCharacter: '}', moreTriggerCharacter: ['\n'] },
  codeActionProvider: {
    codeActionKinds: [...codeActionKinds, buildActionKind, debugActionKind],
    resolveProvider: true,
  },
  executeCommandProvider: { commands: [applyActionCommand] },
  codeLensProvider: {},
  callHierarchyProvider: true,
  workspaceSymbolProvider: true,
  typeDefinitionProvider: true,
  definitionProvider: true,
  referencesProvider: true,
  documentHighlightProvider: true,
  documentSymbolProvider: { label: 'ONNX' },
  documentLinkProvider: {},
  foldingRangeProvider: true,
  selectionRangeProvider: true,
  workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
  semanticTokensProvider: {
    documentSelector: null,
    legend: semanticTokensLegend,
    full: { delta: true },
    range: true,
  },
};
