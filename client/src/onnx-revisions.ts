import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { PrintRequest } from '../../server/src/protocol.ts';
import { isModelOnDisk, onnxScheme, toModelUri, toTextUri } from './uris.ts';

/** Models that are not files, above all git's revisions, as read-only texts. The server never checks these. */
const revisionScheme = 'onnx-revision';

export interface RevisionSide {
  readonly uri: vscode.Uri;
  readonly tab: vscode.Tab;
}

/** The document that shows a model as text: of a file on disk an editable one, of any other a read-only one. */
export function textUriOf(uri: vscode.Uri): vscode.Uri {
  return isModelOnDisk(uri) ? toTextUri(uri) : readOnlyTextUri({ model: uri.toString() });
}

/** What a read-only text shows, as the query of its URI. */
interface Shown {
  readonly model: string;
  /** A model on disk that it is compared with: equal weights are referred to as in that one's text. */
  readonly comparedWith?: string;
}

function readOnlyTextUri(shown: Shown): vscode.Uri {
  const { path: modelPath } = vscode.Uri.parse(shown.model, true);
  return vscode.Uri.from({ scheme: revisionScheme, path: modelPath, query: JSON.stringify(shown) });
}

function shownBy(textUri: vscode.Uri): Shown {
  return JSON.parse(textUri.query) as Shown;
}

export function registerOnnxRevisions(client: LanguageClient): vscode.Disposable {
  const changes = new vscode.EventEmitter<vscode.Uri>();
  return vscode.Disposable.from(
    changes,
    // A save may move the weights of the other side.
    vscode.workspace.onDidSaveTextDocument(({ uri }) => {
      if (uri.scheme !== onnxScheme) return;
      const saved = toModelUri(uri).toString();
      for (const { uri: textUri } of vscode.workspace.textDocuments) {
        if (textUri.scheme === revisionScheme && shownBy(textUri).comparedWith === saved)
          changes.fire(textUri);
      }
    }),
    vscode.workspace.registerTextDocumentContentProvider(revisionScheme, {
      onDidChange: changes.event,
      provideTextDocumentContent: (textUri) => {
        const { model, comparedWith } = shownBy(textUri);
        return printRevision(client, vscode.Uri.parse(model, true), comparedWith);
      },
    }),
  );
}

/** Rejects with the server's sentence when the bytes are no model. */
export async function printRevision(
  client: LanguageClient,
  uri: vscode.Uri,
  comparedWith?: string,
): Promise<string> {
  const places = comparedWith === undefined ? 'none' : { of: comparedWith };
  if (uri.scheme === 'file')
    return (await client.sendRequest(PrintRequest, { uri: uri.toString(), places })).text;
  const bytes = await vscode.workspace.fs.readFile(uri);
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'onnx-revision-'));
  // The name shows in messages and references.
  const file = path.join(folder, path.posix.basename(uri.path));
  try {
    await fs.writeFile(file, bytes);
    return (await client.sendRequest(PrintRequest, { uri: vscode.Uri.file(file).toString(), places })).text;
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
    originalTextUri(original.uri, modified.uri),
    textUriOf(modified.uri),
    title,
    {
      viewColumn,
      preview,
    },
  );
}

/** The older side is read-only: it says what the newer one says, as far as they are equal. */
function originalTextUri(original: vscode.Uri, modified: vscode.Uri): vscode.Uri {
  if (!isModelOnDisk(modified)) return readOnlyTextUri({ model: original.toString() });
  const model = isModelOnDisk(original) ? toModelUri(original) : original;
  return readOnlyTextUri({ model: model.toString(), comparedWith: toModelUri(modified).toString() });
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
