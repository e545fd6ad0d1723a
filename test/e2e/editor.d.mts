import type { Browser } from 'playwright-core';

export interface EditorOptions {
  /** Paths of extensions to install. */
  readonly vsix: string | readonly string[];
  /** Folder to open; none where absent. */
  readonly workspace?: string;
  /** The user's settings, beside those that keep the editor quiet. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Environment of the extension host, beside this process's. */
  readonly env?: Readonly<Record<string, string>>;
  readonly commandLine?: readonly string[];
  /** Is given the folder of the installed extensions, before the editor starts. */
  readonly afterInstall?: (extensions: string) => Promise<void>;
}

export interface RunningEditor {
  /** Id of the process group that all its processes are of. */
  readonly processGroup: number;
  /** The ends of the extension's log channels. */
  extensionLog(): string;
  /** Address of a window on the workspace; `payload` are pairs for the workbench, as on a command line. */
  url(payload?: readonly (readonly [string, string])[]): string;
  /** How the workbench names a file of this machine. */
  remoteUri(file: string): string;
  /** Ends every process it started and removes its folders. */
  close(): Promise<void>;
}

/** Starts code-server with a profile of its own and waits until it answers. */
export function startEditor(options: EditorOptions): Promise<RunningEditor>;
export function launchBrowser(): Promise<Browser>;
/** Path of the packaged extension for this machine; throws where `npm run package` has not made it. */
export function hostVsix(): string;
