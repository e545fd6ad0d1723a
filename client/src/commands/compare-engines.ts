import * as vscode from 'vscode';
import { showEngineComparison } from '../engine-editor.ts';
import { activeResource } from '../uris.ts';
import type { Command } from './command.ts';

/** Called with two engines (from a test or a keybinding), with one, or with none: the active editor's. */
export const compareEngines: Command = {
  id: 'tensorrt.compareEngines',
  run: async ({ client }, resource, other) => {
    const before = resource instanceof vscode.Uri ? resource : activeResource();
    if (before === undefined || !/\.(engine|plan|trt)$/i.test(before.path)) {
      throw new Error('Open an engine first (.engine, .plan, .trt), or select one in the explorer.');
    }
    // The explorer passes the whole selection as a list.
    const selected = Array.isArray(other)
      ? other.find((uri) => uri instanceof vscode.Uri && uri.toString() !== before.toString())
      : other;
    const after = selected instanceof vscode.Uri ? selected : await chooseEngine(before);
    if (after !== undefined) await showEngineComparison(client, before, after);
  },
};

async function chooseEngine(before: vscode.Uri): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    defaultUri: vscode.Uri.joinPath(before, '..'),
    filters: { Engines: ['engine', 'plan', 'trt'] },
    openLabel: 'Compare',
    title: 'Engine to Compare With',
  });
  return chosen?.[0];
}
