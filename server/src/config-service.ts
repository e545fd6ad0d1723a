/**
 * What can be asked of a build config, one function per feature; the counterpart of language-service.ts. All are functions of a
 * document's version and of the files that it extends; none knows of a connection or an editor. See features/build-config/.
 */
import type {
  CodeAction,
  CodeActionContext,
  CompletionList,
  Diagnostic,
  DocumentHighlight,
  DocumentLink,
  DocumentSymbol,
  FoldingRange,
  FormattingOptions,
  Hover,
  LocationLink,
  Position,
  Range,
  SelectionRange,
  TextEdit,
} from 'vscode-languageserver-types';
import { checkBuilds } from './build-config/checks/check.ts';
import type { ConfigProblem, ResolvedConfig } from './build-config/model.ts';
import { resolveBuildConfig } from './build-config/resolve/resolve.ts';
import { axisHighlights } from './features/build-config/axis-highlights.ts';
import type { Circumstances } from './features/build-config/circumstances.ts';
import { configCodeActions } from './features/build-config/code-actions.ts';
import { configCompletion } from './features/build-config/completion.ts';
import { configDefinition } from './features/build-config/definition.ts';
import { configDiagnostics, schemaDiagnostics } from './features/build-config/diagnostics.ts';
import {
  type ConfigDocument,
  changedConfigDocument,
  createConfigDocument,
} from './features/build-config/document.ts';
import { configHover } from './features/build-config/hover.ts';
import {
  configFoldingRanges,
  configLinks,
  configSelectionRanges,
  configSymbols,
  formatConfig,
  formatConfigOnType,
} from './features/build-config/structure.ts';
import type { TextChange } from './features/source-text.ts';

export type { ConfigDocument } from './features/build-config/document.ts';

export interface ConfigServiceHost {
  /** The text of a file that a config extends: what the editor has of it, or what is on disk. Throws a sentence. */
  readText(path: string): string;
  /** What is known of models, runtimes and files now; without it a config stands by itself. */
  readonly circumstances?: Circumstances;
}

export interface ConfigService {
  createDocument(uri: string, version: number, text: string): ConfigDocument;
  changedDocument(document: ConfigDocument, version: number, changes: readonly TextChange[]): ConfigDocument;
  /** The builds, with the files as they are now. */
  resolve(document: ConfigDocument): ResolvedConfig;
  /** What we find, at once. */
  diagnostics(document: ConfigDocument, relatedInformation: boolean): Diagnostic[];
  /** What the schema finds where `ours` have nothing to say. Takes most of a second the first time. */
  schemaDiagnostics(document: ConfigDocument, ours: readonly Diagnostic[]): Promise<Diagnostic[]>;
  hover(document: ConfigDocument, position: Position): Promise<Hover | undefined>;
  completion(document: ConfigDocument, position: Position, snippets: boolean): Promise<CompletionList>;
  definition(document: ConfigDocument, position: Position): Promise<LocationLink[]>;
  /** Of axes of a matrix and their choices. */
  documentHighlights(document: ConfigDocument, position: Position): DocumentHighlight[];
  documentSymbols(document: ConfigDocument): Promise<DocumentSymbol[]>;
  documentLinks(document: ConfigDocument): DocumentLink[];
  foldingRanges(document: ConfigDocument): Promise<FoldingRange[]>;
  selectionRanges(document: ConfigDocument, positions: readonly Position[]): Promise<SelectionRange[]>;
  format(document: ConfigDocument, options: FormattingOptions): Promise<TextEdit[]>;
  formatOnType(
    document: ConfigDocument,
    position: Position,
    character: string,
    options: FormattingOptions,
  ): Promise<TextEdit[]>;
  /** With their edits. */
  codeActions(document: ConfigDocument, range: Range, context: CodeActionContext): CodeAction[];
}

export function createConfigService({ readText, circumstances }: ConfigServiceHost): ConfigService {
  const resolve = (document: ConfigDocument) => resolveBuildConfig(document.config, readText);
  const problemsOf = (document: ConfigDocument): readonly ConfigProblem[] => {
    const resolved = resolve(document);
    return circumstances
      ? [...resolved.problems, ...checkBuilds(resolved, circumstances)]
      : resolved.problems;
  };
  return {
    createDocument: createConfigDocument,
    changedDocument: changedConfigDocument,
    resolve,
    diagnostics: (document, relatedInformation) =>
      configDiagnostics(document, problemsOf(document), relatedInformation),
    schemaDiagnostics,
    hover: (document, position) => configHover(document, position, resolve(document), circumstances),
    completion: (document, position, snippets) =>
      configCompletion(document, position, snippets, () => resolve(document), circumstances),
    definition: (document, position) =>
      configDefinition(document, position, resolve(document), circumstances),
    documentHighlights: axisHighlights,
    documentSymbols: configSymbols,
    documentLinks: configLinks,
    foldingRanges: configFoldingRanges,
    selectionRanges: configSelectionRanges,
    format: formatConfig,
    formatOnType: formatConfigOnType,
    codeActions: (document, range, context) =>
      configCodeActions(document, range, context, problemsOf(document)),
  };
}
