import * as vscode from 'vscode';
import type { Command } from './command.ts';

/** Refactorings of the whole model, which VS Code shows under *Source Action…* only. */
export const nameNodes = sourceAction('tensorrt.nameNodes', 'source.nameNodes');
export const removeDeadCode = sourceAction('tensorrt.removeDeadCode', 'source.removeDeadCode');
export const foldConstants = sourceAction('tensorrt.foldConstants', 'source.foldConstants');
export const moveWeightsOut = sourceAction('tensorrt.moveWeightsOut', 'source.moveWeightsOut');
export const moveWeightsIn = sourceAction('tensorrt.moveWeightsIn', 'source.moveWeightsIn');

/** There is one for each version: VS Code lists them. */
export const changeOpset = sourceAction('tensorrt.changeOpset', 'source.changeOpset');

function sourceAction(id: string, kind: string): Command {
  return {
    id,
    run: async () => {
      if (vscode.window.activeTextEditor?.document.languageId !== 'onnx') {
        throw new Error('Open an ONNX model or its text first.');
      }
      await vscode.commands.executeCommand('editor.action.sourceAction', { kind, apply: 'ifSingle' });
    },
  };
}
