/** The folders that the editor has open. */
import path from 'node:path';
import type { InitializeParams, WorkspaceFoldersChangeEvent } from 'vscode-languageserver/node';
import { URI } from 'vscode-uri';

export class WorkspaceFolders {
  /** Absolute paths, in the editor's order. */
  #folders: readonly string[];

  /** Of the `initialize` request: older editors give one folder alone. */
  constructor({ workspaceFolders, rootUri, rootPath }: Partial<InitializeParams>) {
    const given = workspaceFolders?.map(({ uri }) => uri) ?? (rootUri ? [rootUri] : []);
    this.#folders =
      given.length === 0 && rootPath ? [path.resolve(rootPath)] : given.flatMap((uri) => pathOf(uri) ?? []);
  }

  changed({ added, removed }: WorkspaceFoldersChangeEvent): void {
    const gone = new Set(removed.map(({ uri }) => pathOf(uri)));
    const kept = this.#folders.filter((folder) => !gone.has(folder));
    this.#folders = [...kept, ...added.flatMap(({ uri }) => pathOf(uri) ?? [])];
  }

  /** The innermost folder that a document lies in, or else the first one. Undefined where none is open. */
  of(uri: string | undefined): string | undefined {
    const file = uri === undefined ? undefined : pathOf(uri);
    const around = this.#folders.filter((folder) => file !== undefined && isIn(folder, file));
    return around.sort((a, b) => b.length - a.length)[0] ?? this.#folders[0];
  }
}

/** Binary models as text lie where their files do. */
function pathOf(uri: string): string | undefined {
  const parsed = URI.parse(uri);
  return parsed.scheme === 'file' || parsed.scheme === 'onnx'
    ? parsed.with({ scheme: 'file' }).fsPath
    : undefined;
}

function isIn(folder: string, file: string): boolean {
  const way = path.relative(folder, file);
  return way !== '..' && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way);
}
