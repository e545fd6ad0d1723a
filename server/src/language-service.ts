/**
 * What can be asked of an ONNX text document, one function per feature. All are pure functions of a document's version (and of
 * what TensorRT said of it, where that is asked for); none knows of a connection or an editor. See features/.
 */
import type {
  CallHierarchyIncomingCall,
  CallHierarchyItem,
  CallHierarchyOutgoingCall,
  CodeAction,
  CodeActionContext,
  CodeLens,
  CompletionItem,
  CompletionList,
  Diagnostic,
  DocumentHighlight,
  DocumentLink,
  DocumentSymbol,
  FoldingRange,
  Hover,
  InlayHint,
  Location,
  LocationLink,
  Position,
  Range,
  SelectionRange,
  SignatureHelp,
  TextEdit,
  WorkspaceSymbol,
} from 'vscode-languageserver-types';
import { incomingCalls, outgoingCalls, prepareCallHierarchy } from './features/call-hierarchy.ts';
import type { ActionResult } from './features/code-actions/code-action.ts';
import { type CodeActionData, codeActions, resolveCodeAction } from './features/code-actions.ts';
import { codeLenses } from './features/code-lenses.ts';
import { type CompletionOptions, completion, resolveCompletion } from './features/completion.ts';
import { definition } from './features/definition.ts';
import { modelDiagnostics } from './features/diagnostics/model.ts';
import { syntaxDiagnostics } from './features/diagnostics/syntax.ts';
import { changedDocument, createDocument, type OnnxDocument } from './features/document.ts';
import { documentHighlights } from './features/document-highlights.ts';
import { documentLinks } from './features/document-links.ts';
import { documentSymbols } from './features/document-symbols.ts';
import { foldingRanges } from './features/folding-ranges.ts';
import { formatDocument, formatOnType, formatRange } from './features/formatting.ts';
import { hover } from './features/hover.ts';
import { type InlayHintOptions, inlayHints } from './features/inlay-hints.ts';
import { type LinkedNames, linkedEditingRanges } from './features/linked-editing.ts';
import { references } from './features/references.ts';
import { prepareRename, type RenameResult, type RenameTarget, rename } from './features/rename.ts';
import { selectionRanges } from './features/selection-ranges.ts';
import { semanticTokens, semanticTokensInRange } from './features/semantic-tokens.ts';
import { signatureHelp } from './features/signature-help.ts';
import type { TextChange } from './features/source-text.ts';
import { typeDefinition } from './features/type-definition.ts';
import type { NetworkTypes } from './features/values.ts';
import { workspaceSymbols } from './features/workspace-symbols.ts';
import type { FileAccess } from './onnx/model/file-access.ts';

export type { ActionResult } from './features/code-actions/code-action.ts';
export { type CodeActionData, codeActionKinds } from './features/code-actions.ts';
export type { OnnxDocument } from './features/document.ts';
export { semanticTokensEdits, semanticTokensLegend } from './features/semantic-tokens.ts';
export type { TextChange } from './features/source-text.ts';
export type { NetworkTypes } from './features/values.ts';

export interface LanguageServiceHost {
  readonly files: FileAccess;
  /** Whether the editor applies workspace edits that create files. */
  readonly createsFiles?: boolean;
}

export interface LanguageService {
  /** `uri` is `file:` of a text, or `onnx:` of the text form of a binary model; other schemes have no folder for external data. */
  createDocument(uri: string, version: number, text: string): OnnxDocument;
  /** Each change is relative to the text that the one before it left. */
  changedDocument(document: OnnxDocument, version: number, changes: readonly TextChange[]): OnnxDocument;

  /** Problems of the text itself. */
  syntaxDiagnostics(document: OnnxDocument): Diagnostic[];
  /** Problems that show when the text is turned into a model: tensors that do not fit their type, references that lead nowhere. */
  modelDiagnostics(document: OnnxDocument): Diagnostic[];

