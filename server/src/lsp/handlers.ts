/** All messages that the server answers or takes, one row each. */
import {
  CallHierarchyIncomingCallsRequest,
  CallHierarchyOutgoingCallsRequest,
  CallHierarchyPrepareRequest,
  CodeActionRequest,
  CodeActionResolveRequest,
  CodeLensRequest,
  CompletionRequest,
  CompletionResolveRequest,
  DefinitionRequest,
  DidChangeConfigurationNotification,
  DidChangeTextDocumentNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  DocumentFormattingRequest,
  DocumentHighlightRequest,
  DocumentLinkRequest,
  DocumentOnTypeFormattingRequest,
  DocumentRangeFormattingRequest,
  DocumentSymbolRequest,
  ExecuteCommandRequest,
  FoldingRangeRequest,
  HoverRequest,
  InlayHintRequest,
  LinkedEditingRangeRequest,
  type Location,
  type LocationLink,
  LSPErrorCodes,
  PrepareRenameRequest,
  ReferencesRequest,
  RenameRequest,
  ResponseError,
  SelectionRangeRequest,
  SemanticTokensDeltaRequest,
  SemanticTokensRangeRequest,
  SemanticTokensRequest,
  SignatureHelpRequest,
  TypeDefinitionRequest,
  WorkspaceSymbolRequest,
} from 'vscode-languageserver/node';
import { shellOfPlatform } from '../build-config/trtexec/shells.ts';
import {
  BuildEngineRequest,
  CancelBuildRequest,
  NewBuildConfigRequest,
  PlannedBuildsRequest,
  WorkspaceTrustedNotification,
} from '../build-protocol.ts';
import {
  CaptureDebugRequest,
  CompareDebugRequest,
  DebugOnModelRequest,
  HasGpuRequest,
  MarkDebugRequest,
} from '../debug-protocol.ts';
import {
  CompareEnginesRequest,
  EnginesOfModelRequest,
  InspectEngineRequest,
  ProfileOnModelRequest,
  RefitEngineRequest,
} from '../engine-protocol.ts';
import { configOfText, trtexecLines } from '../features/build-config/trtexec.ts';
import { debugActions } from '../features/debug-actions.ts';
import { writeDocumentSymbols } from '../features/document-symbols-json.ts';
import {
  CompareProfilesRequest,
  GenerateRunnerRequest,
  KeepBudgetRequest,
  MeasureContextMemoryRequest,
  ProfileEngineRequest,
  ProfileTraceRequest,
  ReadMeasurementRequest,
  SweepWeightStreamingRequest,
} from '../measure-protocol.ts';
import {
  CheckRequest,
  ExportRequest,
  FromTrtexecRequest,
  InstallRtxRequest,
  PrintRequest,
  RestartBridgeRequest,
  RuntimesRequest,
  SaveRequest,
  SelectRuntimeRequest,
  ToTrtexecRequest,
} from '../protocol.ts';
import { seemsToHaveGpu } from '../tensorrt/installations/choose.ts';
import {
  configBuildLenses,
  modelBuildLenses,
  newBuildConfig,
  offeredConfigBuilds,
  offeredModelBuild,
  plannedBuilds,
} from './build-offers.ts';
import { answerCodeActions, answerResolvedCodeAction, executeCommand } from './code-actions.ts';
import { isConfig } from './configs.ts';
import { captureDebug, compareDebug, debugOnModel, markDebug } from './debug.ts';
import { compareEngines, inspectEngine, profileOnModel } from './engines.ts';
import { exportModel } from './export-model.ts';
import { customRequest, documentRequest, notification, type Registration, request } from './handler.ts';
import { contextMemoryOfEngine, generateRunner, profileOfEngine, sweepOfEngine } from './measurements.ts';
import { OwnJson } from './messages/own-json.ts';
import { enginesOfModel, modelEngineLenses } from './model-engines.ts';
import { pluginActions } from './plugin-actions.ts';
import { printModel } from './print-model.ts';
import { refitEngine } from './refits.ts';
import { saveModel } from './save-model.ts';
import { compareProfiles, keepBudget, profileTrace, readMeasurement } from './stored-measurements.ts';

