/** The engines of a model, and the lenses that lead to them. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { CodeLens } from 'vscode-languageserver/node';
import { URI } from 'vscode-uri';
import { enginePath, modelPath } from '../build-config/paths.ts';
import type { ModelEngine } from '../engine-protocol.ts';
import { modelProfileLens, modelRefitLens } from '../features/code-lenses.ts';
import type { OnnxDocument } from '../language-service.ts';
import { enginesOfModel as enginesOfFile } from '../tensorrt/engines/engines-of-model.ts';
import { seemsToHaveGpu } from '../tensorrt/installations/choose.ts';
import { fileOfModel } from './build-problems.ts';
import type { Session } from './session.ts';

/** Configs beyond this many are not read. */
const mostConfigs = 20;

/** Empty for a model that lies in no file. */
export async function enginesOfModel(session: Session, uri: string): Promise<ModelEngine[]> {
  const model = fileOfModel(uri);
  if (model === undefined || !existsSync(model)) return [];
  const builds = buildsOf(session, model);
  const engines = await enginesOfFile(model, [...builds.keys()]);
  return engines.map(({ path: engine, isRefittable }) => ({
    uri: URI.file(engine).toString(),
    isRefittable,
    ...builds.get(engine),
  }));
}

/** For our own extension, which has the commands: one lens for each of them; it asks which engine where there are several. */
export async function modelEngineLenses(session: Session, document: OnnxDocument): Promise<CodeLens[]> {
  if (!session.client.isOurExtension) return [];
  const engines = await enginesOfModel(session, document.uri);
  const refittable = engines.filter(({ isRefittable }) => isRefittable);
  return [
    ...(seemsToHaveGpu() ? modelProfileLens(document, engines) : []),
    ...modelRefitLens(document, refittable),
  ];
}

/** What configs in the folder of the model make of it: by the path of the engine, the config and the name of the build. */
function buildsOf(
  { configs }: Session,
  model: string,
): Map<string, { readonly config: string; readonly build: string }> {
  const folder = path.dirname(model);
  const names = readdirSync(folder).filter((name) => /\.trt\.ya?ml$/i.test(name));
  const found = new Map<string, { config: string; build: string }>();
  for (const name of names.slice(0, mostConfigs)) {
    const config = URI.file(path.join(folder, name)).toString();
    try {
      for (const build of configs.resolve(config).builds) {
        const engine = enginePath(build);
        if (modelPath(build) === model && !found.has(engine))
          found.set(engine, { config, build: build.name });
      }
    } catch {
      // A config that cannot be read says so where it is opened.
    }
  }
  return found;
}
