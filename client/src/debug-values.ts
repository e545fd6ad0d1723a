import * as path from 'node:path';
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import {
  type DebugMark,
  DebugOnModelRequest,
  type DebugOnModelResult,
} from '../../server/src/debug-protocol.ts';
import { debugFigures } from './debug-figures.ts';
import { sectionPage } from './section-page.ts';

interface ShownCapture {
  readonly index: vscode.Uri;
  readonly panel: vscode.WebviewPanel;
}

/** Captured values of models: a page with a table and histograms, and a mark in the text where values go wrong first. */
export class DebugValues implements vscode.Disposable {
  readonly #client: LanguageClient;
  readonly #shown = new Map<string, ShownCapture>();
  readonly #marks = vscode.languages.createDiagnosticCollection('tensorrt-debug');
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #listeners: vscode.Disposable;

  constructor(client: LanguageClient) {
    this.#client = client;
    this.#listeners = vscode.Disposable.from(
      this.#marks,
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#refreshSoon(document)),
      vscode.workspace.onDidCloseTextDocument((document) => this.clear(document)),
    );
  }

  /** `index`: of a capture, or its folder. Throws an error for people where it is none. */
  async show(document: vscode.TextDocument, index: vscode.Uri): Promise<void> {
    const result = await this.#ask(document, index);
    this.clear(document);
    const panel = openPage(document, index, result);
    const key = document.uri.toString();
    this.#shown.set(key, { index, panel });
    panel.webview.onDidReceiveMessage((message: unknown) => {
      if (message === 'clear') this.clear(document);
      if (message === 'reveal') void vscode.commands.executeCommand(revealCommand(), index);
    });
    panel.onDidDispose(() => {
      if (this.#shown.get(key)?.panel === panel) this.clear(document);
    });
    this.#mark(document, result.marks);
  }

  /** Whether there was one. */
  clear(document: vscode.TextDocument): boolean {
    const key = document.uri.toString();
    const shown = this.#shown.get(key);
    this.#shown.delete(key);
    this.#marks.delete(document.uri);
    shown?.panel.dispose();
    return shown !== undefined;
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#listeners.dispose();
  }

  #ask(document: vscode.TextDocument, index: vscode.Uri): Promise<DebugOnModelResult> {
    return this.#client.sendRequest(DebugOnModelRequest, {
      uri: this.#client.code2ProtocolConverter.asUri(document.uri),
      index: index.toString(),
    });
  }

  #mark(document: vscode.TextDocument, marks: readonly DebugMark[]): void {
    const { protocol2CodeConverter } = this.#client;
    this.#marks.set(
      document.uri,
      marks.map(({ range, code, href, message, related }) => {
        const diagnostic = new vscode.Diagnostic(
          protocol2CodeConverter.asRange(range),
          message,
          vscode.DiagnosticSeverity.Warning,
        );
        diagnostic.source = 'TensorRT debug';
        diagnostic.code = href === undefined ? code : { value: code, target: vscode.Uri.parse(href) };
        diagnostic.relatedInformation = related.map(
          (place) =>
            new vscode.DiagnosticRelatedInformation(
              protocol2CodeConverter.asLocation(place.location),
              place.message,
            ),
        );
        return diagnostic;
      }),
    );
  }

  /** The text moved: marks go with their values. */
  #refreshSoon(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    if (!this.#shown.has(key)) return;
    clearTimeout(this.#timers.get(key));
    this.#timers.set(
      key,
      setTimeout(() => void this.#refresh(document), 400),
    );
  }

  async #refresh(document: vscode.TextDocument): Promise<void> {
    const shown = this.#shown.get(document.uri.toString());
    if (!shown) return;
    const { version } = document;
    // A capture that went away meanwhile leaves the marks where they are.
    const result = await this.#ask(document, shown.index).catch(() => undefined);
    const isSame = this.#shown.get(document.uri.toString()) === shown && document.version === version;
    if (result && isSame) this.#mark(document, result.marks);
  }
}

/** The files of another machine are in no file manager of this one. */
function revealCommand(): string {
  return vscode.env.remoteName === undefined ? 'revealFileInOS' : 'revealInExplorer';
}

function openPage(
  document: vscode.TextDocument,
  index: vscode.Uri,
  { sections, figures, notes, summary }: DebugOnModelResult,
): vscode.WebviewPanel {
  const title = `Values of ${path.posix.basename(document.uri.path)}`;
  const panel = vscode.window.createWebviewPanel(
    'tensorrt.debug',
    title,
    { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
    { enableScripts: true, localResourceRoots: [] },
  );
  panel.webview.html = sectionPage(
    {
      title,
      lead: summary,
      notes: [...notes, `The values are .npy files beside ${vscode.workspace.asRelativePath(index)}.`],
      sections,
      figures: [debugFigures(figures)],
      buttons: [
        { message: 'reveal', label: 'Show Files' },
        { message: 'clear', label: 'Clear from Model' },
      ],
    },
    crypto.randomUUID(),
  );
  return panel;
}
