import * as vscode from 'vscode';

/** `onnx:/models/a.onnx` is the text form of the binary model `file:/models/a.onnx`. */
export const onnxScheme = 'onnx';

/** Whether `uri` is a model's file, or its text, rather than a revision of it elsewhere. */
export function isModelOnDisk({ scheme }: vscode.Uri): boolean {
  // A user may have associated the editor with `*.onnx` of any scheme.
  return scheme === 'file' || scheme === onnxScheme;
}

export function toTextUri(modelUri: vscode.Uri): vscode.Uri {
  return modelUri.with({ scheme: onnxScheme, query: '', fragment: '' });
}

export function toModelUri(textUri: vscode.Uri): vscode.Uri {
  return textUri.with({ scheme: 'file', query: '', fragment: '' });
}

/**
 * The model a command is about: the explorer's or tab's resource it was called with, else that of the active tab. Undefined
 * where that is no binary model on disk.
 */
export function modelOfCommand(resource: unknown): vscode.Uri | undefined {
  const uri = resource instanceof vscode.Uri ? resource : activeResource();
  if (uri?.scheme === onnxScheme) return toModelUri(uri);
  return uri?.scheme === 'file' && uri.path.toLowerCase().endsWith('.onnx') ? uri : undefined;
}

/** The resource of the active tab, whatever editor shows it. */
export function activeResource(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom) return input.uri;
  return vscode.window.activeTextEditor?.document.uri;
}
