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
import { errorMessage, reportErrors } from './errors.ts';
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

interface ShownEngine {
  readonly html: string;
  readonly needs?: EngineNeeds;
}

async function enginePage(
  client: LanguageClient,
  uri: vscode.Uri,
  load: boolean,
  trust: EngineTrust,
): Promise<ShownEngine> {
  const inspect = (loads: boolean) =>
    client.sendRequest(InspectEngineRequest, { uri: uri.toString(), load: loads, trust });
  try {
    if (!load) return pageOf(uri, await inspect(false));
    const title = `Loading ${path.posix.basename(uri.path)}`;
    return pageOf(uri, await withProgress(title, () => inspect(true)));
  } catch (error) {
    const failure = errorMessage(error, uri);
    // What the file tells by itself stays, also where it does not load.
    const rest = load ? await inspect(false).catch(() => undefined) : undefined;
    if (rest) return pageOf(uri, rest, failure);
    const lead = { text: failure, mood: 'no' } as const;
    const page = { title: path.posix.basename(uri.path), lead, notes: [], sections: [], buttons: [] };
    return { html: sectionPage(page, crypto.randomUUID()) };
  }
}

/** `failure`: why it did not load, a sentence. */
function pageOf(uri: vscode.Uri, result: InspectEngineResult, failure?: string): ShownEngine {
  const { summary, runs, sections, canLoad, needs, refit } = result;
  // Loading an engine runs what is in it on the GPU.
  const isTrusted = vscode.workspace.isTrusted;
  const loading = canLoad && isTrusted ? [{ message: 'load', label: 'Load Engine on the GPU' }] : [];
  const notes =
    canLoad && !isTrusted
      ? [...result.notes, 'Engines are loaded only in workspaces that are trusted, and this one is not.']
      : result.notes;
  const commands = engineCommands
    .filter(({ runs: needsGpu }) => !needsGpu || runs !== 'no')
    .filter(({ command }) => command !== 'tensorrt.refitEngine' || refit.isPossible !== 'no')
    .map(({ command, label }) => ({ message: command, label }));
  const buttons = [...loading, ...commands];
  const lead =
    failure === undefined
      ? { text: summary, mood: runs }
      : { text: `It did not load. ${failure}`, mood: 'no' as const };
  const page = { title: path.posix.basename(uri.path), lead, notes, sections, buttons };
  return { html: sectionPage(page, crypto.randomUUID()), needs };
}

function withProgress<Result>(title: string, work: () => Promise<Result>): Thenable<Result> {
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, work);
}

/** Shows what two engines have otherwise, in a panel of its own. Loads none unless the user says so. */
export async function showEngineComparison(
  client: LanguageClient,
  before: vscode.Uri,
  after: vscode.Uri,
): Promise<void> {
  const uris = { before: before.toString(), after: after.toString() };
  let result = await client.sendRequest(CompareEnginesRequest, uris);
  const names = [before, after].map((uri) => path.posix.basename(uri.path));
  const [left = '', right = ''] =
    names[0] === names[1] ? [before, after].map((uri) => vscode.workspace.asRelativePath(uri)) : names;
  const panel = vscode.window.createWebviewPanel(
    'tensorrt.engineComparison',
    `${left} ↔ ${right}`,
    vscode.ViewColumn.Active,
    { enableScripts: true, localResourceRoots: [] },
  );
  const show = () => {
    const buttons =
      result.canLoad && vscode.workspace.isTrusted
        ? [{ message: 'load', label: 'Load Both on the GPU' }]
        : [];
    panel.webview.html = differencePage([left, right], result.differences, buttons, crypto.randomUUID());
  };
  const load = async () => {
    const old = await consentToLoad(left, result.needs.before);
    const now = old && (await consentToLoad(right, result.needs.after));
    if (!now) return;
    const trust = { before: old, after: now };
    result = await withProgress(`Loading ${left} and ${right}`, () =>
      client.sendRequest(CompareEnginesRequest, { ...uris, load: trust }),
    );
    show();
  };
  const listener = panel.webview.onDidReceiveMessage((message: unknown) => {
    if (message === 'load') void reportErrors(load());
  });
  panel.onDidDispose(() => listener.dispose());
  show();
}
