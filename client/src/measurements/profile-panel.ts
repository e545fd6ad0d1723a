import * as path from 'node:path';
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import type { ProfilePage } from '../../../server/src/engine/profile/page.ts';
import { CompareProfilesRequest, ProfileTraceRequest } from '../../../server/src/measure-protocol.ts';
import { errorMessage } from '../errors.ts';
import { sectionPage } from '../section-page.ts';

type Place = vscode.ViewColumn | { readonly viewColumn: vscode.ViewColumn; readonly preserveFocus?: boolean };

/** A profile with its charts and tables; buttons save a trace of it and compare it with another one. */
export function showProfilePage(
  client: LanguageClient,
  tab: string,
  page: ProfilePage & { readonly title: string },
  files: readonly vscode.Uri[],
  place: Place,
): vscode.WebviewPanel {
  const panel = vscode.window.createWebviewPanel('tensorrt.profile', tab, place, {
    enableScripts: true,
    localResourceRoots: [],
  });
  const { title, notes, sections, histogram, flame } = page;
  const comparable = files.length === 1;
  panel.webview.html = sectionPage(
    {
      title,
      notes,
      sections,
      ...(histogram && { histogram }),
      ...(flame && { flame }),
      buttons: [
        { message: 'trace', label: 'Save Trace for Perfetto…' },
        ...(comparable ? [{ message: 'compare', label: 'Compare with…' }] : []),
      ],
    },
    crypto.randomUUID(),
  );
  const listener = panel.webview.onDidReceiveMessage((message: unknown) => {
    if (message === 'trace') void saveTrace(client, files);
    if (message === 'compare') void vscode.commands.executeCommand('tensorrt.compareProfiles', files[0]);
  });
  panel.onDidDispose(() => listener.dispose());
  return panel;
}

async function saveTrace(client: LanguageClient, files: readonly vscode.Uri[]): Promise<void> {
  const [first] = files;
  if (first === undefined) return;
  const name = path.posix.basename(first.path).replace(/(\.profile)?\.json$/i, '.trace.json');
  try {
    const target = await vscode.window.showSaveDialog({
      defaultUri: vscode.Uri.joinPath(first, '..', name),
      filters: { Traces: ['json'] },
      saveLabel: 'Save Trace',
      title: 'Trace for Perfetto (ui.perfetto.dev)',
    });
    if (target === undefined) return;
    const { text } = await client.sendRequest(ProfileTraceRequest, { files: files.map(String) });
    await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
    void vscode.window.showInformationMessage(
      `${path.posix.basename(target.path)} is written. Open it in Perfetto: ui.perfetto.dev.`,
    );
  } catch (error) {
    void vscode.window.showErrorMessage(errorMessage(error, first));
  }
}

export async function showProfileComparison(
  client: LanguageClient,
  before: vscode.Uri,
  after: vscode.Uri,
): Promise<void> {
  const { sections, notes } = await client.sendRequest(CompareProfilesRequest, {
    before: before.toString(),
    after: after.toString(),
  });
  const names = [before, after].map((uri) => path.posix.basename(uri.path));
  const [left, right] =
    names[0] === names[1] ? [before, after].map((uri) => vscode.workspace.asRelativePath(uri)) : names;
  const title = `${left} ↔ ${right}`;
  const panel = vscode.window.createWebviewPanel(
    'tensorrt.profileComparison',
    title,
    vscode.ViewColumn.Active,
    { enableScripts: true, localResourceRoots: [] },
  );
  const sides = `Before is ${left}, after is ${right}.`;
  const page = { title, notes: [sides, ...notes], sections, buttons: [] };
  panel.webview.html = sectionPage(page, crypto.randomUUID());
}
