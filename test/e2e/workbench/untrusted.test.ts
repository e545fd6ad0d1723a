import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type EditorFixture, startEditorFixture } from './workbench.ts';

const net = `<ir_version: 8, opset_import: ["" : 17]>
g (float[2,4] x) => (float[2,4] y) { y = Relu (x) }
`;

describe('a workspace that is not trusted', { timeout: 240_000 }, () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'onnx-e2e-trust-'));
  let editor: EditorFixture;
  const file = (name: string) => path.join(editor.workspace, name);
  before(async () => {
    editor = await startEditorFixture(folder, {
      settings: {
        'security.workspace.trust.enabled': true,
        'security.workspace.trust.startupPrompt': 'never',
        'security.workspace.trust.banner': 'never',
      },
    });
    writeFileSync(file('net.onnxtxt'), net);
    // Loading it would fail in other words.
    writeFileSync(file('plugin.so'), 'no library');
    writeFileSync(
      file('plugins.trt.yaml'),
      'model: net.onnxtxt\nengine: plugins.engine\ndynamicPlugins: [plugin.so]\n',
    );
    writeFileSync(file('plain.trt.yaml'), 'model: net.onnxtxt\nengine: plain.engine\n');
  });
  after(async () => {
    await editor[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  test('builds, but loads no plugin of a config before the user trusts it', async () => {
    await editor.inWindow('untrusted', 'plain.trt.yaml', async ({ page, ...workbench }) => {
      await page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor();
      const lens = page.locator('.codelens-decoration a', { hasText: /^Build/ });
      await lens.first().click();
      await page
        .locator('.notification-toast', { hasText: 'plain.trt.yaml was built' })
        .waitFor({ timeout: 60_000 });
      assert.ok(existsSync(file('plain.engine')));
      await workbench.command('Notifications: Clear All Notifications');

      await workbench.open('plugins.trt.yaml');
      await page
        .locator('.editor-group-container.active .view-line', { hasText: 'dynamicPlugins' })
        .waitFor();
      await lens.first().click();
      const refusal = page.locator('.notification-toast', { hasText: 'plugins.trt.yaml was not built' });
      await refusal
        .filter({ hasText: /plugin\.so.*this workspace is not trusted/ })
        .waitFor({ timeout: 60_000 });
      assert.ok(!existsSync(file('plugins.engine')));
      await workbench.screenshot('untrusted');

      // From there to the editor's own page, where the user trusts; then the plugin is loaded, which here says that it is none.
      await refusal.getByRole('button', { name: 'Manage Workspace Trust' }).click();
      await page
        .locator('.workspace-trust-editor .monaco-button', { hasText: /^Trust/ })
        .first()
        .click();
      await page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor({ state: 'detached' });
      await page.locator('.monaco-modal-editor-block .codicon-close').first().click();
      await page.locator('.workspace-trust-editor').waitFor({ state: 'detached' });
      await lens.first().click();
      const failure = page.locator('.notification-toast', { hasText: 'plugins.trt.yaml was not built' });
      await failure.filter({ hasNotText: 'not trusted' }).waitFor({ timeout: 60_000 });
      await workbench.screenshot('trusted');
    });
  });
});
