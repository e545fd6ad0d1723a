/** Values of tensors for the editor. */
import path from 'node:path';
import {
  type CancellationToken,
  LSPErrorCodes,
  ResponseError,
  type TextEdit,
} from 'vscode-languageserver/node';
import { URI } from 'vscode-uri';
import type { BuildConfig } from '../build-config/model.ts';
import { pluginPaths } from '../build-config/paths.ts';
import type {
  CaptureDebugParams,
  CaptureDebugResult,
  CompareDebugParams,
  DebugOnModelParams,
  DebugOnModelResult,
  MarkDebugParams,
} from '../debug-protocol.ts';
import { captureFileName, type DebugCapture } from '../engine/debug/capture.ts';
import { captureSummary, debugSections, valueFigures } from '../engine/debug/describe-debug.ts';
import { unknownFormatNotes } from '../engine/debug/unknown-formats.ts';
import { markDebugEdits, markUnfusedEdits } from '../features/build-config/mark-debug.ts';
import { debugMarks } from '../features/debug-marks.ts';
import { isWholeModel } from '../features/diagnostics/model.ts';
import { valuesInFunctions } from '../features/values-in-functions.ts';
import type { OnnxDocument } from '../language-service.ts';
import { typesOfInference, typesOfValues } from '../node/types-of-values.ts';
import { visibleDevice } from '../tensorrt/build/device-lock.ts';
import { buildsOfConfig, buildTitle } from '../tensorrt/build/requested-builds.ts';
import { buildOfModel } from '../tensorrt/build/without-config.ts';
import { buildDebuggedEngines, defaultMaxBuilds } from '../tensorrt/engines/debug/build-engines.ts';
import {
  captureDebugTensors,
  compareAgain,
  type DebuggedEngines,
  type DebuggedModel,
  loadCapture,
  writeIndex,
} from '../tensorrt/engines/debug/capture.ts';
import { debuggedModelOf, optShapes } from '../tensorrt/engines/debug/target.ts';
import { defaultRunSettings, settingsOfConfig } from '../tensorrt/engines/run-settings.ts';
import { abortedWith } from './cancellation.ts';
import { withProgress } from './progress.ts';
import type { Session } from './session.ts';

export async function captureDebug(
  session: Session,
  { uri, configUri, build: buildName, engine, tensors, unfused = false, title }: CaptureDebugParams,
  token: CancellationToken,
): Promise<CaptureDebugResult> {
  if (engine && !session.trust.isGranted) {
    throw failure(
      'An engine is built and run only in a trusted workspace. Trust it, or see the values of ONNX Runtime alone.',
    );
  }
  const model = openModel(session, uri);
  const config = configUri === undefined ? undefined : buildOfConfig(session, configUri, buildName);
  const signal = abortedWith(token);
  const directory = `${model.path.replace(/\.(onnx|onnxtxt|onnxtext)$/i, '')}.debug`;
  await withProgress(session.connection, title, async (report) => {
    const built = engine
      ? await enginesToDebug(session, model, config, { tensors, unfused, directory, signal, report })
      : undefined;
    const settings = config ? settingsOfConfig(config) : defaultRunSettings;
    const guessed = config && !built ? optShapes(config, settings.profile) : [];
    return await captureDebugTensors({
      directory,
      model,
      engines: built,
      tensors: built ? undefined : tensors,
      reference: { kind: 'onnxruntime' },
      run: { ...settings, shapes: new Map([...guessed, ...settings.shapes]) },
      signal,
      onProgress: (sentence) => report(sentence),
    });
  });
  return { index: URI.file(path.join(directory, captureFileName)).toString() };
}

export async function debugOnModel(
  session: Session,
  { uri, index }: DebugOnModelParams,
): Promise<DebugOnModelResult> {
  const { capture } = await loadCapture(URI.parse(index).fsPath);
  const document = uri === undefined ? undefined : session.documents.get(uri);
  if (uri !== undefined && !document) throw failure('The model is not open in the editor.');
  const { docsUri } = session;
  return {
    sections: debugSections(capture),
    figures: valueFigures(capture),
    summary: captureSummary(capture),
    notes: [
      ...capture.notes,
      ...unknownFormatNotes(capture),
      ...(document ? strangers(document, capture) : []),
    ],
    marks: document
      ? debugMarks(document, capture).map((mark) => ({
          ...mark,
          ...(docsUri !== undefined && { href: `${docsUri}/${mark.code}.md` }),
        }))
      : [],
  };
}

