/** What there is to build: code lenses and code actions of configs and models, and what the extension asks before it builds. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { CodeAction, CodeActionContext, CodeLens } from 'vscode-languageserver/node';
import { URI } from 'vscode-uri';
import type { BuildConfig, ResolvedConfig } from '../build-config/model.ts';
import { enginePath, modelPath } from '../build-config/paths.ts';
import type { NewBuildConfigResult, PlannedBuild } from '../build-protocol.ts';
import type { ConfigDocument } from '../config-service.ts';
import {
  buildAction,
  buildActionKind,
  configBuildActions,
  configLenses,
  profileLenses,
} from '../features/build-config/code-lenses.ts';
import { newConfig } from '../features/build-config/new-config.ts';
import { modelBuildLens } from '../features/code-lenses.ts';
import type { OnnxDocument } from '../language-service.ts';
import { loadModel } from '../node/load-model.ts';
import { seemsCurrent } from '../tensorrt/build/seems-current.ts';
import { seemsToHaveGpu } from '../tensorrt/installations/choose.ts';
import type { Session } from './session.ts';

/** A folder of hundreds of builds is not looked through with every edit. */
const mostBuilds = 50;

export function plannedBuilds({ configs }: Session, uri: string): PlannedBuild[] {
  return configs.resolve(uri).builds.map((build) => ({
    name: build.name,
    engineUri: URI.file(enginePath(build)).toString(),
    modelUri: URI.file(modelPath(build)).toString(),
  }));
}

/** Of the model as it is on disk. Throws an error for people where it cannot be read. */
export function newBuildConfig(uri: string): NewBuildConfigResult {
  const file = URI.parse(uri).fsPath;
  return newConfig(path.basename(file), loadModel(file).model);
}

export async function configBuildLenses(session: Session, document: ConfigDocument): Promise<CodeLens[]> {
  if (!isBuildable(session, document.uri)) return [];
  const config = session.configs.service.resolve(document);
  return [
    ...configLenses(document, config, await upToDateBuilds(session, config)),
    ...(seemsToHaveGpu() ? profileLenses(document, config, hasEngine) : []),
  ];
}

/** Where source actions are asked for: no light bulb stands beside what can always be done. */
export function offeredConfigBuilds(
  session: Session,
  document: ConfigDocument,
  { only }: CodeActionContext,
): CodeAction[] {
  if (!isAskedFor(only) || !isBuildable(session, document.uri)) return [];
  return configBuildActions(document, session.configs.service.resolve(document));
}

export function modelBuildLenses(session: Session, document: OnnxDocument): CodeLens[] {
  return isBuildable(session, document.uri) ? modelBuildLens(document) : [];
}

function hasEngine(build: BuildConfig): boolean {
  return existsSync(enginePath(build));
}

export function offeredModelBuild(
  session: Session,
  document: OnnxDocument,
  { only }: CodeActionContext,
): CodeAction[] {
  return isAskedFor(only) && isBuildable(session, document.uri)
    ? [buildAction('Build engine…', [document.uri])]
    : [];
}

function isAskedFor(only: CodeActionContext['only']): boolean {
  return only?.some((kind) => buildActionKind === kind || buildActionKind.startsWith(`${kind}.`)) === true;
}

/** Only our own extension has the command; a build takes files. */
function isBuildable({ client }: Session, uri: string): boolean {
  return client.isOurExtension && /^(file|onnx):/.test(uri);
}

async function upToDateBuilds(session: Session, { builds }: ResolvedConfig): Promise<Set<BuildConfig>> {
  const found = await Promise.all(
    builds.slice(0, mostBuilds).map(async (build) => {
      try {
        const { installation } = await session.builds.runtimeFor(build);
        return (await seemsCurrent(build, installation)) ? [build] : [];
      } catch {
        // Without a TensorRT for it there is nothing to say of it; building it says why.
        return [];
      }
    }),
  );
  return new Set(found.flat());
}
