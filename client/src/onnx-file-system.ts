import { constants, type Stats } from 'node:fs';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { PrintRequest } from '../../server/src/protocol.ts';
import { errorMessage } from './errors.ts';
import { rebaseWrittenText } from './rebase-written-text.ts';
import { saveText } from './save-text.ts';
import { onnxScheme, toModelUri } from './uris.ts';
import { watchFile } from './watch-file.ts';

/** The text form of one state of a model on disk. */
interface Snapshot {
  /** Tells states of the file apart: size, modification time and file number. */
  readonly signature: string;
  readonly text: Uint8Array;
}

/** What `stat` says of one state of a model on disk. */
interface ShownState {
  readonly signature: string;
  readonly mtime: number;
  readonly size: number;
}

/** A save whose result the editor does not show yet: the references to weights have moved. */
interface PendingReload {
  readonly saved: string;
  readonly written: string;
}

/**
 * Shows binary models as text files: `onnx:/models/a.onnx` reads as the ONNX text of `/models/a.onnx` and writes it back in
 * binary. The server prints and encodes; here is only what the editor asks of a file system.
 */
export class OnnxFileSystem implements vscode.FileSystemProvider, vscode.Disposable {
  readonly #client: LanguageClient;
  readonly #changes = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.#changes.event;
  readonly #snapshots = new Map<string, Snapshot>();
  readonly #states = new Map<string, ShownState>();
  readonly #printing = new Map<
    string,
    { readonly signature: string; readonly snapshot: Promise<Snapshot> }
  >();
  /** While one is here, `stat` describes the text that the editor saved. */
  readonly #unshown = new Map<string, PendingReload>();
  /** The editor has been told to reload, and has not yet. */
  readonly #reloading = new Map<string, PendingReload>();
  /** When a file was made that has nothing in it yet, and is not on the disk. */
  readonly #created = new Map<string, number>();
  readonly #listeners: vscode.Disposable;

  constructor(client: LanguageClient) {
    this.#client = client;
    this.#listeners = vscode.Disposable.from(
      vscode.workspace.onDidSaveTextDocument((document) => this.#reloadSaved(document)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#reloadInterrupted(document)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        for (const map of [this.#snapshots, this.#states, this.#unshown, this.#reloading, this.#created])
          map.delete(uri.toString());
      }),
    );
  }

  dispose(): void {
    this.#listeners.dispose();
    this.#changes.dispose();
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const created = this.#created.get(uri.toString());
    if (created !== undefined) return { type: vscode.FileType.File, ctime: created, mtime: created, size: 0 };
    const disk = await statFile(uri);
    if (disk.isDirectory()) {
      return { type: vscode.FileType.Directory, ctime: disk.ctimeMs, mtime: disk.mtimeMs, size: disk.size };
    }
    const writable = await fs.access(toModelUri(uri).fsPath, constants.W_OK).then(
      () => true,
      () => false,
    );
    // The size must be that of the text: the editor decides by it whether the document is too large to open, and whether it
    // has changed. A model that cannot be printed says why when it is read.
    const snapshot = await this.#snapshotOf(uri, disk).catch(() => undefined);
    const unshown = this.#unshown.get(uri.toString());
    const state = this.#stateOf(uri, disk, snapshot?.text.byteLength ?? 0);
    return {
      type: vscode.FileType.File,
      ctime: disk.ctimeMs,
      // One millisecond older than what was written, so that the reload afterwards is news.
      mtime: state.mtime - (unshown === undefined ? 0 : 1),
      size: unshown === undefined ? state.size : Buffer.byteLength(unshown.saved),
      ...(writable ? {} : { permissions: vscode.FilePermission.Readonly }),
    };
  }

  /** Throws a FileSystemError whose message is the server's sentence. */
  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    if (this.#created.has(uri.toString())) return new Uint8Array();
    const disk = await statModel(uri);
    return (await this.#snapshotOf(uri, disk)).text;
  }

  async writeFile(uri: vscode.Uri, content: Uint8Array): Promise<void> {
    if (
      content.length === 0 &&
      (await fs.stat(toModelUri(uri).fsPath).catch(() => undefined)) === undefined
    ) {
      // *Save As* makes an empty file first. No model is empty, so the disk sees none.
      this.#created.set(uri.toString(), Date.now());
      return;
    }
    const text = new TextDecoder().decode(content);
    const written = await this.#request(uri, () =>
      saveText(this.#client, {
        uri: toModelUri(uri).toString(),
        text,
        ...(this.#created.has(uri.toString()) ? sourceOf(uri, text) : {}),
      }),
    );
    this.#created.delete(uri.toString());
    if (written === undefined) {
      throw new vscode.FileSystemError(`${path.posix.basename(uri.path)} was not saved, and is as it was.`);
    }
    this.#remember(uri, await statModel(uri), written);
    const key = uri.toString();
    this.#reloading.delete(key);
    if (written === text) this.#unshown.delete(key);
    else this.#unshown.set(key, { saved: text, written });
  }

  watch(uri: vscode.Uri): vscode.Disposable {
    const file = toModelUri(uri);
    const watcher = watchFile(file);
    const changed = async () => {
      const disk = await fs.stat(file.fsPath).catch(() => undefined);
      if (disk === undefined) return;
      // Our own writes are known already.
      if (this.#snapshots.get(uri.toString())?.signature === signatureOf(disk)) return;
      this.#changes.fire([{ type: vscode.FileChangeType.Changed, uri }]);
    };
    watcher.onDidChange(changed);
    watcher.onDidCreate(changed);
    watcher.onDidDelete(() => this.#changes.fire([{ type: vscode.FileChangeType.Deleted, uri }]));
    return watcher;
  }

  /** For the dialog of *Save As*: folders and models. */
  async readDirectory(uri: vscode.Uri): Promise<[string, vscode.FileType][]> {
    const entries = await vscode.workspace.fs.readDirectory(toModelUri(uri));
    return entries.filter(
      ([name, type]) => (type & vscode.FileType.Directory) !== 0 || name.toLowerCase().endsWith('.onnx'),
    );
  }

  async createDirectory(uri: vscode.Uri): Promise<void> {
    await vscode.workspace.fs.createDirectory(toModelUri(uri));
  }

  async delete(uri: vscode.Uri): Promise<void> {
    await vscode.workspace.fs.delete(toModelUri(uri), { useTrash: true });
  }

  async rename(from: vscode.Uri, to: vscode.Uri, options: { overwrite: boolean }): Promise<void> {
    await vscode.workspace.fs.rename(toModelUri(from), toModelUri(to), options);
  }

  #snapshotOf(uri: vscode.Uri, disk: Stats): Promise<Snapshot> {
    const key = uri.toString();
    const signature = signatureOf(disk);
    const known = this.#snapshots.get(key);
    if (known?.signature === signature) return Promise.resolve(known);
    const running = this.#printing.get(key);
    if (running?.signature === signature) return running.snapshot;
    const snapshot = this.#request(uri, () =>
      this.#client.sendRequest(PrintRequest, { uri: toModelUri(uri).toString() }),
    )
      .then(({ text }) => this.#remember(uri, disk, text))
      .finally(() => {
        if (this.#printing.get(key)?.snapshot === snapshot) this.#printing.delete(key);
      });
    this.#printing.set(key, { signature, snapshot });
    return snapshot;
  }

  /**
   * When a document is saved, the editor refuses to overwrite a file that changed since it was read: one that has a later time and
   * another size. A model that another program replaces may have an earlier time (a restored copy), and its text the same size
   * (other weights); so each new state gets a later time and another size than the one before.
   */
  #stateOf(uri: vscode.Uri, disk: Stats, textBytes: number): ShownState {
    const key = uri.toString();
    const signature = signatureOf(disk);
    const known = this.#states.get(key);
    if (known?.signature === signature) return known;
    const state = {
      signature,
      mtime: Math.max(Math.trunc(disk.mtimeMs), (known?.mtime ?? 0) + 2),
      size: known?.size === textBytes ? textBytes + 1 : textBytes,
    };
    this.#states.set(key, state);
    return state;
  }

  #remember(uri: vscode.Uri, disk: Stats, text: string): Snapshot {
    const snapshot = { signature: signatureOf(disk), text: new TextEncoder().encode(text) };
    this.#snapshots.set(uri.toString(), snapshot);
    return snapshot;
  }

  #reloadSaved(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    const pending = this.#unshown.get(key);
    if (pending === undefined) return;
    if (document.isDirty) {
      void applyMovedReferences(document, pending);
      return;
    }
    this.#unshown.delete(key);
    this.#reloading.set(key, pending);
    this.#changes.fire([{ type: vscode.FileChangeType.Changed, uri: document.uri }]);
  }

  /** The editor does not reload a document in which the user has typed in the meantime. */
  #reloadInterrupted(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    const pending = this.#reloading.get(key);
    if (pending === undefined) return;
    this.#reloading.delete(key);
    if (!document.isDirty || document.getText() === pending.written) return;
    this.#unshown.set(key, pending);
    void applyMovedReferences(document, pending);
  }

  async #request<Result>(uri: vscode.Uri, send: () => Promise<Result>): Promise<Result> {
    try {
      return await send();
    } catch (error) {
      throw new vscode.FileSystemError(errorMessage(error, uri));
    }
  }
}

