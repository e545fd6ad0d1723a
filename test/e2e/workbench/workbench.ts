import assert from 'node:assert/strict';
import { mkdirSync, readdirSync } from 'node:fs';
import * as path from 'node:path';
import type { Browser, FrameLocator, Locator, Page } from 'playwright-core';
import {
  recordedEnvironment,
  replaceBridge,
  showGpuToServer,
} from '../../support/recorded-gpu/distribution.mts';
import { hostVsix, launchBrowser, startEditor } from '../editor.mjs';
import { makeWorkspace, testSettings } from '../workspace.mjs';

const screenshotFolder =
  process.env['ONNX_E2E_SCREENSHOTS'] ?? path.resolve(import.meta.dirname, '../../../out/screenshots');

/** A theme to look at, by its name: `Default Light Modern`, say. */
const colorTheme = process.env['ONNX_E2E_THEME'];

/** Pixels per point of the screenshots. */
const deviceScaleFactor = Number(process.env['ONNX_E2E_SCALE'] ?? 1);

/** A window of the editor, driven as a user does. */
export interface Workbench {
  readonly page: Page;
  /** Opens a file of the workspace by a double click in the explorer. */
  open(name: string): Promise<void>;
  command(title: string): Promise<void>;
  /** Opens the code actions at the cursor until the one whose title has the words is offered; gives its row. `openMenu`: by Ctrl+. where absent. */
  codeAction(words: string, openMenu?: () => Promise<void>): Promise<Locator>;
  /** Underlined errors in the visible part of the active editor. */
  readonly squiggles: Locator;
  readonly status: Locator;
  /** Text of the status item, once it matches. */
  statusText(expected: RegExp): Promise<string>;
  /** Gives the path of a file in the dialog that is open, or about to. */
  answerFileDialog(file: string): Promise<void>;
  /** Rests the pointer on the first occurrence of a word in the active editor until a hover shows. */
  pointAt(word: string): Promise<void>;
  screenshot(name: string): Promise<void>;
}

/** What is inside the web view in sight. What replaces it is in a frame of its own until it is loaded. */
export function webview(page: Page): FrameLocator {
  return page
    .locator('iframe.webview:visible')
    .first()
    .contentFrame()
    .locator('#active-frame')
    .contentFrame();
}

/** Waits until no notification shows the progress of something. */
export async function progressEnded(page: Page): Promise<void> {
  await page
    .locator('.notification-toast .monaco-progress-container.active')
    .first()
    .waitFor({ state: 'detached' });
}

/** One editor on a workspace of models. */
export interface EditorFixture extends AsyncDisposable {
  readonly workspace: string;
  /**
   * Runs `use` with a window, on `file` if given, and closes all editors. One after the other get the same window. A failure
   * leaves a screenshot `failed-NAME`.
   */
  inWindow(
    name: string,
    file: string | undefined,
    use: (workbench: Workbench) => Promise<void>,
  ): Promise<void>;
}

export interface EditorFixtureOptions {
  readonly settings?: Record<string, unknown>;
  readonly commandLine?: readonly string[];
  /** Simulation: engines run on the recorded GPU (test/support/recorded-gpu), with TensorRT 10.6.0. */
  readonly recordedGpu?: boolean;
  /** Of the editor, and so of the server. */
  readonly env?: Record<string, string>;
}

export async function startEditorFixture(
  folder: string,
  options: EditorFixtureOptions = {},
): Promise<EditorFixture> {
  const workspace = makeWorkspace(path.join(folder, 'workspace'));
  const editor = await startEditor({
    vsix: hostVsix(),
    workspace,
    settings: {
      ...testSettings(),
      ...(colorTheme !== undefined && { 'workbench.colorTheme': colorTheme }),
      ...options.settings,
    },
    commandLine: options.commandLine ?? [],
    env: { ...(options.recordedGpu && recordedEnvironment()), ...options.env },
    ...(options.recordedGpu && { afterInstall: recordGpu }),
  });
  let browser: Browser;
  try {
    browser = await launchBrowser();
  } catch (error) {
    await editor.close();
    throw error;
  }
  const openWindow = async (): Promise<Workbench> => {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      deviceScaleFactor,
    });
    const page = await context.newPage();
    await page.goto(editor.url());
    // Models have their icon once the workbench knows the extension, and with it their editor.
    await page.locator('.explorer-folders-view .onnx-lang-file-icon').first().waitFor({ timeout: 60_000 });
    return workbenchOf(page);
  };
  let idle: Workbench | undefined;
  return {
    workspace,
    inWindow: async (name, file, use) => {
      const workbench = idle ?? (await openWindow());
      idle = undefined;
      try {
        if (file !== undefined) await workbench.open(file);
        await use(workbench);
        await workbench.command('View: Close All Editors');
        await workbench.page.locator('.tab').first().waitFor({ state: 'detached' });
      } catch (error) {
        await workbench.screenshot(`failed-${name}`);
        await workbench.page.context().close();
        throw error;
      }
      idle = workbench;
    },
    [Symbol.asyncDispose]: async () => {
      await browser.close();
      await editor.close();
    },
  };
}

