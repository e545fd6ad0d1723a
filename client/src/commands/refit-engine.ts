import * as path from 'node:path';
import * as vscode from 'vscode';
import {
  type EngineTrust,
  InspectEngineRequest,
  RefitEngineRequest,
  type RefitEngineResult,
  type RefitOffer,
} from '../../../server/src/engine-protocol.ts';
import { openEngine } from '../builds/open-engine.ts';
import { saveBeforeRefit } from '../builds/save-before-build.ts';
import { consentToLoad } from '../engine-consent.ts';
import { reportErrors } from '../errors.ts';
import { chooseEngine, isModelName, modelEngines } from '../model-engines.ts';
import { sectionPage } from '../section-page.ts';
import { activeResource, isModelOnDisk, onnxScheme, toModelUri } from '../uris.ts';
import type { Command, CommandContext } from './command.ts';

/** Called with an engine and a model (URIs, or their text from lenses), and what is to be written; asks for what is absent. */
export const refitEngine: Command = {
  id: 'tensorrt.refitEngine',
  run: async (context, engineGiven, modelGiven, target) => {
    const named = engineOf(context, engineGiven);
    const known = modelOf(context, modelGiven) ?? (named ? undefined : activeModel());
    const engine = named ?? (await engineFor(context, known));
    if (engine === undefined) return;
    const name = path.posix.basename(engine.path);
    const { refit, needs } = await context.client.sendRequest(InspectEngineRequest, {
      uri: context.client.code2ProtocolConverter.asUri(engine),
      load: false,
    });
    if (refit.isPossible === 'no') throw new Error(`${name} cannot be refitted. ${refit.sentence}`);
    const model = known ?? (await chooseModel(engine, refit));
    if (model === undefined || !(await saveBeforeRefit(model))) return;
    const trust = await consentToLoad(name, needs);
    if (trust === undefined) return;
    const output = isTarget(target) ? target : await chooseTarget(engine, refit);
    if (output === undefined) return;
    await refitAndTell(context, { engine, model, output, trust });
  },
};

/** The engine to write, the engine itself to replace it; a trial writes none. */
type Target = vscode.Uri | 'trial';

interface Wish {
  readonly engine: vscode.Uri;
  readonly model: vscode.Uri;
  readonly output: Target;
  readonly trust: EngineTrust;
  readonly assumesSame?: boolean;
  /** Single weights of the model; all where absent. */
  readonly weights?: readonly string[];
}

async function refitAndTell(context: CommandContext, wish: Wish): Promise<void> {
  const { client, workDoneProgress } = context;
  const { engine, model, output, trust, assumesSame, weights } = wish;
  const title = `Refitting ${path.posix.basename(engine.path)}`;
  const asUri = (uri: vscode.Uri) => client.code2ProtocolConverter.asUri(uri);
  const result = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (progress, token) =>
      workDoneProgress.redirect(title, progress, () =>
        client.sendRequest(
          RefitEngineRequest,
          {
            uri: asUri(engine),
            model: asUri(model),
            ...(output !== 'trial' && { output: asUri(output) }),
            ...(assumesSame && { assumesSame }),
            ...(weights && { weights }),
            trust,
          },
          token,
        ),
      ),
  );
  for (const note of result.notes) context.output.server.info(note);
  // The message stands as long as it likes.
  void reportErrors(
    result.outcome === 'refitted' ? tellRefitted(result) : tellRefused(context, wish, result),
  );
}

async function tellRefitted({ message, outputUri }: RefitEngineResult): Promise<void> {
  const open = 'Open Engine';
  const answers = outputUri === undefined ? [] : [open];
  const answer = await vscode.window.showInformationMessage(message, ...answers);
  if (answer === open && outputUri !== undefined) await openEngine(vscode.Uri.parse(outputUri, true));
}

async function tellRefused(context: CommandContext, wish: Wish, result: RefitEngineResult): Promise<void> {
  const { message, mayBeSame, mayReplace } = result;
  showRefusal(path.posix.basename(wish.engine.path), result);
  const same = 'The Weights Are the Same';
  const some = 'Replace Only the Refittable Weights';
  const answer = await vscode.window.showErrorMessage(
    message,
    ...(mayBeSame ? [same] : []),
    ...(mayReplace.length > 0 ? [some] : []),
  );
  if (answer === some) await refitAndTell(context, { ...wish, weights: mayReplace });
  if (answer === same) await refitAndTell(context, { ...wish, assumesSame: true });
}

