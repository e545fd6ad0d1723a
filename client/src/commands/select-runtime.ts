import * as vscode from 'vscode';
import { type RuntimeDescription, RuntimesRequest } from '../../../server/src/protocol.ts';
import { installTitle } from '../install-offer.ts';
import { modeName, runtimeName } from '../status-text.ts';
import { useRuntime } from '../use-runtime.ts';
import type { Command } from './command.ts';

interface RuntimeItem extends vscode.QuickPickItem {
  readonly action?: () => Promise<unknown> | Thenable<unknown>;
}

export const selectRuntime: Command = {
  id: 'tensorrt.selectRuntime',
  run: async ({ client }) => {
    const runtimes = client.sendRequest(RuntimesRequest, { refresh: true });
    const picked = await vscode.window.showQuickPick<RuntimeItem>(
      runtimes.then((found) => itemsFor(found)),
      {
        title: 'TensorRT That Judges Your Models',
        placeHolder: 'Verdicts differ between products and versions',
        matchOnDescription: true,
        matchOnDetail: true,
      },
    );
    await picked?.action?.();
  },
};

function itemsFor(runtimes: readonly RuntimeDescription[]): RuntimeItem[] {
  const usable = runtimes.filter(({ unusable }) => unusable === undefined);
  const unusable = runtimes.filter((runtime) => runtime.unusable !== undefined && !runtime.kind);
  // Of no use for models, and not broken either.
  const forEngines = runtimes.filter(({ kind }) => kind !== undefined);
  return [
    ...(usable.length === 0
      ? []
      : [
          {
            label: '$(sparkle) Automatic',
            description: 'the newest that works here',
            action: () => useRuntime(undefined),
          },
          separator('On this machine'),
          ...usable.map((runtime) => ({
            label: `$(chip) ${runtimeName(runtime)}`,
            description: [modeName(runtime.mode), runtime.origin].filter(Boolean).join(' · '),
            detail: runtime.directory,
            action: () => useRuntime(runtime.id),
          })),
        ]),
    ...unusableItems('Cannot be used', unusable),
    ...unusableItems('For engines only', forEngines),
    separator('More'),
    ...(usable.some(({ product }) => product === 'TensorRT-RTX')
      ? []
      : [
          {
            label: `$(cloud-download) ${installTitle}`,
            description: 'into your user folder; works without a GPU',
            action: () => vscode.commands.executeCommand('tensorrt.installRtx'),
          },
        ]),
    {
      label: '$(folder-opened) Choose Folder…',
      description: 'that holds the TensorRT libraries',
      action: () => vscode.commands.executeCommand('tensorrt.addRuntimeFolder'),
    },
  ];
}

function unusableItems(label: string, runtimes: readonly RuntimeDescription[]): RuntimeItem[] {
  if (runtimes.length === 0) return [];
  return [
    separator(label),
    ...runtimes.map((runtime) => ({
      label: `$(circle-slash) ${runtimeName(runtime)}`,
      description: runtime.directory,
      detail: runtime.unusable ?? '',
      action: () => vscode.window.showWarningMessage(runtime.unusable ?? ''),
    })),
  ];
}

function separator(label: string): RuntimeItem {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}
