import type { Connection } from 'vscode-languageserver/node';
import type { LanguageService } from '../language-service.ts';
import type { WeightsKeeper } from '../node/kept-weights.ts';
import type { FileAccess } from '../onnx/model/file-access.ts';
import type { BuildProblems } from './build-problems.ts';
import type { Builds } from './builds.ts';
import type { CheckPlugins } from './check-plugins.ts';
import type { Checks } from './checks.ts';
import type { Configs } from './configs.ts';
import type { Documents } from './documents.ts';
import type { Log } from './log.ts';
import type { RuntimeSelection } from './runtime-selection.ts';
import type { SemanticTokensCache } from './semantic-tokens-cache.ts';
import type { SettingsStore } from './settings-store.ts';
import type { WorkspaceFolders } from './workspace-folders.ts';
import type { WorkspaceTrust } from './workspace-trust.ts';

/** All that handlers work with, from `initialize` to the end of the process. */
export interface Session {
  readonly connection: Connection;
  readonly client: ClientFeatures;
  readonly service: LanguageService;
  readonly files: FileAccess;
  /** Weights that saves have removed. */
  readonly weights: WeightsKeeper;
  /** The open models. */
  readonly documents: Documents;
  /** The open build configs. */
  readonly configs: Configs;
  readonly settings: SettingsStore;
  readonly runtimes: RuntimeSelection;
  /** The plugin libraries that models are checked with. */
  readonly plugins: CheckPlugins;
  readonly checks: Checks;
  readonly builds: Builds;
  /** Why the last builds failed. */
  readonly buildProblems: BuildProblems;
  readonly tokens: SemanticTokensCache;
  readonly folders: WorkspaceFolders;
  readonly trust: WorkspaceTrust;
  readonly log: Log;
  /** `file:` URI of the folder with a page per diagnostic code; undefined where it is not installed. */
  readonly docsUri: string | undefined;
}

/** What the editor can do, of what we ask for. */
export interface ClientFeatures {
  /** Takes LocationLinks as definitions. */
  readonly linksDefinitions: boolean;
  /** Takes snippets as completions. */
  readonly snippets: boolean;
  /** Asks for the edit of a code action when the user has chosen it. */
  readonly resolvesCodeActions: boolean;
  /** Applies workspace edits that create files. */
  readonly createsFiles: boolean;
  /** Shows relatedInformation of diagnostics. */
  readonly relatedInformation: boolean;
  /** Takes code actions with edits; otherwise commands only, of which we have none. */
  readonly takesCodeActions: boolean;
  /** Tells of folders that are opened and closed. */
  readonly workspaceFolders: boolean;
  /** Answers workspace/configuration. */
  readonly configuration: boolean;
  /** Asks for inlay hints again when told to. */
  readonly refreshesInlayHints: boolean;
  /** Asks for code lenses again when told to. */
  readonly refreshesCodeLenses: boolean;
  /** Is our own extension, which takes the notifications of server/src/protocol.ts. */
  readonly isOurExtension: boolean;
}
