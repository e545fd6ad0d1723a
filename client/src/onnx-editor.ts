import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { errorMessage } from './errors.ts';
import type { OnnxFileSystem } from './onnx-file-system.ts';
import { openRevisionDiff, printRevision, type RevisionSide, textUriOf } from './onnx-revisions.ts';
import { convertToBinary, isOnnxText } from './onnx-text-in-binary.ts';
import { unreadableModelPage } from './unreadable-model-page.ts';
import { isModelOnDisk, toModelUri, toTextUri } from './uris.ts';
import { watchFile } from './watch-file.ts';

const onnxEditorType = 'tensorrt.onnx';

/**
 * The editor of `*.onnx`: hands over to a text editor on the virtual document `onnx:`, in the same place. It stays open only
 * where there is no text to show, and then says why.
 */
export function registerOnnxEditor(fileSystem: OnnxFileSystem, client: LanguageClient): vscode.Disposable {
  const comparison = new ComparisonCollector();
  /** Rejects with a sentence for people; opening the document would wrap it into the editor's own. */
  const assertReadable = (uri: vscode.Uri) =>
    isModelOnDisk(uri) ? fileSystem.readFile(toTextUri(uri)) : printRevision(client, uri);
  const opening: Opening = { client, assertReadable };
  const provider: vscode.CustomReadonlyEditorProvider = {
    openCustomDocument: (uri) => ({ uri, dispose: () => {} }),
    resolveCustomEditor: async ({ uri }, panel) => {
      if (tabOf(uri, panel) === undefined && comparison.take(uri, panel)) return;
      await handOver(uri, panel, opening);
    },
  };
  return vscode.window.registerCustomEditorProvider(onnxEditorType, provider, {
    supportsMultipleEditorsPerDocument: true,
  });
}

/** Where a model is opened: a file on disk as an editable text, any other (a revision in git) as a read-only one. */
async function handOver(uri: vscode.Uri, panel: vscode.WebviewPanel, opening: Opening): Promise<void> {
  const tab = tabOf(uri, panel);
  try {
    await opening.assertReadable(uri);
    const document = await vscode.workspace.openTextDocument(textUriOf(uri));
    await vscode.window.showTextDocument(document, {
      viewColumn: panel.viewColumn ?? vscode.ViewColumn.Active,
      preview: tab?.isPreview ?? false,
      preserveFocus: !panel.active,
    });
    // A preview tab has been replaced already.
    panel.dispose();
  } catch (error) {
    await showUnreadable(uri, panel, error, opening);
  }
}

interface Opening {
  readonly client: LanguageClient;
  readonly assertReadable: (uri: vscode.Uri) => Promise<unknown>;
}

async function showUnreadable(
  uri: vscode.Uri,
  panel: vscode.WebviewPanel,
  error: unknown,
  opening: Opening,
): Promise<void> {
  const isText = await isOnnxText(uri);
  panel.webview.options = { enableScripts: true, localResourceRoots: [] };
  panel.webview.html = unreadableModelPage(uri, errorMessage(error, uri), isText);
  const watcher = watchFile(toModelUri(uri));
  const listeners = vscode.Disposable.from(
    watcher,
    watcher.onDidChange(() => retry()),
    watcher.onDidCreate(() => retry()),
    panel.webview.onDidReceiveMessage((message: unknown) => {
      if (message === 'retry') retry();
      if (message === 'binary') void vscode.commands.executeCommand('tensorrt.openAsBinary', uri);
      if (message === 'text') void vscode.commands.executeCommand('vscode.openWith', uri, 'default');
      if (message === 'convert') void convert();
      if (message === 'output') void vscode.commands.executeCommand('tensorrt.showOutput');
    }),
    panel.onDidDispose(() => listeners.dispose()),
  );
  function retry(): void {
    listeners.dispose();
    void handOver(uri, panel, opening);
  }
  /** What happens to the file then is noticed by the watcher. */
  async function convert(): Promise<void> {
    try {
      await convertToBinary(opening.client, uri);
    } catch (problem) {
      void vscode.window.showErrorMessage(errorMessage(problem, uri));
    }
  }
}

/** The tab of this editor; undefined where it is one side of a comparison. */
function tabOf(uri: vscode.Uri, panel: vscode.WebviewPanel): vscode.Tab | undefined {
  return vscode.window.tabGroups.all
    .filter((group) => panel.viewColumn === undefined || group.viewColumn === panel.viewColumn)
    .flatMap((group) => group.tabs)
    .find(({ input }) => input instanceof vscode.TabInputCustom && input.uri.toString() === uri.toString());
}

/**
 * Comparing two models opens two custom editors in one tab, in either order and unknown to each other. When both have come,
 * a comparison of their texts takes the tab's place.
 */
class ComparisonCollector {
  #waiting: RevisionSide | undefined;

  /** Whether the editor belongs to a comparison. */
  take(uri: vscode.Uri, panel: vscode.WebviewPanel): boolean {
    const tab = vscode.window.tabGroups.all.find(
      ({ viewColumn }) => viewColumn === panel.viewColumn,
    )?.activeTab;
    if (tab === undefined || tab.input instanceof vscode.TabInputCustom) return false;
    const other = this.#waiting;
    if (other === undefined || other.tab !== tab) {
      this.#waiting = { uri, tab };
      return true;
    }
    this.#waiting = undefined;
    void openRevisionDiff(other, { uri, tab });
    return true;
  }
}
