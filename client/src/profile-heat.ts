import * as path from 'node:path';
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import {
  type NodeHeat,
  ProfileOnModelRequest,
  type ProfileOnModelResult,
} from '../../server/src/engine-protocol.ts';
import { showProfilePage } from './measurements/profile-panel.ts';
import { ShownOnModels } from './shown-on-models.ts';

interface ShownProfile {
  readonly files: readonly vscode.Uri[];
  readonly nodes: readonly NodeHeat[];
  readonly panel: vscode.WebviewPanel;
}

/** Characters of `≤ 100.0 %`. */
const shareWidth = 9;
/** Steps of the heat scale. */
const levels = 8;

/** Profiles in the texts of models: a colour by time at each node, times behind it, and a page with tables beside it. */
export class ProfileHeat implements vscode.Disposable {
  readonly #client: LanguageClient;
  readonly #shown = new ShownOnModels<ShownProfile>(
    async (document, shown) => ({ ...shown, nodes: (await this.#ask(document, shown.files)).nodes }),
    () => this.#changed(),
  );
  readonly #hintsChanged = new vscode.EventEmitter<void>();
  readonly #decorations: readonly vscode.TextEditorDecorationType[];
  /** A column of shares in front of the statements, as times behind long ones may be out of sight. */
  readonly #shares = vscode.window.createTextEditorDecorationType({
    before: {
      color: new vscode.ThemeColor('descriptionForeground'),
      fontStyle: 'normal',
      margin: '0 1.5ch 0 0',
    },
  });
  readonly #listeners: vscode.Disposable;

  constructor(client: LanguageClient) {
    this.#client = client;
    this.#decorations = Array.from({ length: levels }, (_, level) => {
      const strength = (level + 1) / levels;
      // Red over whatever background the theme has: the text stays as readable as it is.
      const colour = `rgba(235, ${Math.round(150 - 110 * strength)}, 30, ${(0.05 + 0.35 * strength).toFixed(2)})`;
      return vscode.window.createTextEditorDecorationType({
        backgroundColor: colour,
        isWholeLine: true,
        overviewRulerColor: colour,
        overviewRulerLane: vscode.OverviewRulerLane.Right,
      });
    });
    this.#listeners = vscode.Disposable.from(
      this.#shown,
      ...this.#decorations,
      this.#shares,
      this.#hintsChanged,
      vscode.languages.registerInlayHintsProvider(
        { language: 'onnx' },
        {
          onDidChangeInlayHints: this.#hintsChanged.event,
          provideInlayHints: (document, range) => this.#hints(document, range),
        },
      ),
      vscode.window.onDidChangeVisibleTextEditors(() => this.#paint()),
    );
  }

  /** Throws an error for people where the files are no profiles with times of layers. */
  async show(document: vscode.TextDocument, files: readonly vscode.Uri[]): Promise<void> {
    const result = await this.#ask(document, files);
    this.clear(document);
    const panel = this.#openPage(document, files, result);
    this.#shown.show(document, { files, nodes: result.nodes, panel });
  }

  /** Whether there was one. */
  clear(document: vscode.TextDocument): boolean {
    return this.#shown.clear(document);
  }

  dispose(): void {
    this.#listeners.dispose();
  }

  #ask(document: vscode.TextDocument, files: readonly vscode.Uri[]): Promise<ProfileOnModelResult> {
    return this.#client.sendRequest(ProfileOnModelRequest, {
      uri: this.#client.code2ProtocolConverter.asUri(document.uri),
      files: files.map((file) => file.toString()),
    });
  }

  #openPage(
    document: vscode.TextDocument,
    files: readonly vscode.Uri[],
    { nodes: _, ...page }: ProfileOnModelResult,
  ): vscode.WebviewPanel {
    const model = path.posix.basename(document.uri.path);
    const title = `Profile of ${model}`;
    const source = `From ${files.map((file) => path.posix.basename(file.path)).join(', ')}.`;
    const shown = { title, ...page, notes: [source, ...page.notes] };
    return showProfilePage(this.#client, title, shown, files, {
      viewColumn: vscode.ViewColumn.Beside,
      preserveFocus: true,
    });
  }

  #hints(document: vscode.TextDocument, range: vscode.Range): vscode.InlayHint[] {
    const nodes = this.#shown.of(document)?.nodes ?? [];
    return nodes.flatMap((node) => {
      const { start, end } = node.range;
      const statement = new vscode.Range(start.line, start.character, end.line, end.character);
      if (!range.intersection(statement)) return [];
      const hint = new vscode.InlayHint(statement.end, node.label);
      hint.paddingLeft = true;
      hint.tooltip = new vscode.MarkdownString(node.tooltip);
      return [hint];
    });
  }

  #changed(): void {
    this.#hintsChanged.fire();
    this.#paint();
  }

  #paint(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const nodes = this.#shown.of(editor.document)?.nodes ?? [];
      const ranges = nodes.map(
        ({ range: { start, end } }) => new vscode.Range(start.line, start.character, end.line, end.character),
      );
      for (const [level, decoration] of this.#decorations.entries()) {
        editor.setDecorations(
          decoration,
          ranges.filter((_, index) => levelOf(nodes[index]?.heat ?? 0) === level),
        );
      }
      editor.setDecorations(
        this.#shares,
        nodes.flatMap(({ share }, index) => {
          const range = ranges[index];
          // Blanks would be drawn as one.
          const contentText = share.padStart(shareWidth).replaceAll(' ', '\u00a0');
          return range
            ? [
                {
                  range: new vscode.Range(range.start, range.start),
                  renderOptions: { before: { contentText } },
                },
              ]
            : [];
        }),
      );
    }
  }
}

/** -1 for what takes no time. */
function levelOf(heat: number): number {
  return heat <= 0 ? -1 : Math.min(levels - 1, Math.floor(heat * levels));
}
