import * as path from 'node:path';
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import {
  CompareEnginesRequest,
  type EngineNeeds,
  type EngineTrust,
  InspectEngineRequest,
  type InspectEngineResult,
} from '../../server/src/engine-protocol.ts';
import { consentToLoad } from './engine-consent.ts';
import { errorMessage } from './errors.ts';
import { differencePage, sectionPage } from './section-page.ts';
import { watchFile } from './watch-file.ts';

export const engineEditorType = 'tensorrt.engine';

/** What the buttons of an engine do. `runs`: it takes a GPU that can run the engine. */
const engineCommands = [
  { command: 'tensorrt.profileEngine', label: 'Profile', runs: true },
  { command: 'tensorrt.sweepWeightStreaming', label: 'Weight Streaming…', runs: true },
  { command: 'tensorrt.measureContextMemory', label: 'Context Memory', runs: true },
  { command: 'tensorrt.refitEngine', label: 'Refit with Model…', runs: true },
  { command: 'tensorrt.generateRunner', label: 'Generate Code…', runs: false },
  { command: 'tensorrt.compareEngines', label: 'Compare with…', runs: false },
] as const;

/** The read-only editor of engines: what they are, who made them, whether they run here. Loads none unless the user says so. */
export function registerEngineEditor(client: LanguageClient): vscode.Disposable {
  const provider: vscode.CustomReadonlyEditorProvider = {
    openCustomDocument: (uri) => ({ uri, dispose: () => {} }),
    resolveCustomEditor: async ({ uri }, panel) => {
      panel.webview.options = { enableScripts: true, localResourceRoots: [] };
      let needs: EngineNeeds = { hostCode: false, plugins: [] };
      const show = async (load: boolean, trust: EngineTrust = {}) => {
        const page = await enginePage(client, uri, load, trust);
        needs = page.needs ?? needs;
        panel.webview.html = page.html;
      };
      const load = async () => {
        const trust = await consentToLoad(path.posix.basename(uri.path), needs);
        if (trust) await show(true, trust);
      };
      const watcher = watchFile(uri);
      const listeners = vscode.Disposable.from(
        watcher,
        watcher.onDidChange(() => void show(false)),
        watcher.onDidCreate(() => void show(false)),
        panel.webview.onDidReceiveMessage((message: unknown) => {
          if (message === 'load') void load();
          if (engineCommands.some(({ command }) => command === message)) {
            void vscode.commands.executeCommand(String(message), uri);
          }
        }),
        vscode.workspace.onDidGrantWorkspaceTrust(() => void show(false)),
        panel.onDidDispose(() => listeners.dispose()),
      );
      await show(false);
    },
  };
  return vscode.window.registerCustomEditorProvider(engineEditorType, provider);
}

async function enginePage(
  client: LanguageClient,
  uri: vscode.Uri,
  load: boolean,
  trust: EngineTrust,
): Promise<{ readonly html: string; readonly needs?: EngineNeeds }> {
  const title = path.posix.basename(uri.path);
  let result: InspectEngineResult;
  try {
    result = await client.sendRequest(InspectEngineRequest, { uri: uri.toString(), load, trust });
  } catch (error) {
    const lead = { text: errorMessage(error, uri), mood: 'no' } as const;
    const page = { title, lead, notes: [], sections: [], buttons: [] };
    return { html: sectionPage(page, crypto.randomUUID()) };
  }
  const { summary, runs, notes, sections, canLoad, needs, refit } = result;
  // Loading an engine runs what is in it on the GPU.
  const loading =
    canLoad && vscode.workspace.isTrusted ? [{ message: 'load', label: 'Load Engine on the GPU' }] : [];
  const commands = engineCommands
    .filter(({ runs: needsGpu }) => !needsGpu || runs !== 'no')
    .filter(({ command }) => command !== 'tensorrt.refitEngine' || refit.isPossible !== 'no')
    .map(({ command, label }) => ({ message: command, label }));
  const buttons = [...loading, ...commands];
  const lead = { text: summary, mood: runs };
  return { html: sectionPage({ title, lead, notes, sections, buttons }, crypto.randomUUID()), needs };
}

/** Shows what two engines have otherwise, in a panel of its own. */
export async function showEngineComparison(
  client: LanguageClient,
  before: vscode.Uri,
  after: vscode.Uri,
): Promise<void> {
  const differences = await client.sendRequest(CompareEnginesRequest, {
    before: before.toString(),
    after: after.toString(),
  });
  const names = [before, after].map((uri) => path.posix.basename(uri.path));
  const [left = '', right = ''] =
    names[0] === names[1] ? [before, after].map((uri) => vscode.workspace.asRelativePath(uri)) : names;
  const panel = vscode.window.createWebviewPanel(
    'tensorrt.engineComparison',
    `${left} ↔ ${right}`,
    vscode.ViewColumn.Active,
    { enableScripts: true, localResourceRoots: [] },
  );
  panel.webview.html = differencePage([left, right], differences, crypto.randomUUID());
}
