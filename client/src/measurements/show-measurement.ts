import * as path from 'node:path';
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { runtimeName } from '../../../server/src/engine/runtime-fit.ts';
import {
  KeepBudgetRequest,
  type Measurement,
  ReadMeasurementRequest,
} from '../../../server/src/measure-protocol.ts';
import { sweepPlotHtml } from '../charts/sweep-plot.ts';
import { errorMessage } from '../errors.ts';
import { sectionPage } from '../section-page.ts';
import { showProfilePage } from './profile-panel.ts';

/** Shows what a file of a measurement says on a page of its own. Nothing is loaded or run. */
export async function showMeasurement(
  client: LanguageClient,
  file: vscode.Uri,
  place = vscode.ViewColumn.Active,
): Promise<void> {
  const measurement = await client.sendRequest(ReadMeasurementRequest, { files: [file.toString()] });
  const tab = path.posix.basename(file.path).replace(/\.json$/i, '');
  if (measurement.kind === 'profile') showProfilePage(client, tab, measurement, [file], place);
  else if (measurement.kind === 'weight-streaming') showSweep(client, tab, measurement, place);
  else {
    const { title, sections, notes } = measurement;
    const panel = createPanel('tensorrt.contextMemory', tab, place);
    panel.webview.html = sectionPage({ title, notes, sections, buttons: [] }, crypto.randomUUID());
  }
}

function showSweep(
  client: LanguageClient,
  tab: string,
  { title, engine, sweep, advice, sections }: Extract<Measurement, { kind: 'weight-streaming' }>,
  place: vscode.ViewColumn,
): void {
  const panel = createPanel('tensorrt.weightStreaming', tab, place);
  const { name } = sweep.device;
  panel.webview.html = sectionPage(
    {
      title,
      lead: { text: advice.sentence, mood: advice.knee ? 'yes' : 'unknown' },
      notes: [`Measured on ${name} with ${runtimeName(sweep.runtime)}.`],
      sections,
      figure: sweepPlotHtml(sweep, advice),
      buttons: [],
    },
    crypto.randomUUID(),
  );
  const listener = panel.webview.onDidReceiveMessage((message: unknown) => {
    const budget = typeof message === 'string' ? /^budget:(.+)$/.exec(message)?.[1] : undefined;
    if (budget !== undefined) void offerToKeep(client, engine, budget);
  });
  panel.onDidDispose(() => listener.dispose());
}

/** The edit can be undone like any other: the config stays open and unsaved. */
async function offerToKeep(client: LanguageClient, engine: string, budget: string): Promise<void> {
  const keep = 'Keep in the Config';
  const name = path.posix.basename(vscode.Uri.parse(engine, true).path);
  const answer = await vscode.window.showInformationMessage(
    `Run ${name} with weightStreamingBudget: ${budget}?`,
    keep,
  );
  if (answer !== keep) return;
  try {
    const { edit, config, note } = await client.sendRequest(KeepBudgetRequest, { engine, budget });
    const converted = await client.protocol2CodeConverter.asWorkspaceEdit(edit);
    if (!(await vscode.workspace.applyEdit(converted))) {
      throw new Error('The config could not be edited. Is it read-only?');
    }
    await vscode.window.showTextDocument(client.protocol2CodeConverter.asUri(config), {
      viewColumn: vscode.ViewColumn.Beside,
    });
    if (note !== undefined) void vscode.window.showInformationMessage(note);
  } catch (error) {
    void vscode.window.showErrorMessage(errorMessage(error));
  }
}

function createPanel(type: string, title: string, place: vscode.ViewColumn): vscode.WebviewPanel {
  return vscode.window.createWebviewPanel(type, title, place, {
    enableScripts: true,
    localResourceRoots: [],
  });
}
