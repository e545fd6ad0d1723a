/** Quick fixes of a node whose plugin is not there: have its library loaded. Only our extension has the command. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { type CodeAction, type CodeActionContext, CodeActionKind } from 'vscode-languageserver/node';
import { URI } from 'vscode-uri';
import { configName, modelPath, pluginPaths } from '../build-config/paths.ts';
import type { OnnxDocument } from '../language-service.ts';
import { fileOfModel } from './build-problems.ts';
import type { Session } from './session.ts';

/** A folder of hundreds of configs is not looked through while somebody waits for an answer. */
const mostConfigs = 20;

/** The command takes the model and, where it need not ask for them, the libraries. */
const command = 'tensorrt.addPluginLibrary';

export async function pluginActions(
  session: Session,
  { uri }: OnnxDocument,
  { diagnostics, only }: CodeActionContext,
): Promise<CodeAction[]> {
  const problems = diagnostics.filter(({ code }) => code === 'trt.plugin-not-found');
  const isWanted = !only || only.some((kind) => kind === '' || kind === CodeActionKind.QuickFix);
  if (problems.length === 0 || !isWanted || !session.client.isOurExtension || !session.trust.isGranted)
    return [];
  const { plugins } = await session.plugins.of(uri);
  const fix = (title: string, given: readonly unknown[]): CodeAction => ({
    title,
    kind: CodeActionKind.QuickFix,
    diagnostics: problems,
    command: { title, command, arguments: [uri, ...given] },
  });
  const ofConfigs = configsOfModel(session, uri).flatMap(({ name, libraries }) =>
    libraries.every((library) => plugins.paths.includes(library))
      ? []
      : [fix(`Check with the plugins of ${name}`, [libraries])],
  );
  return [...ofConfigs, fix('Choose the plugin’s library…', [])];
}

/** The build configs beside a model that build it with plugins; only libraries that are there count. */
function configsOfModel(
  { configs }: Session,
  uri: string,
): { readonly name: string; readonly libraries: readonly string[] }[] {
  const model = fileOfModel(uri);
  if (model === undefined) return [];
  const folder = path.dirname(model);
  return configFiles(folder).flatMap((name) => {
    try {
      const { builds } = configs.resolve(URI.file(path.join(folder, name)).toString());
      const isNamedAlike = configName(name) === path.basename(model).replace(/\.[^.]*$/, '');
      const ofModel = builds.filter((build) => isNamedAlike || modelPath(build) === model);
      const libraries = [...new Set(ofModel.flatMap(pluginPaths))].filter((library) => existsSync(library));
      return libraries.length === 0 ? [] : [{ name, libraries }];
    } catch {
      // Nothing to offer of one that cannot be read; the editor says why where it is open.
      return [];
    }
  });
}

function configFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /\.trt\.ya?ml$/i.test(name))
      .sort()
      .slice(0, mostConfigs);
  } catch {
    // A new model, in a folder that is not there yet.
    return [];
  }
}
