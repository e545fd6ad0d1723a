import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import type { DocumentStatus } from '../../server/src/protocol.ts';
import { documentFilters } from './language-client.ts';
import { type StatusText, statusText } from './status-text.ts';

const severities = {
  information: vscode.LanguageStatusSeverity.Information,
  warning: vscode.LanguageStatusSeverity.Warning,
  error: vscode.LanguageStatusSeverity.Error,
};

/**
 * The verdict on the active document, in the status bar and in the language status. Both lead to the choice of the runtime,
 * because the verdict depends on it.
 */
export function registerStatus(
  client: LanguageClient,
  statusChanged: vscode.Event<DocumentStatus>,
): vscode.Disposable {
  const statuses = new Map<string, DocumentStatus>();
  const bar = vscode.window.createStatusBarItem('tensorrt.verdict', vscode.StatusBarAlignment.Left, 0);
  bar.name = 'TensorRT Verdict';
  bar.command = 'tensorrt.selectRuntime';
  const language = vscode.languages.createLanguageStatusItem('tensorrt.runtime', documentFilters);
  language.name = 'TensorRT';
  language.command = { command: 'tensorrt.selectRuntime', title: 'Select Runtime' };

  const show = () => {
    const document = vscode.window.activeTextEditor?.document;
    const status = document === undefined ? undefined : statuses.get(document.uri.toString());
    if (status === undefined) {
      bar.hide();
      language.busy = false;
      language.text = 'TensorRT';
      language.detail = 'Not checked yet';
      return;
    }
    const text = statusText(status);
    showInBar(bar, text);
    language.text = text.text;
    language.detail = status.runtime?.directory ?? '';
    language.severity = severities[text.severity];
    language.busy = text.busy;
  };
  show();

  return vscode.Disposable.from(
    bar,
    language,
    statusChanged((status) => {
      // The server may write a URI in another way than the editor does.
      statuses.set(client.protocol2CodeConverter.asUri(status.uri).toString(), status);
      show();
    }),
    vscode.window.onDidChangeActiveTextEditor(show),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => statuses.delete(uri.toString())),
  );
}

function showInBar(bar: vscode.StatusBarItem, { icon, text, tooltip, severity }: StatusText): void {
  bar.text = `$(${icon}) ${text}`;
  bar.tooltip = new vscode.MarkdownString(tooltip);
  bar.accessibilityInformation = { label: text, role: 'button' };
  bar.backgroundColor =
    severity === 'warning' ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
  bar.show();
}
