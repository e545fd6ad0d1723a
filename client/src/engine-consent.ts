import * as vscode from 'vscode';
import type { EngineNeeds, EngineTrust } from '../../server/src/engine-protocol.ts';
import { consentQuestions } from './engine-consent-text.ts';

/** Asks for what loading an engine takes, each by itself. Undefined where the user calls it off, or the workspace is not trusted. */
export async function consentToLoad(name: string, needs: EngineNeeds): Promise<EngineTrust | undefined> {
  if (!vscode.workspace.isTrusted) {
    const manage = 'Manage Workspace Trust';
    const answer = await vscode.window.showWarningMessage(
      'An engine is a program for the GPU, and this workspace is not trusted. Trust the workspace to load engines here.',
      manage,
    );
    if (answer === manage) await vscode.commands.executeCommand('workbench.trust.manage');
    return undefined;
  }
  const given: { hostCode?: boolean; plugins?: boolean } = {};
  for (const { about, message, detail, accept, decline } of consentQuestions(name, needs)) {
    const answers = decline === undefined ? [accept] : [accept, decline];
    const answer = await vscode.window.showWarningMessage(message, { modal: true, detail }, ...answers);
    if (answer === undefined) return undefined;
    given[about] = answer === accept;
  }
  return given;
}