export async function compareDebug(
  session: Session,
  { uri, index, reference }: CompareDebugParams,
  token: CancellationToken,
): Promise<void> {
  const { directory, capture } = await loadCapture(URI.parse(index).fsPath);
  const again = await compareAgain(directory, capture, {
    reference: { kind: 'folder', path: URI.parse(reference).fsPath },
    tolerance: capture.tolerance,
    model: openModel(session, uri),
    signal: abortedWith(token),
  });
  await writeIndex(directory, again);
}

export function markDebug({ configs }: Session, { uri, tensors }: MarkDebugParams): readonly TextEdit[] {
  const document = configs.get(uri);
  if (!document) throw failure('The build config is not open in the editor.');
  const [file] = configs.service.resolve(document).files;
  if (!file) return [];
  return tensors === 'unfused' ? markUnfusedEdits(file) : markDebugEdits(file, tensors);
}

/** A capture of another model, most likely. */
function strangers(document: OnnxDocument, { tensors }: DebugCapture): string[] {
  const known = new Set(document.model.model.graph?.nodes.flatMap(({ outputs }) => outputs));
  const found = tensors.filter(({ name }) => known.has(name) || valuesInFunctions(document).has(name));
  return tensors.length > 0 && found.length === 0
    ? ['No tensor of the capture is a value of this model. Is it the model that was captured?']
    : [];
}

function openModel({ documents }: Session, uri: string): DebuggedModel {
  const document = documents.get(uri);
  if (!document) throw failure('The model is not open in the editor.');
  if (!isWholeModel(document))
    throw failure('The text has errors, so it is no model to run. Mend them first.');
  const { model } = document.model;
  const file = URI.parse(uri).fsPath;
  return debuggedModelOf(file, model, (own) =>
    own === model ? typesOfInference(document.inference) : typesOfValues(own, path.dirname(file)),
  );
}

function buildOfConfig({ configs }: Session, uri: string, name: string | undefined): BuildConfig {
  const requests = buildsOfConfig(configs.resolve(uri), name === undefined ? {} : { names: [name] });
  const [request, another] = requests;
  if (!request) throw failure(`${path.basename(URI.parse(uri).fsPath)} has no builds.`);
  if (another) {
    throw failure(
      `${path.basename(URI.parse(uri).fsPath)} has several builds: ${requests.map(({ build }) => build.name).join(', ')}. Choose one.`,
    );
  }
  return request.build;
}

async function enginesToDebug(
  session: Session,
  model: DebuggedModel,
  config: BuildConfig | undefined,
  {
    tensors,
    unfused,
    directory,
    signal,
    report,
  }: {
    readonly tensors: readonly string[] | undefined;
    readonly unfused: boolean;
    readonly directory: string;
    readonly signal: AbortSignal;
    readonly report: (message: string) => void;
  },
): Promise<DebuggedEngines> {
  const build = config ?? buildOfModel(model.path);
  const runtimes = await session.runtimes.found();
  return await buildDebuggedEngines(build, {
    runtimes,
    runtime: undefined,
    model,
    tensors,
    unfused,
    folder: `${directory}.engine`,
    marking: 'auto',
    maxBuilds: defaultMaxBuilds,
    signal,
    installationFor: async (wanted) => (await session.builds.runtimeFor(wanted)).installation,
    build: (wanted, { activity, part }) => {
      report(activity);
      const ofPart =
        part === undefined ? {} : { keepsProblems: true, title: `${buildTitle(build)} (${part})` };
      return session.builds.buildOne(wanted, signal, ofPart);
    },
    // Those of the config: what an engine's own note names is told, and not loaded.
    loading: () => ({
      hostCodeAllowed: false,
      pluginLibraries: pluginPaths(build),
      device: visibleDevice(build.get('device')?.value),
      signal,
    }),
  });
}

function failure(message: string): ResponseError<void> {
  return new ResponseError(LSPErrorCodes.RequestFailed, message);
}
