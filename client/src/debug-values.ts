import * as path from 'node:path';
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import {
  CompareDebugRequest,
  type DebugMark,
  DebugOnModelRequest,
  type DebugOnModelResult,
} from '../../server/src/debug-protocol.ts';
import { debugFigures } from './debug-figures.ts';
import { reportErrors } from './errors.ts';
import { sectionPage } from './section-page.ts';
import { ShownOnModels } from './shown-on-models.ts';

interface ShownCapture {
  readonly index: vscode.Uri;
  readonly marks: readonly DebugMark[];
  readonly panel: vscode.WebviewPanel;
}

/** Captured values of models: a page with a table and histograms, and a mark in the text where values go wrong first. */
export class DebugValues implements vscode.Disposable {
  readonly #client: LanguageClient;
  readonly #marks = vscode.languages.createDiagnosticCollection('tensorrt-debug');
  readonly #shown = new ShownOnModels<ShownCapture>(
    async (document, shown) => ({ ...shown, marks: (await this.#ask(document, shown.index)).marks }),
    (document, shown) => this.#mark(document, shown?.marks ?? []),
  );

  constructor(client: LanguageClient) {
    this.#client = client;
  }

  /** `index`: of a capture, or its folder. Throws an error for people where it is none. */
  async show(document: vscode.TextDocument, index: vscode.Uri): Promise<void> {
    const result = await this.#ask(document, index);
    this.clear(document);
    const panel = openPage(document, index, result);
    panel.webview.onDidReceiveMessage((message: unknown) => {
      if (message === 'clear') this.clear(document);
      if (message === 'compare') void reportErrors(this.#compare(document, index));
      if (message === 'reveal') void vscode.commands.executeCommand(revealCommand(), index);
    });
    this.#shown.show(document, { index, marks: result.marks, panel });
  }

  /** Whether there was one. */
  clear(document: vscode.TextDocument): boolean {
    return this.#shown.clear(document);
  }

  dispose(): void {
    this.#shown.dispose();
    this.#marks.dispose();
  }

  #ask(document: vscode.TextDocument, index: vscode.Uri): Promise<DebugOnModelResult> {
    return this.#client.sendRequest(DebugOnModelRequest, {
      uri: this.#client.code2ProtocolConverter.asUri(document.uri),
      index: index.toString(),
    });
  }

  async #compare(document: vscode.TextDocument, index: vscode.Uri): Promise<void> {
    const chosen = await vscode.window.showOpenDialog({
      defaultUri: vscode.Uri.joinPath(index, '..', '..'),
      canSelectFiles: false,
      canSelectFolders: true,
      openLabel: 'Compare',
      title: 'Folder with Values to Compare with (NAME.npy for Each Tensor, or Another Capture)',
    });
    const [folder] = chosen ?? [];
    if (!folder) return;
    await this.#client.sendRequest(CompareDebugRequest, {
      uri: this.#client.code2ProtocolConverter.asUri(document.uri),
      index: index.toString(),
      reference: folder.toString(),
    });
    await this.show(document, index);
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
        { message: 'compare', label: 'Compare with…' },
        { message: 'reveal', label: 'Show Files' },
        { message: 'clear', label: 'Clear from Model' },
      ],
    },
    crypto.randomUUID(),
  );
  return panel;
}
