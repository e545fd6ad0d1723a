import * as path from 'node:path';
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { PlannedBuildsRequest } from '../../../server/src/build-protocol.ts';

const taskType = 'tensorrt-build';

/** As package.json contributes it. */
interface BuildTaskDefinition extends vscode.TaskDefinition {
  readonly type: typeof taskType;
  /** Relative to the workspace folder. */
  readonly config: string;
  /** All of the config where absent. */
  readonly build?: string;
  readonly force?: boolean;
}

/** Configs that are looked into for the names of their builds; a folder may have hundreds. */
const mostConfigs = 100;

/** A task for every config of the workspace and, of those with several builds, for each of them. It runs `onnx-trt build`. */
export function registerBuildTasks(client: LanguageClient, extensionUri: vscode.Uri): vscode.Disposable {
  const program = vscode.Uri.joinPath(extensionUri, 'dist', 'onnx-trt.js').fsPath;
  return vscode.tasks.registerTaskProvider(taskType, {
    provideTasks: async (token) => {
      const configs = await vscode.workspace.findFiles(
        '**/*.trt.{yaml,yml}',
        '**/node_modules/**',
        mostConfigs,
        token,
      );
      const sorted = configs.sort((a, b) => (a.path < b.path ? -1 : 1));
      return (await Promise.all(sorted.map((config) => tasksOf(client, config, program, token)))).flat();
    },
    resolveTask: ({ definition, scope }) =>
      isBuildTask(definition) ? taskOf(definition, scopeFolder(scope), program) : undefined,
  });
}

async function tasksOf(
  client: LanguageClient,
  config: vscode.Uri,
  program: string,
  token: vscode.CancellationToken,
): Promise<vscode.Task[]> {
  const folder = vscode.workspace.getWorkspaceFolder(config);
  if (folder === undefined || config.scheme !== 'file') return [];
  const name = path.posix.relative(folder.uri.path, config.path);
  const uri = client.code2ProtocolConverter.asUri(config);
  // A config with problems has a task all the same: its run says what is wrong.
  const planned = await client.sendRequest(PlannedBuildsRequest, { uri }, token).catch(() => []);
  const builds = planned.length > 1 ? planned.map((build) => build.name) : [];
  return [undefined, ...builds].flatMap(
    (build) =>
      taskOf({ type: taskType, config: name, ...(build !== undefined && { build }) }, folder, program) ?? [],
  );
}

/** Undefined where it belongs to no folder on disk. */
function taskOf(
  definition: BuildTaskDefinition,
  folder: vscode.WorkspaceFolder | undefined,
  program: string,
): vscode.Task | undefined {
  if (folder === undefined) return undefined;
  const { config, build, force } = definition;
  const task = new vscode.Task(
    definition,
    folder,
    build === undefined ? `build ${config}` : `build ${config} (${build})`,
    'TensorRT',
    new vscode.ProcessExecution(
      // The editor's own Node: there may be no other.
      process.execPath,
      [
        program,
        'build',
        config,
        ...(build === undefined ? [] : ['--build', build]),
        ...(force === true ? ['--force'] : []),
      ],
      { cwd: folder.uri.fsPath, env: environment(folder) },
    ),
    '$tensorrt-build',
  );
  task.group = vscode.TaskGroup.Build;
  task.detail = 'Builds the engine, unless nothing has changed';
  task.presentationOptions = { clear: true, showReuseMessage: false };
  return task;
}

/** What the extension's settings say of TensorRT, for a process that does not read them. */
function environment(folder: vscode.WorkspaceFolder): Record<string, string> {
  const settings = vscode.workspace.getConfiguration('tensorrt', folder);
  const folders = settings.get<readonly string[]>('libraryFolders', []);
  const runtime = settings.get('runtime', '');
  return {
    ELECTRON_RUN_AS_NODE: '1',
    // Not before the user has said so in the editor.
    ONNX_TRT_NO_INSTALL: '1',
    ...(runtime !== '' && { ONNX_TRT_RUNTIME: runtime }),
    ...(folders.length > 0 && { ONNX_TRT_LIBRARY_FOLDERS: folders.join(path.delimiter) }),
  };
}

function scopeFolder(scope: vscode.Task['scope']): vscode.WorkspaceFolder | undefined {
  return typeof scope === 'object' ? scope : vscode.workspace.workspaceFolders?.[0];
}

function isBuildTask(definition: vscode.TaskDefinition): definition is BuildTaskDefinition {
  return definition.type === taskType && typeof definition['config'] === 'string';
}
