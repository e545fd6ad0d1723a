/** One check of a document: from its text to TensorRT's verdict, and what the editor is told of it. */
import { dirname } from 'node:path';
import { URI } from 'vscode-uri';
import type { Network } from '../../../native-bridge/src/protocol.ts';
import type { AnchoredDiagnostic } from '../features/diagnostics/anchored-diagnostic.ts';
import { isWholeModel } from '../features/diagnostics/model.ts';
import { tensorrtDiagnostics } from '../features/diagnostics/tensorrt.ts';
import { weightDiagnostics } from '../features/diagnostics/weights.ts';
import type { OnnxDocument } from '../language-service.ts';
import type { DocumentStatus } from '../protocol.ts';
import { BridgeError } from '../tensorrt/bridge/bridge-error.ts';
import { checkModel, type Verdict } from '../tensorrt/check.ts';
import { displayName } from '../tensorrt/installations/installation.ts';
import { locateErrors } from '../tensorrt/locate/locate.ts';
import type { PluginSet } from '../tensorrt/plugin-set.ts';
import { NoRuntimeError, type Runtime } from '../tensorrt/runtimes.ts';
import { countNodes, refusalSummary } from '../tensorrt/summary.ts';
import { messageOf } from './log.ts';
import { withProgress } from './progress.ts';
import type { Session } from './session.ts';

export type Status = Omit<DocumentStatus, 'uri'>;

/** A verdict on one version of a document. */
export interface DocumentVerdict {
  readonly document: OnnxDocument;
  /** `TensorRT 11.2.1` */
  readonly runtimeName: string;
  readonly diagnostics: readonly AnchoredDiagnostic[];
  readonly network?: Network;
}

export type CheckOutcome = { readonly status: Status } & (
  | { readonly kind: 'verdict'; readonly verdict: DocumentVerdict }
  /** The text has problems of its own. */
  | { readonly kind: 'not-checked' }
  /** The check itself failed, or there is nothing to check with; `message` is for the document as a whole. */
  | { readonly kind: 'no-runtime' | 'failed'; readonly message: string }
);

/** Milliseconds after which a runtime that is starting shows as such. */
const startShowsAfter = 200;

/** Undefined when the signal has aborted the check. */
export async function judge(
  session: Pick<Session, 'client' | 'connection' | 'files' | 'settings' | 'runtimes' | 'plugins' | 'log'>,
  document: OnnxDocument,
  { fresh, signal }: { readonly fresh: boolean; readonly signal: AbortSignal },
  tell: (status: Status) => void,
): Promise<CheckOutcome | undefined> {
  if (!isWholeModel(document)) {
    return { kind: 'not-checked', status: notCheckedStatus(document) };
  }
  let runtime: Runtime | undefined;
  try {
    const { plugins, problems } = await session.plugins.of(document.uri);
    runtime = await startedRuntime(session, plugins, signal, tell);
    const name = displayName(runtime.description);
    tell({ state: 'checking', runtime: runtime.description, summary: `${name}: checking …` });
    const verdict = await checked(session, document, runtime, fresh, signal);
    if (signal.aborted) {
      return undefined;
    }
    session.plugins.tell(verdict.pluginProblems);
    return outcomeOf(document, runtime, verdict, [...problems, ...verdict.pluginProblems]);
  } catch (error) {
    if (signal.aborted) {
      return undefined;
    }
    return failureOf(error, runtime, session.client.isOurExtension);
  }
}

async function startedRuntime(
  { connection, runtimes }: Pick<Session, 'connection' | 'runtimes'>,
  plugins: PluginSet,
  signal: AbortSignal,
  tell: (status: Status) => void,
): Promise<Runtime> {
  const starting = runtimes.current(plugins, signal);
  const isSlow = await Promise.race([
    starting.then(() => false),
    new Promise<boolean>((resolve) => setTimeout(resolve, startShowsAfter, true)),
  ]);
  if (isSlow) {
    tell({ state: 'starting', summary: 'Starting TensorRT …' });
    await withProgress(connection, 'Starting TensorRT', () => starting);
  }
  return await starting;
}

