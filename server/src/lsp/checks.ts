/**
 * Diagnostics and status of the open documents. Problems of the text are published right after each change; what TensorRT and shape
 * inference say follows once the text has rested, and only for the text as it is then. Until it is there, what they said last
 * stays on the statements that have not been touched. What takes long is done in the background (background.ts).
 */
import { type Diagnostic, DiagnosticSeverity, type Range } from 'vscode-languageserver/node';
import { URI } from 'vscode-uri';
import { type AnchoredDiagnostic, diagnosticsOn } from '../features/diagnostics/anchored-diagnostic.ts';
import { checkDiagnostics, inferenceDiagnostics } from '../features/diagnostics/checks.ts';
import { combined, leftToVerdict } from '../features/diagnostics/combined.ts';
import { withDocumentation } from '../features/diagnostics/diagnostic.ts';
import { anchoredModelDiagnostics } from '../features/diagnostics/model.ts';
import { externalDataDiagnostics } from '../features/diagnostics/weights.ts';
import { isBeingInferred } from '../features/inferred-types.ts';
import { networkTypes } from '../features/network-types.ts';
import type { NetworkTypes, OnnxDocument } from '../language-service.ts';
import { StatusNotification } from '../protocol.ts';
import { afterMessages, inBackground } from './background.ts';
import { type CheckOutcome, type DocumentVerdict, judge, type Status } from './judge.ts';
import type { Session } from './session.ts';

type Parts = Omit<Session, 'checks' | 'tokens'>;

/** Schemes of documents that are models of the user's; others (`git:`) are old states that are only shown. */
const checkedSchemes: ReadonlySet<string> = new Set(['file', 'onnx', 'untitled']);

/** Characters. */
const bigText = 2 ** 20;

interface CheckedDocument {
  document: OnnxDocument;
  /** Not all that is found in its text has been published yet. */
  isNew: boolean;
  /** The publication of the text's own problems that is due or being worked out. */
  publishing: AbortController | undefined;
  /** The check that is waiting or running. */
  pending: AbortController | undefined;
  /** The last verdict, of this or an earlier version. */
  verdict: DocumentVerdict | undefined;
  /** The problems of making a model of this version or an earlier one. */
  modelProblems: readonly AnchoredDiagnostic[];
  /** What shape inference found in this version or an earlier one. */
  inferred: readonly AnchoredDiagnostic[];
  /** What our rules found and TensorRT says as well, so that it was not published. */
  unpublished: readonly AnchoredDiagnostic[];
  /** Why the last check gave no verdict, where that is a failure. */
  failure: Diagnostic | undefined;
}

export class Checks {
  readonly #parts: Parts;
  readonly #documents = new Map<string, CheckedDocument>();

  constructor(parts: Parts) {
    this.#parts = parts;
    parts.buildProblems.listen(() => {
      for (const checked of this.#documents.values()) {
        this.#publishSoon(checked);
      }
    });
  }

  opened(document: OnnxDocument): void {
    const checked: CheckedDocument = {
      document,
      isNew: true,
      publishing: undefined,
      pending: undefined,
      verdict: undefined,
      modelProblems: [],
      inferred: [],
      unpublished: [],
      failure: undefined,
    };
    this.#documents.set(document.uri, checked);
    this.#publishSoon(checked);
    this.#checkLater(checked, 'at-once');
  }

  changed(document: OnnxDocument): void {
    const checked = this.#documents.get(document.uri);
    if (checked) {
      checked.document = document;
      checked.pending?.abort();
      this.#publishSoon(checked);
      this.#checkLater(checked, 'after-delay');
    }
  }

  closed(uri: string): void {
    const checked = this.#documents.get(uri);
    if (checked) {
      checked.pending?.abort();
      checked.publishing?.abort();
      this.#documents.delete(uri);
      this.#parts.buildProblems.modelClosed(uri);
      void this.#parts.connection.sendDiagnostics({ uri, diagnostics: [] });
    }
  }

  /** Checks all open documents, because something other than their text has changed. */
  again(): void {
    for (const checked of this.#documents.values()) {
      checked.pending?.abort();
      this.#checkLater(checked, 'at-once');
    }
  }

