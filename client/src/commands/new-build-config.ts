import * as path from 'node:path';
import * as vscode from 'vscode';
import { configOfModel, createConfig } from '../builds/model-config.ts';
import { activeResource, onnxScheme, toModelUri } from '../uris.ts';
import type { Command } from './command.ts';

/** Writes `NAME.trt.yaml` beside a model, and opens it; opens the one that is there already. */
export const newBuildConfig: Command = {
  id: 'tensorrt.newBuildConfig',
  run: async (context, resource) => {
    const given =
      typeof resource === 'string' ? context.client.protocol2CodeConverter.asUri(resource) : resource;
    const model = modelFile(given instanceof vscode.Uri ? given : activeResource()) ?? (await pickModel());
    if (model === undefined) return;
    const existing = await configOfModel(model);
    if (existing === undefined) {
      await createConfig(context, model, { onlyIfDynamic: false });
    } else {
      await vscode.window.showTextDocument(existing);
      vscode.window.setStatusBarMessage(`${path.posix.basename(existing.path)} was there already.`, 5000);
    }
  },
};

function modelFile(resource: vscode.Uri | undefined): vscode.Uri | undefined {
  const file = resource?.scheme === onnxScheme ? toModelUri(resource) : resource;
  return file?.scheme === 'file' && /\.onnx(te?xt)?$/i.test(file.path) ? file : undefined;
}

async function pickModel(): Promise<vscode.Uri | undefined> {
  const [model] =
    (await vscode.window.showOpenDialog({
      filters: { 'ONNX models': ['onnx', 'onnxtxt', 'onnxtext'] },
      openLabel: 'Make Build Config',
      title: 'Model of the New Build Config',
    })) ?? [];
  return model;
}