/** A bridge that dies is started anew once, for the cause may be gone; the second time it is the model's fault. */
async function checked(
  { files, settings, runtimes, log }: Pick<Session, 'files' | 'settings' | 'runtimes' | 'log'>,
  document: OnnxDocument,
  runtime: Runtime,
  fresh: boolean,
  signal: AbortSignal,
): Promise<Verdict> {
  const { parserFlags, checkTimeout } = await settings.for(document.uri);
  const options = {
    files,
    directory: directoryOf(document),
    parserFlags,
    fresh,
    signal,
    timeout: checkTimeout,
  };
  try {
    return await checkModel(document.model.model, runtime, options);
  } catch (error) {
    if (signal.aborted || !(error instanceof BridgeError) || error.kind !== 'died') {
      throw error;
    }
    log.warning(`${error.message} The check is repeated with a new process.`);
    return await checkModel(document.model.model, await runtimes.current(runtime.plugins, signal), options);
  }
}

function outcomeOf(
  document: OnnxDocument,
  { description }: Runtime,
  verdict: Verdict,
  pluginProblems: readonly string[],
): CheckOutcome {
  const { tree } = document;
  const name = displayName(description);
  const locations = locateErrors(tree, verdict.errors);
  const diagnostics = [
    ...weightDiagnostics(tree, verdict.weightProblems),
    ...tensorrtDiagnostics(tree, verdict.errors, locations, name, pluginProblems),
  ];
  if (!verdict.supported && verdict.errors.length === 0) {
    const words = verdict.log.map(({ message }) => message).join(' ');
    const message = `${name} refused the model and gave no error of a node. ${words || 'It logged nothing either.'}`;
    return failed(message, description);
  }
  const count = countNodes(tree);
  const summary = verdict.supported
    ? `${name}: ${count === 1 ? 'the one node is' : `all ${count} nodes are`} supported`
    : `${name}: ${refusalSummary(tree, locations)}`;
  return {
    kind: 'verdict',
    verdict: {
      document,
      runtimeName: name,
      diagnostics,
      ...(verdict.network && { network: verdict.network }),
    },
    status: {
      state: verdict.supported ? 'supported' : 'refused',
      runtime: description,
      summary,
      message: [`Checked in ${verdict.durationMs.toFixed(0)} ms.`, ...pluginProblems].join(' '),
    },
  };
}

function failureOf(error: unknown, runtime: Runtime | undefined, isOurExtension: boolean): CheckOutcome {
  if (error instanceof NoRuntimeError) {
    const install = isOurExtension
      ? '“TensorRT: Install TensorRT for RTX”'
      : '`onnx-trt runtimes install rtx`';
    const message = `${error.message} ${install} installs one that needs no GPU.`;
    const summary = error.passedOver.length === 0 ? 'No TensorRT found' : 'No TensorRT that works here';
    return { kind: 'no-runtime', message, status: { state: 'no-runtime', summary, message } };
  }
  return failed(messageOf(error), runtime?.description);
}

function failed(message: string, runtime: Runtime['description'] | undefined): CheckOutcome {
  const name = runtime ? displayName(runtime) : 'TensorRT';
  return {
    kind: 'failed',
    message,
    status: { state: 'failed', ...(runtime && { runtime }), summary: `${name}: the check failed`, message },
  };
}

function notCheckedStatus({ tree, model }: OnnxDocument): Status {
  const count = tree.problemCount || model.problems.length;
  return {
    state: 'not-checked',
    summary: `Not checked: ${count === 1 ? 'one problem' : `${count} problems`} in the text`,
    message: 'TensorRT is asked once the text is a whole model again.',
  };
}

/** Documents that are in no file have no external data; any folder does. */
function directoryOf(document: OnnxDocument): string {
  const uri = URI.parse(document.uri);
  return uri.scheme === 'file' || uri.scheme === 'onnx'
    ? dirname(uri.with({ scheme: 'file' }).fsPath)
    : process.cwd();
}
