/** What there is to build: code lenses and code actions of configs and models, and what the extension asks before it builds. */
import path from 'node:path';
import type { CodeAction, CodeLens, Range } from 'vscode-languageserver/node';
import { URI } from 'vscode-uri';
import type { BuildConfig, ResolvedConfig } from '../build-config/model.ts';
import { enginePath, modelPath } from '../build-config/paths.ts';
import type { NewBuildConfigResult, PlannedBuild } from '../build-protocol.ts';
import type { ConfigDocument } from '../config-service.ts';
import { configLenses } from '../features/build-config/code-lenses.ts';
import { newConfig } from '../features/build-config/new-config.ts';
import { modelBuildLens } from '../features/code-lenses.ts';
import type { OnnxDocument } from '../language-service.ts';
import { loadModel } from '../node/load-model.ts';
import { seemsCurrent } from '../tensorrt/build/seems-current.ts';
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
  return configLenses(document, config, await upToDateBuilds(session, config));
}

/** The lens of a place, for those who prefer the keyboard. */
export function configBuildActions(session: Session, document: ConfigDocument, range: Range): CodeAction[] {
  if (!isBuildable(session, document.uri)) return [];
  const config = session.configs.service.resolve(document);
  return configLenses(document, config, new Set()).flatMap((lens) => actionOf(lens, range));
}

export function modelBuildLenses(session: Session, document: OnnxDocument): CodeLens[] {
  return isBuildable(session, document.uri) ? modelBuildLens(document) : [];
}

export function modelBuildActions(session: Session, document: OnnxDocument, range: Range): CodeAction[] {
  return modelBuildLenses(session, document).flatMap((lens) => actionOf(lens, range));
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

function actionOf({ range: { start, end }, command }: CodeLens, range: Range): CodeAction[] {
  const isHere = start.line <= range.end.line && end.line >= range.start.line;
  return isHere && command ? [{ title: command.title, command }] : [];
}