  hover(document: OnnxDocument, position: Position, network?: NetworkTypes): Hover | undefined;
  completion(document: OnnxDocument, position: Position, options: CompletionOptions): CompletionList;
  /** The item with its documentation. */
  resolveCompletion(item: CompletionItem): CompletionItem;
  definition(document: OnnxDocument, position: Position): LocationLink[];
  typeDefinition(document: OnnxDocument, position: Position): Location[];
  signatureHelp(document: OnnxDocument, position: Position): SignatureHelp | undefined;
  prepareRename(document: OnnxDocument, position: Position): RenameTarget | undefined;
  rename(document: OnnxDocument, position: Position, newName: string): RenameResult;
  linkedEditingRanges(document: OnnxDocument, position: Position): LinkedNames | undefined;
  inlayHints(document: OnnxDocument, range: Range, options: InlayHintOptions): InlayHint[];
  formatDocument(document: OnnxDocument): TextEdit[];
  formatRange(document: OnnxDocument, range: Range): TextEdit[];
  formatOnType(document: OnnxDocument, position: Position): TextEdit[];
  /** Quick fixes and refactorings, without their edits. */
  codeActions(
    document: OnnxDocument,
    range: Range,
    context: CodeActionContext,
    network?: NetworkTypes,
  ): CodeAction[];
  /** The edit of an action, from its `data`. */
  resolveCodeAction(document: OnnxDocument, data: CodeActionData, network?: NetworkTypes): ActionResult;
  /** `showsReferences`: whether the editor has our command that shows references. */
  codeLenses(document: OnnxDocument, showsReferences: boolean): CodeLens[];
  prepareCallHierarchy(document: OnnxDocument, position: Position): CallHierarchyItem[];
  incomingCalls(document: OnnxDocument, item: CallHierarchyItem): CallHierarchyIncomingCall[];
  outgoingCalls(document: OnnxDocument, item: CallHierarchyItem): CallHierarchyOutgoingCall[];
  workspaceSymbols(documents: readonly OnnxDocument[], query: string): WorkspaceSymbol[];
  references(document: OnnxDocument, position: Position, includeDeclaration: boolean): Location[];
  documentHighlights(document: OnnxDocument, position: Position): DocumentHighlight[];
  documentSymbols(document: OnnxDocument): DocumentSymbol[];
  documentLinks(document: OnnxDocument): DocumentLink[];
  foldingRanges(document: OnnxDocument): FoldingRange[];
  selectionRanges(document: OnnxDocument, positions: readonly Position[]): SelectionRange[];
  /** In LSP's packed form; undefined where the document is too long to colour as a whole. */
  semanticTokens(document: OnnxDocument): number[] | undefined;
  semanticTokensInRange(document: OnnxDocument, range: Range): number[];
}

export function createLanguageService({ files, createsFiles }: LanguageServiceHost): LanguageService {
  return {
    createDocument: (uri, version, text) => createDocument(uri, version, text, files),
    changedDocument,
    syntaxDiagnostics,
    modelDiagnostics,
    hover: (document, position, network) => hover({ document, network, files }, position),
    completion,
    resolveCompletion,
    definition,
    typeDefinition,
    signatureHelp,
    prepareRename,
    rename,
    linkedEditingRanges,
    inlayHints,
    formatDocument,
    formatRange,
    formatOnType,
    codeActions: (document, range, context, network) =>
      codeActions(document, range, context, { files, network, createsFiles }),
    resolveCodeAction: (document, data, network) =>
      resolveCodeAction(document, data, { files, network, createsFiles }),
    codeLenses,
    prepareCallHierarchy,
    incomingCalls,
    outgoingCalls,
    workspaceSymbols,
    references,
    documentHighlights,
    documentSymbols,
    documentLinks,
    foldingRanges,
    selectionRanges,
    semanticTokens,
    semanticTokensInRange,
  };
}
