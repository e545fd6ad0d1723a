/**
 * The plugin libraries that a document is checked with: those of the setting `tensorrt.check.plugins`. Loading one runs its code, so that
 * is done only where the user trusts the workspace. An editor that knows no trust has settings of the user's own, as `tensorrt.runtime` is
 * one; what lies in a folder that was merely opened is not loaded there.
 */
import path from 'node:path';
import { MessageType, ShowMessageNotification } from 'vscode-languageserver/node';
import { noPlugins, type PluginSet, pluginSet } from '../tensorrt/plugin-set.ts';
import type { Session } from './session.ts';

export interface DocumentPlugins {
  readonly plugins: PluginSet;
  /** A sentence for each entry of the setting that is left out, or one for all. */
  readonly problems: readonly string[];
}

type Parts = Pick<Session, 'connection' | 'client' | 'settings' | 'folders' | 'trust' | 'log'>;

export class CheckPlugins {
  readonly #parts: Parts;
  readonly #told = new Set<string>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Of a document, or of what is known before there is one. The state of the files is that of now. */
  async of(uri?: string): Promise<DocumentPlugins> {
    const { settings, folders, trust, client } = this.#parts;
    const { plugins: named } = await settings.for(uri);
    if (named.length === 0) return { plugins: noPlugins, problems: [] };
    if (client.isOurExtension && !trust.isGranted) return { plugins: noPlugins, problems: [notTrusted] };
    const folder = client.isOurExtension ? folders.of(uri) : undefined;
    const found = named.map((name) => ({ name, file: absolute(name, folder) }));
    const reason = client.isOurExtension
      ? 'no folder is open that the path could be relative to'
      : 'this editor does not say whether the workspace is trusted';
    const problems = found.flatMap(({ name, file }) =>
      file === undefined
        ? `The plugin library ${name} of the setting tensorrt.check.plugins is not loaded: ${reason}. Give its absolute path.`
        : [],
    );
    this.tell(problems);
    return { plugins: pluginSet(found.flatMap(({ file }) => file ?? [])), problems };
  }

  /** Once each, however many models are checked. */
  tell(problems: readonly string[]): void {
    const { connection, log } = this.#parts;
    for (const message of problems) {
      if (this.#told.has(message)) continue;
      this.#told.add(message);
      log.warning(message);
      void connection.sendNotification(ShowMessageNotification.type, { type: MessageType.Warning, message });
    }
  }

  /** What still does not load is worth another word. */
  settingsChanged(): void {
    this.#told.clear();
  }
}

const notTrusted =
  'The plugin libraries of the setting tensorrt.check.plugins are not loaded: they are programs, and this workspace is not trusted.';

function absolute(name: string, folder: string | undefined): string | undefined {
  if (path.isAbsolute(name)) return path.normalize(name);
  return folder === undefined ? undefined : path.resolve(folder, name);
}