export const handlers: readonly Registration[] = [
  notification(DidOpenTextDocumentNotification.type, ({ documents, configs, checks }, { textDocument }) => {
    if (isConfig(textDocument)) {
      configs.open(textDocument);
    } else {
      checks.opened(documents.open(textDocument));
      configs.circumstancesChanged();
    }
  }),
  notification(DidChangeTextDocumentNotification.type, ({ documents, configs, checks }, params) => {
    configs.change(params);
    const document = documents.change(params);
    if (document) {
      checks.changed(document);
      configs.circumstancesChanged();
    }
  }),
  notification(DidCloseTextDocumentNotification.type, (session, { textDocument }) => {
    const { documents, configs, checks, tokens } = session;
    configs.close(textDocument.uri);
    documents.close(textDocument.uri);
    tokens.forget(textDocument.uri);
    checks.closed(textDocument.uri);
    configs.circumstancesChanged();
  }),
  notification(DidChangeConfigurationNotification.type, async (session, { settings }) => {
    session.settings.changed(settings);
    session.plugins.settingsChanged();
    await session.runtimes.settingsChanged();
    session.checks.again();
    session.configs.circumstancesChanged();
    session.checks.refreshInlayHints();
  }),

  documentRequest(
    HoverRequest.type,
    ({ service, checks }, document, { position }) =>
      service.hover(document, position, checks.networkOf(document)),
    ({ configs }, config, { position }) => configs.service.hover(config, position),
  ),
  documentRequest(
    CompletionRequest.type,
    ({ service, client, checks }, document, { position }) =>
      service.completion(document, position, {
        snippets: client.snippets,
        network: checks.networkOf(document),
      }),
    ({ configs, client }, config, { position }) =>
      configs.service.completion(config, position, client.snippets),
  ),
  request(CompletionResolveRequest.type, ({ service }, item) => service.resolveCompletion(item)),
  documentRequest(
    DefinitionRequest.type,
    ({ service, client }, document, { position }) => {
      const links = service.definition(document, position);
      return client.linksDefinitions ? links : links.map(locationOf);
    },
    async ({ configs, client }, config, { position }) => {
      const links = await configs.service.definition(config, position);
      return client.linksDefinitions ? links : links.map(locationOf);
    },
  ),
  documentRequest(TypeDefinitionRequest.type, ({ service }, document, { position }) =>
    service.typeDefinition(document, position),
  ),
  documentRequest(SignatureHelpRequest.type, ({ service }, document, { position }) =>
    service.signatureHelp(document, position),
  ),
  documentRequest(PrepareRenameRequest.type, ({ service }, document, { position }) =>
    service.prepareRename(document, position),
  ),
  documentRequest(RenameRequest.type, ({ service }, document, { position, newName }) => {
    const result = service.rename(document, position, newName);
    if (result.kind === 'refused') {
      throw new ResponseError(LSPErrorCodes.RequestFailed, result.reason);
    }
    return result.edit;
  }),
  request(
    InlayHintRequest.type,
    async ({ service, documents, settings, checks }, { textDocument, range }) => {
      const { inlayHintsTypes, inlayHintsAttributeDefaults } = await settings.for(textDocument.uri);
      const document = documents.get(textDocument.uri);
      return document
        ? service.inlayHints(document, range, {
            types: inlayHintsTypes,
            attributeDefaults: inlayHintsAttributeDefaults,
            network: checks.networkOf(document),
          })
        : null;
    },
  ),
  documentRequest(
    DocumentFormattingRequest.type,
    ({ service }, document) => service.formatDocument(document),
    ({ configs }, config, { options }) => configs.service.format(config, options),
  ),
  documentRequest(DocumentRangeFormattingRequest.type, ({ service }, document, { range }) =>
    service.formatRange(document, range),
  ),
  documentRequest(
    DocumentOnTypeFormattingRequest.type,
    ({ service }, document, { position }) => service.formatOnType(document, position),
    ({ configs }, config, { position, ch, options }) =>
      configs.service.formatOnType(config, position, ch, options),
  ),
  documentRequest(
    CodeActionRequest.type,
    async (session, document, params) => [
      ...answerCodeActions(session, document, params),
      ...(await pluginActions(session, document, params.context)),
      ...offeredModelBuild(session, document, params.context),
      ...(session.client.isOurExtension ? debugActions(document, params.range, params.context) : []),
    ],
    (session, config, { range, context }) => [
      ...session.configs.service.codeActions(config, range, context),
      ...offeredConfigBuilds(session, config, context),
    ],
  ),
  request(CodeActionResolveRequest.type, answerResolvedCodeAction),
  request(ExecuteCommandRequest.type, executeCommand),
  documentRequest(
    CodeLensRequest.type,
    async (session, document) => [
      ...modelBuildLenses(session, document),
      ...(await modelEngineLenses(session, document)),
      ...session.service.codeLenses(document, session.client.isOurExtension),
    ],
    configBuildLenses,
  ),
  documentRequest(CallHierarchyPrepareRequest.type, ({ service }, document, { position }) =>
    service.prepareCallHierarchy(document, position),
  ),
  request(CallHierarchyIncomingCallsRequest.type, ({ service, documents }, { item }) => {
    const document = documents.get(item.uri);
    return document ? service.incomingCalls(document, item) : null;
  }),
  request(CallHierarchyOutgoingCallsRequest.type, ({ service, documents }, { item }) => {
    const document = documents.get(item.uri);
    return document ? service.outgoingCalls(document, item) : null;
  }),
  request(WorkspaceSymbolRequest.type, ({ service, documents }, { query }) =>
    service.workspaceSymbols(documents.all(), query),
  ),
  documentRequest(ReferencesRequest.type, ({ service }, document, { position, context }) =>
    service.references(document, position, context.includeDeclaration),
  ),
  documentRequest(
    DocumentHighlightRequest.type,
    ({ service }, document, { position }) => service.documentHighlights(document, position),
    ({ configs }, config, { position }) => configs.service.documentHighlights(config, position),
  ),
  documentRequest(
    DocumentSymbolRequest.type,
    ({ service }, document) => new OwnJson(service.documentSymbols(document), writeDocumentSymbols),
    ({ configs }, config) => configs.service.documentSymbols(config),
  ),
  documentRequest(
    DocumentLinkRequest.type,
    ({ service }, document) => service.documentLinks(document),
    ({ configs }, config) => configs.service.documentLinks(config),
  ),
  documentRequest(LinkedEditingRangeRequest.type, ({ service }, document, { position }) =>
    service.linkedEditingRanges(document, position),
  ),
  documentRequest(
    FoldingRangeRequest.type,
    ({ service }, document) => service.foldingRanges(document),
    ({ configs }, config) => configs.service.foldingRanges(config),
  ),
  documentRequest(
    SelectionRangeRequest.type,
    ({ service }, document, { positions }) => service.selectionRanges(document, positions),
    ({ configs }, config, { positions }) => configs.service.selectionRanges(config, positions),
  ),
  documentRequest(SemanticTokensRequest.type, ({ tokens }, document) => tokens.all(document)),
  documentRequest(SemanticTokensDeltaRequest.type, ({ tokens }, document, { previousResultId }) =>
    tokens.since(document, previousResultId),
  ),
  documentRequest(SemanticTokensRangeRequest.type, ({ service }, document, { range }) => ({
    data: service.semanticTokensInRange(document, range),
  })),

  customRequest(PrintRequest, printModel),
  customRequest(SaveRequest, saveModel),
  customRequest(ExportRequest, exportModel),
  customRequest(RuntimesRequest, ({ runtimes }, { refresh }) => runtimes.list(refresh === true)),
  customRequest(SelectRuntimeRequest, async ({ runtimes, checks, configs }, { id }) => {
    await runtimes.select(id);
    checks.again();
    configs.circumstancesChanged();
  }),
  customRequest(InstallRtxRequest, async ({ runtimes, checks, configs }, _, token) => {
    const installed = await runtimes.installRtx(token);
    checks.again();
    configs.circumstancesChanged();
    return installed;
  }),
  customRequest(RestartBridgeRequest, ({ runtimes, checks }) => {
    runtimes.restart();
    checks.again();
  }),
  customRequest(FromTrtexecRequest, (_, { text, offset }) => configOfText(text, offset)),
  customRequest(
    ToTrtexecRequest,
    ({ configs }, { uri, version, shell = shellOfPlatform(process.platform) }) => {
      const config = configs.get(uri);
      if (!config) {
        throw new ResponseError(LSPErrorCodes.RequestFailed, 'The build config is not open in the editor.');
      }
      return trtexecLines(configs.service.resolve(config), { version, shell }, (build) =>
        configs.portsOf(build),
      );
    },
  ),
  customRequest(BuildEngineRequest, ({ builds }, params, token) => builds.build(params, token)),
  customRequest(CancelBuildRequest, ({ builds }, { id }) => builds.cancel(id)),
  customRequest(PlannedBuildsRequest, (session, { uri }) => plannedBuilds(session, uri)),
  customRequest(NewBuildConfigRequest, (_, { uri }) => newBuildConfig(uri)),
  notification(WorkspaceTrustedNotification, ({ trust, configs, checks }) => {
    trust.grant();
    configs.workspaceTrusted();
    checks.again();
  }),
  customRequest(InspectEngineRequest, inspectEngine),
  customRequest(EnginesOfModelRequest, (session, { uri }) => enginesOfModel(session, uri)),
  customRequest(CompareEnginesRequest, compareEngines),
  customRequest(ProfileOnModelRequest, profileOnModel),
  customRequest(CaptureDebugRequest, captureDebug),
  customRequest(DebugOnModelRequest, debugOnModel),
  customRequest(CompareDebugRequest, compareDebug),
  customRequest(MarkDebugRequest, markDebug),
  customRequest(HasGpuRequest, () => seemsToHaveGpu()),
  customRequest(RefitEngineRequest, refitEngine),
  customRequest(ProfileEngineRequest, profileOfEngine),
  customRequest(SweepWeightStreamingRequest, sweepOfEngine),
  customRequest(MeasureContextMemoryRequest, contextMemoryOfEngine),
  customRequest(GenerateRunnerRequest, generateRunner),
  customRequest(ReadMeasurementRequest, (_, { files }) => readMeasurement(files)),
  customRequest(CompareProfilesRequest, (_, params) => compareProfiles(params)),
  customRequest(ProfileTraceRequest, (_, { files }) => ({ text: profileTrace(files) })),
  customRequest(KeepBudgetRequest, keepBudget),
  customRequest(CheckRequest, ({ checks }, { uri }) => checks.checkNow(uri)),
];

function locationOf({ targetUri, targetSelectionRange }: LocationLink): Location {
  return { uri: targetUri, range: targetSelectionRange };
}
