import * as path from 'node:path';
import * as vscode from 'vscode';
import { PlannedBuildsRequest } from '../../../server/src/build-protocol.ts';
import {
  CaptureDebugRequest,
  type CaptureDebugResult,
  HasGpuRequest,
  MarkDebugRequest,
} from '../../../server/src/debug-protocol.ts';
import { configOfModel, createConfig } from '../builds/model-config.ts';
import { saveBeforeBuild } from '../builds/save-before-build.ts';
import { onnxScheme, toModelUri } from '../uris.ts';
import type { Command, CommandContext } from './command.ts';
import { modelDocument } from './model-document.ts';

type Wish = 'onnxruntime' | 'both' | 'unfused';

/**
 * Called with a model (a URI, or its text), names of values and what is to run; asks where more than one thing can. From a code action
 * the names are those of the value.
 */
export const debugTensors: Command = {
  id: 'tensorrt.debugTensors',
  run: async (context, resource, names, wish) => {
    const document = await modelOf(context, resource);
    const tensors = isNames(names) ? names : undefined;
    const chosen = isWish(wish) ? wish : await chooseWish(context, tensors !== undefined);
    if (chosen === undefined) return;
    const captured = await capture(context, document, tensors, chosen);
    if (captured === undefined) return;
    await context.debugValues.show(document, vscode.Uri.parse(captured.index, true));
  },
};

/** Called with a model and a capture, or asks for one. */
export const showDebugCapture: Command = {
  id: 'tensorrt.showDebugCapture',
  run: async (context, resource, index) => {
    const document = await modelOf(context, resource);
    const chosen = index instanceof vscode.Uri ? index : await chooseCapture(document.uri);
    if (chosen === undefined) return;
    await vscode.window.showTextDocument(document, { preserveFocus: false });
    await context.debugValues.show(document, chosen);
  },
};

export const clearDebugCapture: Command = {
  id: 'tensorrt.clearDebugCapture',
  run: async (context, resource) => {
    const document = await modelOf(context, resource);
    if (!context.debugValues.clear(document)) throw new Error('No captured values are shown on this model.');
  },
};

/** Writes the names into the `markDebug` of the model's build config, which is made where there is none. */
export const markDebugTensor: Command = {
  id: 'tensorrt.markDebugTensor',
  run: async (context, resource, names) => {
    if (!isNames(names) && names !== 'unfused')
      throw new Error('Put the cursor on a value of the model, and choose the code action.');
    const document = await modelOf(context, resource);
    const model = fileOf(document.uri);
    const place = vscode.ViewColumn.Beside;
    const existing = await configOfModel(model);
    if (existing) await showBeside(existing);
    const config = existing ?? (await createConfig(context, model, { onlyIfDynamic: false, place }));
    if (config === undefined) return;
    const edits = await context.client.sendRequest(MarkDebugRequest, {
      uri: context.client.code2ProtocolConverter.asUri(config),
      tensors: names,
    });
    const edit = new vscode.WorkspaceEdit();
    edit.set(config, (await context.client.protocol2CodeConverter.asTextEdits([...edits])) ?? []);
    if (!(await vscode.workspace.applyEdit(edit))) {
      throw new Error(`${path.posix.basename(config.path)} could not be edited.`);
    }
    if (edits.length > 0) return;
    const marked = names === 'unfused' ? 'What fusions leave' : names.join(', ');
    vscode.window.setStatusBarMessage(`${marked} is marked already.`, 5000);
  },
};

/** Where it is in sight already, it stays there. */
async function showBeside(config: vscode.Uri): Promise<void> {
  const shown = vscode.window.visibleTextEditors.find(
    ({ document }) => document.uri.toString() === config.toString(),
  );
  const viewColumn = shown?.viewColumn ?? vscode.ViewColumn.Beside;
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(config), { viewColumn });
}

async function capture(
  { client, workDoneProgress }: CommandContext,
  document: vscode.TextDocument,
  tensors: readonly string[] | undefined,
  wish: Wish,
): Promise<CaptureDebugResult | undefined> {
  const model = fileOf(document.uri);
  // An engine is built of the file; ONNX Runtime runs what the editor has.
  const engine = wish !== 'onnxruntime';
  if (engine && !(await saveBeforeBuild(model))) return undefined;
  const config = await configOfModel(model);
  const build = config && (await chooseBuild(client, config));
  if (config && build === undefined) return undefined;
  const title = `Capturing values of ${path.posix.basename(model.path)}`;
  return await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (progress, token) =>
      workDoneProgress.redirect(title, progress, () =>
        client.sendRequest(
          CaptureDebugRequest,
          {
            uri: client.code2ProtocolConverter.asUri(document.uri),
            engine,
            unfused: wish === 'unfused',
            title,
            ...(tensors && { tensors }),
            ...(config && { configUri: client.code2ProtocolConverter.asUri(config) }),
            ...(build && { build }),
          },
          token,
        ),
      ),
  );
}

/** Undefined where the user wants none of several. */
async function chooseBuild(
  client: CommandContext['client'],
  config: vscode.Uri,
): Promise<string | undefined> {
  const planned = await client.sendRequest(PlannedBuildsRequest, {
    uri: client.code2ProtocolConverter.asUri(config),
  });
  const names = planned.map(({ name }) => name);
  if (names.length < 2) return names[0] ?? '';
  return await vscode.window.showQuickPick(names, {
    title: `Build of ${path.posix.basename(config.path)} That Is Debugged`,
  });
}

/** `isNamed`: values are asked for by name. */
async function chooseWish({ client }: CommandContext, isNamed: boolean): Promise<Wish | undefined> {
  if (!vscode.workspace.isTrusted || !(await client.sendRequest(HasGpuRequest, {}))) return 'onnxruntime';
  const chosen = await vscode.window.showQuickPick(
    [
      {
        label: 'TensorRT and ONNX Runtime',
        detail: 'Builds an engine with debug tensors, runs both, and finds where they part ways.',
        wish: 'both' as const,
      },
      ...(isNamed
        ? []
        : [
            {
              label: 'TensorRT and ONNX Runtime: Unfused Tensors',
              detail:
                'What fusions leave, in an engine that computes as it does without debug tensors (TensorRT 10.12 and later).',
              wish: 'unfused' as const,
            },
          ]),
      {
        label: 'ONNX Runtime alone',
        detail: 'On the CPU; no engine is built.',
        wish: 'onnxruntime' as const,
      },
    ],
    { title: 'Values of Tensors' },
  );
  return chosen?.wish;
}

/** Code actions pass the model as the server writes it. */
async function modelOf({ client }: CommandContext, resource: unknown): Promise<vscode.TextDocument> {
  const given = typeof resource === 'string' ? client.protocol2CodeConverter.asUri(resource) : resource;
  return await modelDocument(given, 'values are captured of its tensors');
}

function fileOf(uri: vscode.Uri): vscode.Uri {
  return uri.scheme === onnxScheme ? toModelUri(uri) : uri;
}

function isNames(names: unknown): names is readonly string[] {
  return Array.isArray(names) && names.length > 0 && names.every((name) => typeof name === 'string');
}

function isWish(wish: unknown): wish is Wish {
  return wish === 'onnxruntime' || wish === 'both' || wish === 'unfused';
}

async function chooseCapture(model: vscode.Uri): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    defaultUri: vscode.Uri.joinPath(model.with({ scheme: 'file' }), '..'),
    filters: { 'Captured values': ['json'] },
    openLabel: 'Show Values',
    title: 'Captured Values of the Model (debug.json, as onnx-trt debug writes it)',
  });
  return chosen?.[0];
}