async function recordGpu(extensions: string): Promise<void> {
  const installed = readdirSync(extensions).filter((name) => name.startsWith('onnx-tensorrt-tools.'));
  for (const name of installed) {
    const dist = path.join(extensions, name, 'dist');
    await replaceBridge(dist);
    showGpuToServer(dist);
  }
}

function workbenchOf(page: Page): Workbench {
  const quickInput = page.locator('.quick-input-widget input[type="text"]');
  const command = async (title: string) => {
    // The list shows the commands run last until it has taken in the title, so Enter would run one of these; a click is lost where the
    // list is drawn anew under it.
    const focused = page.locator('.quick-input-list .monaco-list-row.focused', {
      has: page.locator('.label-name', { hasText: exactly(title) }),
    });
    // What takes the focus meanwhile, an editor that just opened say, closes the box again.
    for (let attempt = 1; ; attempt++) {
      await page.keyboard.press('F1');
      try {
        await quickInput.fill(`>${title}`, { timeout: 3000 });
        await focused.waitFor({ timeout: 5000 });
        await page.keyboard.press('Enter');
        await focused.waitFor({ state: 'hidden', timeout: 10_000 });
        return;
      } catch (error) {
        if (attempt === 5) throw error;
        await page.keyboard.press('Escape');
      }
    }
  };
  const status = page.locator(
    '.statusbar-item[id="onnx-tensorrt-tools.onnx-tensorrt-tools.tensorrt.verdict"]',
  );
  return {
    page,
    open: async (name) => {
      const entry = page.locator('.explorer-folders-view .monaco-list-row', { hasText: exactly(name) });
      await entry.dblclick();
      // A new window may know the icons of an extension a moment before its editors, and shows a model as any binary file then.
      const asBinary = page.locator('.monaco-editor-pane-placeholder:visible', {
        hasText: /it is either binary/,
      });
      const shown = page.locator('.editor-group-container.active .view-line, iframe.webview:visible');
      for (let attempt = 1; name.endsWith('.onnx') && attempt <= 5; attempt++) {
        await shown.or(asBinary).first().waitFor({ timeout: 60_000 });
        if (!(await asBinary.isVisible())) return;
        await command('View: Close All Editors');
        await page.locator('.tab').first().waitFor({ state: 'detached' });
        await page.waitForTimeout(1000);
        await entry.dblclick();
      }
    },
    command,
    codeAction: async (words, openMenu = () => page.keyboard.press('Control+.')) => {
      const row = page.locator('.action-widget .monaco-list-row', { hasText: words }).first();
      // The server may not have answered for the last edit, or the cursor not be in the editor again; an open menu does not grow.
      for (let attempt = 1; ; attempt++) {
        await openMenu();
        try {
          await row.waitFor({ timeout: 10_000 });
          return row;
        } catch (error) {
          if (attempt === 4) throw error;
          await page.keyboard.press('Escape');
        }
      }
    },
    squiggles: page.locator('.editor-group-container.active .squiggly-error'),
    status,
    statusText: async (expected) => {
      await status.filter({ hasText: expected }).waitFor({ timeout: 60_000 });
      return (await status.textContent()) ?? '';
    },
    answerFileDialog: async (file) => {
      // What is asked before or after may be in the same box; only dialogs begin with a path.
      const isOpen = () =>
        page.evaluate<boolean>(
          `[...document.querySelectorAll('.quick-input-widget input[type="text"]')].some((input) => input.offsetParent && input.value.startsWith('/'))`,
        );
      for (let attempt = 0; !(await isOpen()); attempt++) {
        assert.ok(attempt < 120, 'A dialog that asks for a file opens.');
        await page.waitForTimeout(250);
      }
      // While it reads folders, the dialog writes into its box and ignores keys.
      for (let attempt = 0; attempt < 40 && (await isOpen()); attempt++) {
        if ((await quickInput.inputValue()) !== file) await quickInput.fill(file);
        else await quickInput.press('Enter');
        await page.waitForTimeout(500);
      }
      assert.ok(!(await isOpen()), `The dialog takes ${file}.`);
    },
    pointAt: async (word) => {
      const place = page
        .locator('.editor-group-container.active .view-lines .view-line span span', {
          hasText: exactly(word),
        })
        .first();
      const hover = page.locator('.monaco-hover:visible', { hasText: /\S/ }).first();
      // What is drawn anew meanwhile (colours, hints, a panel) moves the word, or takes the hover away again.
      for (let attempt = 1; ; attempt++) {
        await page.mouse.move(1, 1);
        const box = await place.boundingBox({ timeout: 20_000 });
        if (box) {
          // The underline and the cursor lie above the text, so the pointer is moved rather than the text hovered.
          await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 4 });
        }
        try {
          await hover.waitFor({ timeout: 8000 });
          // Else it is the hover of what came to lie there meanwhile.
          if ((await place.boundingBox())?.y === box?.y || attempt === 4) return;
        } catch (error) {
          if (attempt === 4) throw error;
        }
      }
    },
    screenshot: async (name) => {
      mkdirSync(screenshotFolder, { recursive: true });
      await page.screenshot({
        path: path.join(screenshotFolder, `${name}.png`),
        // What comes in slowly is there.
        animations: 'disabled',
      });
    },
  };
}

function exactly(text: string): RegExp {
  return new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`);
}
