/** The editor's settings, asked for when needed and kept until they change. */
import { type Connection, MessageType, ShowMessageNotification } from 'vscode-languageserver/node';
import { URI } from 'vscode-uri';
import type { Log } from './log.ts';
import { readSettings, type Settings } from './settings.ts';

export class SettingsStore {
  readonly #connection: Connection;
  readonly #log: Log;
  /** Whether the editor answers `workspace/configuration`, per document; otherwise it pushes one value for all. */
  readonly #canAsk: boolean;
  #pushed: unknown;
  readonly #asked = new Map<string, Promise<Settings>>();
  readonly #told = new Set<string>();

  constructor(connection: Connection, log: Log, canAsk: boolean, initial: unknown) {
    this.#connection = connection;
    this.#log = log;
    this.#canAsk = canAsk;
    this.#pushed = initial;
  }

  /** For a document, or for the whole machine. Values of the wrong kind are told of once and replaced by defaults. */
  async for(uri?: string): Promise<Settings> {
    if (!this.#canAsk) {
      return this.#read(this.#pushed);
    }
    // For the editor, the text of a binary model lies in no folder of the workspace; its file does.
    const scope = uri?.startsWith('onnx:') ? URI.parse(uri).with({ scheme: 'file' }).toString() : uri;
    const key = scope ?? '';
    const known = this.#asked.get(key);
    if (known) {
      return known;
    }
    const asked = this.#connection.workspace
      .getConfiguration({ section: 'tensorrt', ...(scope !== undefined && { scopeUri: scope }) })
      .then((section: unknown) => this.#read(section));
    this.#asked.set(key, asked);
    asked.catch(() => this.#asked.delete(key));
    return asked;
  }

  /** `settings` as `workspace/didChangeConfiguration` carries them, under their section or not. */
  changed(settings: unknown): void {
    this.#asked.clear();
    const isObject = typeof settings === 'object' && settings !== null;
    this.#pushed = isObject && 'tensorrt' in settings ? settings.tensorrt : settings;
  }

  #read(section: unknown): Settings {
    const { settings, problems } = readSettings(section);
    for (const problem of problems) {
      if (!this.#told.has(problem)) {
        this.#told.add(problem);
        this.#log.warning(problem);
        void this.#connection.sendNotification(ShowMessageNotification.type, {
          type: MessageType.Warning,
          message: problem,
        });
      }
    }
    return settings;
  }
}
