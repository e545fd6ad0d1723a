/**
 * The language server. Over IPC for our extension, over standard input and output (`--stdio`) for any other editor; which of
 * them is read from the command line by vscode-languageserver.
 */
import { Console } from 'node:console';
import { existsSync } from 'node:fs';
import {
  type ClientCapabilities,
  type Connection,
  createConnection,
  DidChangeConfigurationNotification,
  type InitializeParams,
  ProposedFeatures,
  ResourceOperationKind,
} from 'vscode-languageserver/node';
import { createLanguageService } from '../language-service.ts';
import { nodeFileAccess } from '../node/file-access.ts';
import { WeightsKeeper } from '../node/kept-weights.ts';
import { BuildProblems } from './build-problems.ts';
import { Builds } from './builds.ts';
import { capabilities } from './capabilities.ts';
import { CheckPlugins } from './check-plugins.ts';
import { Checks } from './checks.ts';
import { Configs } from './configs.ts';
import { Documents } from './documents.ts';
import { handlers } from './handlers.ts';
import { endWithConnection, endWithProcess } from './lifeline.ts';
import { createLog } from './log.ts';
import { StdioReader } from './messages/stdio-reader.ts';
import { StdioWriter } from './messages/stdio-writer.ts';
import { RuntimeSelection } from './runtime-selection.ts';
import { SemanticTokensCache } from './semantic-tokens-cache.ts';
import type { ClientFeatures, Session } from './session.ts';
import { SettingsStore } from './settings-store.ts';
import { WorkspaceFolders } from './workspace-folders.ts';
import { WorkspaceTrust } from './workspace-trust.ts';

/** Serves one editor until it says `exit` or is gone, and ends the process then. */
export function startLanguageServer(connection: Connection = openConnection()): void {
  endWithConnection();
  let session: Session | undefined;
  const started = (): Session => {
    if (!session) {
      throw new Error('The editor has not sent `initialize` yet.');
    }
    return session;
  };
  connection.onInitialize((params) => {
    endWithProcess(params.processId);
    session = createSession(connection, params);
    return { capabilities, serverInfo: { name: 'ONNX & TensorRT Language Tools' } };
  });
  connection.onInitialized(async () => {
    const { client, log, runtimes, plugins, folders, checks } = started();
    // A server is started for a document that is about to open: TensorRT takes a second to start, so it may start now.
    void plugins.of().then((known) => runtimes.warmUp(known.plugins));
    if (client.workspaceFolders) {
      // Not in the table of handlers: the library puts its own in the place of one.
      connection.workspace.onDidChangeWorkspaceFolders((event) => {
        folders.changed(event);
        checks.again();
      });
    }
    if (client.configuration) {
      await connection.client
        .register(DidChangeConfigurationNotification.type, { section: 'tensorrt' })
        .catch((error: unknown) => log.error('Changed settings are not told of', error));
    }
  });
  connection.onShutdown(() => {
    started().checks.dispose();
    started().configs.dispose();
    started().builds.dispose();
    started().runtimes.dispose();
  });
  // A message that can no longer be sent, or a mistake of ours, is no reason to end.
  process.on('unhandledRejection', (reason) => {
    session?.log.error('Something failed that nothing waited for', reason);
  });
  for (const register of handlers) {
    register(connection, started);
  }
  connection.listen();
}

function openConnection(): Connection {
  if (!process.argv.includes('--stdio')) return createConnection(ProposedFeatures.all);
  // What a library prints must not come between the messages.
  globalThis.console = new Console(process.stderr, process.stderr);
  return createConnection(
    ProposedFeatures.all,
    new StdioReader(process.stdin),
    new StdioWriter(process.stdout),
  );
}

function createSession(connection: Connection, params: InitializeParams): Session {
  const options: unknown = params.initializationOptions;
  const client = featuresOf(params.capabilities, options);
  const weights = new WeightsKeeper();
  const files = { ...nodeFileAccess, keptWeights: (path: string) => weights.of(path) };
  const service = createLanguageService({ files, createsFiles: client.createsFiles });
  const log = createLog(connection, client.isOurExtension);
  const settings = new SettingsStore(connection, log, client.configuration, initialSettings(options));
  const runtimes = new RuntimeSelection(connection, settings, log);
  const documents = new Documents(service);
  const docsUri = docsFolder();
  const buildProblems = new BuildProblems();
  const known = {
    connection,
    client,
    service,
    files,
    weights,
    documents,
    buildProblems,
    folders: new WorkspaceFolders(params),
    trust: new WorkspaceTrust(saysTrusted(options)),
    settings,
    runtimes,
    log,
    docsUri,
  };
  const parts = { ...known, configs: new Configs(known), plugins: new CheckPlugins(known) };
  const all = { ...parts, builds: new Builds(parts) };
  return { ...all, checks: new Checks(all), tokens: new SemanticTokensCache(service) };
}

function featuresOf(client: ClientCapabilities, options: unknown): ClientFeatures {
  return {
    linksDefinitions: client.textDocument?.definition?.linkSupport === true,
    snippets: client.textDocument?.completion?.completionItem?.snippetSupport === true,
    resolvesCodeActions:
      client.textDocument?.codeAction?.resolveSupport?.properties.includes('edit') === true,
    createsFiles:
      client.workspace?.workspaceEdit?.documentChanges === true &&
      client.workspace.workspaceEdit.resourceOperations?.includes(ResourceOperationKind.Create) === true,
    relatedInformation: client.textDocument?.publishDiagnostics?.relatedInformation === true,
    takesCodeActions: client.textDocument?.codeAction?.codeActionLiteralSupport !== undefined,
    workspaceFolders: client.workspace?.workspaceFolders === true,
    configuration: client.workspace?.configuration === true,
    refreshesInlayHints: client.workspace?.inlayHint?.refreshSupport === true,
    refreshesCodeLenses: client.workspace?.codeLens?.refreshSupport === true,
    isOurExtension: typeof options === 'object' && options !== null && 'workspaceTrusted' in options,
  };
}

function saysTrusted(options: unknown): boolean {
  return (
    typeof options === 'object' &&
    options !== null &&
    'workspaceTrusted' in options &&
    options.workspaceTrusted === true
  );
}

/** Editors without `workspace/configuration` may give the settings with `initialize`, under `tensorrt`. */
function initialSettings(options: unknown): unknown {
  return typeof options === 'object' && options !== null && 'tensorrt' in options
    ? options.tensorrt
    : undefined;
}

/** docs/diagnostics beside dist/ where bundled, and in the repository where run from the sources. */
function docsFolder(): string | undefined {
  const candidates = ['../docs/diagnostics', '../../../docs/diagnostics'].map(
    (path) => new URL(path, import.meta.url),
  );
  return candidates.find((url) => existsSync(url))?.href;
}
