import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { PrintRequest } from '../../server/src/protocol.ts';
import { isModelOnDisk, toTextUri } from './uris.ts';

/** Models that are not files, above all git's revisions, as read-only texts. The server never checks these. */
const revisionScheme = 'onnx-revision';

export interface RevisionSide {
  readonly uri: vscode.Uri;
  readonly tab: vscode.Tab;
}

/** The document that shows a model as text: of a file on disk an editable one, of any other a read-only one. */
export function textUriOf(uri: vscode.Uri): vscode.Uri {
  if (isModelOnDisk(uri)) return toTextUri(uri);
  return vscode.Uri.from({ scheme: revisionScheme, path: uri.path, query: uri.toString() });
}

export function registerOnnxRevisions(client: LanguageClient): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(revisionScheme, {
    provideTextDocumentContent: (textUri) => printRevision(client, vscode.Uri.parse(textUri.query, true)),
  });
}

/** Rejects with the server's sentence when the bytes are no model. */
export async function printRevision(client: LanguageClient, uri: vscode.Uri): Promise<string> {
  const bytes = await vscode.workspace.fs.readFile(uri);
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'onnx-revision-'));
  // The name shows in messages and references.
  const file = path.join(folder, path.posix.basename(uri.path));
  try {
    await fs.writeFile(file, bytes);
    return (await client.sendRequest(PrintRequest, { uri: vscode.Uri.file(file).toString() })).text;
  } finally {
    await fs.rm(folder, { recursive: true, force: true });
  }
}

/** Puts a comparison of two models' texts in place of the tab that compares the binaries. */
export async function openRevisionDiff(first: RevisionSide, second: RevisionSide): Promise<void> {
  const [original, modified] = inOrder(first, second);
  const title = original.tab.label;
  const preview = original.tab.isPreview;
  const viewColumn = original.tab.group.viewColumn;
  await vscode.window.tabGroups.close(original.tab);
  await vscode.commands.executeCommand(
    'vscode.diff',
    textUriOf(original.uri),
    textUriOf(modified.uri),
    title,
    {
      viewColumn,
      preview,
    },
  );
}

/** The file on disk is the newer side; of two files the one that the tab's label begins with is the older. */
function inOrder(first: RevisionSide, second: RevisionSide): readonly [RevisionSide, RevisionSide] {
  if (first.uri.scheme !== second.uri.scheme)
    return first.uri.scheme === 'file' ? [second, first] : [first, second];
  const secondName = path.posix.basename(second.uri.path);
  const firstName = path.posix.basename(first.uri.path);
  return firstName !== secondName && first.tab.label.startsWith(secondName)
    ? [second, first]
    : [first, second];
}