/** Rules and missing weights, in a page of its own. */
function showRefusal(name: string, { message, sections, notes }: RefitEngineResult): void {
  const title = `Refit of ${name}`;
  const panel = vscode.window.createWebviewPanel(
    'tensorrt.refit',
    title,
    { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
    { enableScripts: true, localResourceRoots: [] },
  );
  const lead = { text: message, mood: 'no' } as const;
  panel.webview.html = sectionPage({ title, lead, notes, sections, buttons: [] }, crypto.randomUUID());
}

function uriOf({ client }: CommandContext, given: unknown): vscode.Uri | undefined {
  if (given instanceof vscode.Uri) return given;
  return typeof given === 'string' ? client.protocol2CodeConverter.asUri(given) : undefined;
}

function engineOf(context: CommandContext, given: unknown): vscode.Uri | undefined {
  const uri = uriOf(context, given);
  // An engine that a lens names may have any name.
  if (uri !== undefined) return uri;
  const active = activeResource();
  return active !== undefined && /\.(engine|plan|trt)$/i.test(active.path) ? active : undefined;
}

/** The explorer passes its selection as a list, which are engines. */
function modelOf(context: CommandContext, given: unknown): vscode.Uri | undefined {
  const uri = uriOf(context, given);
  return uri?.scheme === onnxScheme ? toModelUri(uri) : uri;
}

/** The text of a model in the active tab is what one would refit with. */
function activeModel(): vscode.Uri | undefined {
  const active = activeResource();
  if (active === undefined || !isModelOnDisk(active) || !isModelName(active.path)) return undefined;
  return active.scheme === onnxScheme ? toModelUri(active) : active;
}

/** Of a model, one of those that it may refit; any other file where there is none. */
async function engineFor(
  { client }: CommandContext,
  model: vscode.Uri | undefined,
): Promise<vscode.Uri | undefined> {
  const engines = model ? await modelEngines(client, model, 'refittable') : [];
  if (engines.length === 0) return await browseForEngine();
  return (await chooseEngine(engines, 'Engine to Refit'))?.engine;
}

async function browseForEngine(): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    filters: { Engines: ['engine', 'plan', 'trt'] },
    openLabel: 'Refit',
    title: 'Engine to Refit',
  });
  return chosen?.[0];
}

async function chooseModel(engine: vscode.Uri, { modelUri }: RefitOffer): Promise<vscode.Uri | undefined> {
  const other = { label: '$(folder-opened) Another Model…', model: undefined };
  if (modelUri !== undefined) {
    const model = vscode.Uri.parse(modelUri, true);
    const picked = await vscode.window.showQuickPick(
      [
        {
          label: `$(file) ${path.posix.basename(model.path)}`,
          description: 'the model that it was built from, as it is now',
          model,
        },
        other,
      ],
      { title: `Model to Refit ${path.posix.basename(engine.path)} With` },
    );
    if (picked === undefined || picked.model) return picked?.model;
  }
  const chosen = await vscode.window.showOpenDialog({
    defaultUri: vscode.Uri.joinPath(engine, '..'),
    filters: { Models: ['onnx', 'onnxtxt', 'onnxtext'] },
    openLabel: 'Refit',
    title: 'Model to Refit With',
  });
  return chosen?.[0];
}

async function chooseTarget(engine: vscode.Uri, { isStripped }: RefitOffer): Promise<Target | undefined> {
  const name = path.posix.basename(engine.path);
  const weights = isStripped ? 'with its weights in it' : '';
  const picked = await vscode.window.showQuickPick(
    [
      { label: '$(new-file) Write a New Engine…', description: weights, target: 'new' as const },
      { label: `$(replace) Replace ${name}`, description: weights, target: engine },
      {
        label: '$(beaker) Only Try It',
        description: 'refits in memory, and writes nothing',
        target: 'trial' as const,
      },
    ],
    { title: `Refit ${name}` },
  );
  if (picked?.target !== 'new') return picked?.target;
  const suffix = /\.[^.]*$/.exec(name)?.[0] ?? '';
  const stem = name.slice(0, name.length - suffix.length);
  return await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(engine, '..', `${stem}.refitted${suffix}`),
    filters: { Engines: ['engine', 'plan', 'trt'] },
    saveLabel: 'Refit',
    title: `Engine to Write: ${name} with Other Weights`,
  });
}

function isTarget(given: unknown): given is Target {
  return given === 'trial' || given instanceof vscode.Uri;
}
