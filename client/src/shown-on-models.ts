import * as vscode from 'vscode';

interface OnModel {
  readonly panel: vscode.WebviewPanel;
}

/** Milliseconds without an edit before places are looked up again. */
const restBeforeLookUp = 400;

/**
 * What is shown at the statements of models, for each text one thing with a page of its own, which end together. When the text
 * moves, its places are looked up again.
 */
export class ShownOnModels<Shown extends OnModel> implements vscode.Disposable {
  readonly #shown = new Map<string, Shown>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #lookUp: (document: vscode.TextDocument, shown: Shown) => Promise<Shown>;
  readonly #changed: (document: vscode.TextDocument, shown: Shown | undefined) => void;
  readonly #listeners = vscode.Disposable.from(
    vscode.workspace.onDidChangeTextDocument(({ document }) => this.#lookUpSoon(document)),
    vscode.workspace.onDidCloseTextDocument((document) => this.clear(document)),
  );

  /** `changed` is told what to show from now on, nothing where it is undefined. */
  constructor(
    lookUp: (document: vscode.TextDocument, shown: Shown) => Promise<Shown>,
    changed: (document: vscode.TextDocument, shown: Shown | undefined) => void,
  ) {
    this.#lookUp = lookUp;
    this.#changed = changed;
  }

  of(document: vscode.TextDocument): Shown | undefined {
    return this.#shown.get(document.uri.toString());
  }

  /** In a text that shows nothing: what was shown before has been cleared. */
  show(document: vscode.TextDocument, shown: Shown): void {
    this.#set(document, shown);
    shown.panel.onDidDispose(() => {
      if (this.of(document)?.panel === shown.panel) this.clear(document);
    });
  }

  /** Whether there was something. */
  clear(document: vscode.TextDocument): boolean {
    const shown = this.of(document);
    if (!shown) return false;
    this.#shown.delete(document.uri.toString());
    shown.panel.dispose();
    this.#changed(document, undefined);
    return true;
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#listeners.dispose();
  }

  #set(document: vscode.TextDocument, shown: Shown): void {
    this.#shown.set(document.uri.toString(), shown);
    this.#changed(document, shown);
  }

  #lookUpSoon(document: vscode.TextDocument): void {
    if (!this.of(document)) return;
    const key = document.uri.toString();
    clearTimeout(this.#timers.get(key));
    this.#timers.set(
      key,
      setTimeout(() => void this.#lookUpAgain(document), restBeforeLookUp),
    );
  }

  async #lookUpAgain(document: vscode.TextDocument): Promise<void> {
    this.#timers.delete(document.uri.toString());
    const shown = this.of(document);
    if (!shown) return;
    const { version } = document;
    // Files that went away meanwhile leave all where it is.
    const found = await this.#lookUp(document, shown).catch(() => undefined);
    if (found && document.version === version && this.of(document) === shown) this.#set(document, found);
  }
}