async function applyMovedReferences(document: vscode.TextDocument, pending: PendingReload): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  for (const { line, text } of rebaseWrittenText(pending.saved, pending.written, document.getText()))
    edit.replace(document.uri, document.lineAt(line).range, text);
  await vscode.workspace.applyEdit(edit);
}

/** A text that is saved as a new model still refers to the weights of the one that it is open as. */
function sourceOf(
  target: vscode.Uri,
  text: string,
): { readonly original?: string; readonly relativeTo?: string } {
  const source = vscode.workspace.textDocuments.find(
    (document) =>
      document.uri.scheme === onnxScheme &&
      document.uri.toString() !== target.toString() &&
      document.getText() === text,
  );
  if (source === undefined) return {};
  const model = toModelUri(source.uri);
  return { original: model.toString(), relativeTo: vscode.Uri.joinPath(model, '..').toString() };
}

async function statModel(uri: vscode.Uri): Promise<Stats> {
  const stats = await statFile(uri);
  if (!stats.isDirectory()) return stats;
  throw vscode.FileSystemError.FileIsADirectory(`${uri.fsPath} is a folder, not an ONNX model.`);
}

async function statFile(uri: vscode.Uri): Promise<Stats> {
  const file = toModelUri(uri).fsPath;
  try {
    return await fs.stat(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw vscode.FileSystemError.FileNotFound(uri);
    if (code === 'EACCES' || code === 'EPERM')
      throw vscode.FileSystemError.NoPermissions(`${file} cannot be read: permission denied.`);
    throw vscode.FileSystemError.Unavailable(errorMessage(error, uri));
  }
}

function signatureOf(stats: Stats): string {
  return `${stats.size} ${stats.mtimeMs} ${stats.ino}`;
}

export function registerOnnxFileSystem(fileSystem: OnnxFileSystem): vscode.Disposable {
  return vscode.workspace.registerFileSystemProvider(onnxScheme, fileSystem, {
    isCaseSensitive: process.platform === 'linux',
  });
}