  /** Checks a document whatever is known of it; resolves when the result is published. */
  async checkNow(uri: string): Promise<void> {
    const checked = this.#documents.get(uri);
    if (!checked) {
      throw new Error('The document is not open in the editor, or is no ONNX text.');
    }
    checked.pending?.abort();
    await this.#check(checked, { fresh: true });
  }

  /** Types and shapes of the network that TensorRT made of the document. */
  networkOf(document: OnnxDocument): NetworkTypes | undefined {
    const verdict = this.#documents.get(document.uri)?.verdict;
    if (!verdict?.network) {
      return undefined;
    }
    const isCurrent = verdict.document.tree === document.tree;
    return networkTypes(verdict.network, verdict.document.model.model, verdict.runtimeName, isCurrent);
  }

  /** Has the editor ask for them again, as they are made of more than the text. */
  refreshInlayHints(): void {
    const { client, connection, log } = this.#parts;
    if (client.refreshesInlayHints) {
      connection.languages.inlayHint
        .refresh()
        .catch((error: unknown) => log.error('The editor does not ask for inlay hints again', error));
    }
  }

  dispose(): void {
    for (const { pending, publishing } of this.#documents.values()) {
      pending?.abort();
      publishing?.abort();
    }
    this.#documents.clear();
  }

  #checkLater(checked: CheckedDocument, when: 'at-once' | 'after-delay'): void {
    const { settings, log } = this.#parts;
    const controller = new AbortController();
    const { signal } = controller;
    checked.pending = controller;
    const checkAndInfer = async (checkAutomatically: boolean) => {
      if (checkAutomatically) {
        await this.#check(checked, { fresh: false }, controller);
      }
      // Now that nobody waits for anything: hovers will ask for it, too.
      await this.#infer(checked, signal);
    };
    settings.for(checked.document.uri).then(
      ({ checkAutomatically, checkDelay }) => {
        const start = () =>
          checkAndInfer(checkAutomatically).catch((error: unknown) =>
            log.error(`Checking ${checked.document.uri} failed`, error),
          );
        if (!signal.aborted) {
          const timer = setTimeout(start, when === 'at-once' ? 0 : checkDelay);
          signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
        }
      },
      (error: unknown) => log.error('The settings cannot be read', error),
    );
  }

  async #infer(checked: CheckedDocument, signal: AbortSignal): Promise<void> {
    const { document } = checked;
    const lacksHints = isBeingInferred(document);
    if (!(await inBackground(document.work.inference, signal))) {
      return;
    }
    checked.inferred = [
      ...inferenceDiagnostics(document),
      ...externalDataDiagnostics(document, this.#parts.files),
    ];
    this.#publishSoon(checked);
    if (lacksHints) {
      this.refreshInlayHints();
    }
  }

  async #check(
    checked: CheckedDocument,
    { fresh }: { readonly fresh: boolean },
    controller = new AbortController(),
  ): Promise<void> {
    const { document } = checked;
    if (!checkedSchemes.has(URI.parse(document.uri).scheme)) {
      return;
    }
    checked.pending = controller;
    const { signal } = controller;
    if (!(await inBackground(document.work.model, signal))) {
      return;
    }
    const outcome = await judge(this.#parts, document, { fresh, signal }, (status) => {
      if (!signal.aborted) {
        this.#sendStatus(document.uri, status);
      }
    });
    if (!outcome || signal.aborted) {
      return;
    }
    checked.pending = undefined;
    this.#take(checked, outcome);
  }

  #take(checked: CheckedDocument, outcome: CheckOutcome): void {
    const { document } = checked;
    checked.failure = undefined;
    const knewTypes = checked.verdict?.network !== undefined;
    if (outcome.kind === 'verdict') {
      checked.verdict = outcome.verdict;
    } else if (outcome.kind === 'failed' || outcome.kind === 'no-runtime') {
      checked.verdict = undefined;
      checked.failure = failureDiagnostic(document, outcome);
    }
    this.#parts.log.info(`${document.uri}: ${outcome.status.summary}`);
    // In this order: who has seen the status may rely on the diagnostics.
    checked.modelProblems = anchoredModelDiagnostics(document);
    this.#publish(checked);
    this.#sendStatus(document.uri, outcome.status);
    if (knewTypes || checked.verdict?.network) {
      this.refreshInlayHints();
    }
  }

  /** Once the messages that have arrived are handled, so that a burst of edits is published once and requests do not wait. */
  #publishSoon(checked: CheckedDocument): void {
    checked.publishing?.abort();
    const controller = new AbortController();
    checked.publishing = controller;
    this.#publishInParts(checked, controller.signal).catch((error: unknown) =>
      this.#parts.log.error(`The problems of ${checked.document.uri} cannot be published`, error),
    );
  }

  /** Of a long text first what is there first; making a model of it takes longer than all the rest. */
  async #publishInParts(checked: CheckedDocument, signal: AbortSignal): Promise<void> {
    await afterMessages();
    if (signal.aborted) {
      return;
    }
    const { document } = checked;
    const { checks, model } = document.work;
    const isBig = document.source.text.length > bigText;
    // For all that is found in a long text just opened nobody waits as for what a keystroke has done.
    const urgent = !isBig || !checked.isNew;
    if (isBig && checked.isNew) {
      this.#publish(checked, 'syntax');
    }
    if (!isBig || model.ready) {
      checked.modelProblems = anchoredModelDiagnostics(document);
    }
    if (!(await inBackground(checks, signal, { urgent }))) {
      return;
    }
    checked.isNew = false;
    this.#publish(checked);
    if (model.ready) {
      return;
    }
    const before = checked.modelProblems;
    await afterMessages();
    if (await inBackground(model, signal)) {
      checked.modelProblems = anchoredModelDiagnostics(document);
      if (before.length + checked.modelProblems.length > 0) {
        this.#publish(checked);
      }
    }
  }

  /** The problems of a document that are not published because TensorRT's verdict on the same node is. */
  unpublished(document: OnnxDocument): Diagnostic[] {
    const checked = this.#documents.get(document.uri);
    return checked?.document === document ? diagnosticsOn(document, checked.unpublished, true) : [];
  }

  #publish(checked: CheckedDocument, parts: 'all' | 'syntax' = 'all'): void {
    const { document, verdict, modelProblems, inferred, failure } = checked;
    const { connection, service, client, docsUri, buildProblems } = this.#parts;
    const found = [...(parts === 'all' ? checkDiagnostics(document) : []), ...inferred];
    checked.unpublished = leftToVerdict(found, verdict?.diagnostics ?? []);
    const ofModel = [
      ...modelProblems,
      ...combined(found, verdict?.diagnostics ?? []),
      ...(parts === 'all' ? buildProblems.ofModel(document) : []),
    ];
    const diagnostics = [
      ...service.syntaxDiagnostics(document),
      ...diagnosticsOn(document, ofModel, client.relatedInformation),
      ...(failure === undefined ? [] : [failure]),
    ].map((diagnostic) => withDocumentation(diagnostic, docsUri));
    void connection.sendDiagnostics({ uri: document.uri, version: document.version, diagnostics });
  }

  #sendStatus(uri: string, status: Status): void {
    if (this.#parts.client.isOurExtension) {
      void this.#parts.connection.sendNotification(StatusNotification.method, { uri, ...status });
    }
  }
}

/** On the first line, as the check as a whole is at fault and not a statement. */
function failureDiagnostic(
  { source }: OnnxDocument,
  { kind, message }: { readonly kind: 'no-runtime' | 'failed'; readonly message: string },
): Diagnostic {
  const end = (source.lineStarts[1] ?? source.text.length + 1) - 1;
  const range: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: Math.max(end, 0) } };
  const severity = kind === 'failed' ? DiagnosticSeverity.Warning : DiagnosticSeverity.Information;
  return {
    severity,
    source: 'TensorRT',
    code: `trt.${kind === 'failed' ? 'check-failed' : 'no-runtime'}`,
    range,
    message,
  };
}
