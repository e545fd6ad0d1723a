/** Commands that run an engine on the GPU: defaults run at once, "with options" asks. */
import * as path from 'node:path';
import * as vscode from 'vscode';
import {
  MeasureContextMemoryRequest,
  type MeasureResult,
  ProfileEngineRequest,
  type RunOptions,
  SweepWeightStreamingRequest,
} from '../../../server/src/measure-protocol.ts';
import { reportErrors } from '../errors.ts';
import { measureTarget, withMeasureProgress } from '../measurements/measure-target.ts';
import { askRunOptions } from '../measurements/run-options.ts';
import { showMeasurement } from '../measurements/show-measurement.ts';
import { toTextUri } from '../uris.ts';
import type { Command, CommandContext } from './command.ts';

export const profileEngine: Command = {
  id: 'tensorrt.profileEngine',
  run: (context, ...given) => profile(context, given, async () => ({})),
};

export const profileEngineWithOptions: Command = {
  id: 'tensorrt.profileEngineWithOptions',
  run: (context, ...given) => profile(context, given, askRunOptions),
};

async function profile(
  context: CommandContext,
  given: readonly unknown[],
  ask: (hasConfig: boolean) => Promise<RunOptions | undefined>,
): Promise<void> {
  const target = await measureTarget(context, given);
  const options = target && (await ask(target.params.build !== undefined));
  if (target === undefined || options === undefined) return;
  const result = await withMeasureProgress(context, 'Profiling', target.engine, (token) =>
    context.client.sendRequest(ProfileEngineRequest, { ...target.params, options }, token),
  );
  const file = vscode.Uri.parse(result.file, true);
  // On its model, where that is known: heat, hints and the page beside it.
  if (result.model === undefined) await showMeasurement(context.client, file);
  else await showOnModel(context, vscode.Uri.parse(result.model, true), file);
  tell(result);
}

async function showOnModel(
  { client, profileHeat }: CommandContext,
  model: vscode.Uri,
  file: vscode.Uri,
): Promise<void> {
  const text = model.path.toLowerCase().endsWith('.onnx') ? toTextUri(model) : model;
  const document = await vscode.workspace.openTextDocument(text);
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One });
  try {
    await profileHeat.show(document, [file]);
  } catch {
    // Without times of layers there is nothing to show at nodes; the page says what there is.
    await showMeasurement(client, file, vscode.ViewColumn.Beside);
  }
}

export const sweepWeightStreaming: Command = {
  id: 'tensorrt.sweepWeightStreaming',
  run: async (context, ...given) => {
    const target = await measureTarget(context, given);
    const steps = target && (await askSteps());
    if (target === undefined || steps === undefined) return;
    const title = 'Sweeping weight streaming budgets of';
    const result = await withMeasureProgress(context, title, target.engine, (token) =>
      context.client.sendRequest(
        SweepWeightStreamingRequest,
        { ...target.params, options: {}, steps },
        token,
      ),
    );
    await showMeasurement(context.client, vscode.Uri.parse(result.file, true));
    tell(result);
  },
};

async function askSteps(): Promise<number | undefined> {
  const items = [
    { label: '11 budgets', description: '0 %, 10 % … 100 %', steps: 11 },
    { label: '5 budgets', description: '0 %, 25 % … 100 %', steps: 5 },
    { label: '21 budgets', description: '0 %, 5 % … 100 %', steps: 21 },
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Sweep Weight Streaming Budgets',
    placeHolder: 'TensorRT’s own choice is measured, too. Each takes about 3 seconds.',
  });
  return picked?.steps;
}

export const measureContextMemory: Command = {
  id: 'tensorrt.measureContextMemory',
  run: async (context, ...given) => {
    const target = await measureTarget(context, given);
    if (target === undefined) return;
    const result = await withMeasureProgress(
      context,
      'Asking for context memory of',
      target.engine,
      (token) => context.client.sendRequest(MeasureContextMemoryRequest, target.params, token),
    );
    await showMeasurement(context.client, vscode.Uri.parse(result.file, true));
    tell(result);
  },
};

function tell({ file, notes }: MeasureResult): void {
  const name = path.posix.basename(vscode.Uri.parse(file, true).path);
  if (notes.length > 0) {
    void reportErrors(
      Promise.resolve(vscode.window.showWarningMessage(notes.join(' '))).then(() => undefined),
    );
  } else vscode.window.setStatusBarMessage(`${name} is written.`, 5000);
}
