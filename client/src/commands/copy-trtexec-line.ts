import * as vscode from 'vscode';
import { shellOfProgram } from '../../../server/src/build-config/trtexec/shells.ts';
import { trtexecVersions } from '../../../server/src/build-config/trtexec/versions.ts';
import { ToTrtexecRequest, type TrtexecCommandLine } from '../../../server/src/protocol.ts';
import type { Command } from './command.ts';

/** Puts the open build config on the clipboard as a command line of the trtexec version that the user picks, for the terminal's shell. */
export const copyTrtexecLine: Command = {
  id: 'tensorrt.copyTrtexecLine',
  run: async ({ client }) => {
    const document = vscode.window.activeTextEditor?.document;
    if (document?.languageId !== 'tensorrt-config') throw new Error('Open a build config (.trt.yaml) first.');
    const version = await vscode.window.showQuickPick([...trtexecVersions], {
      title: 'Copy as trtexec Line',
      placeHolder: 'For which version of TensorRT?',
    });
    if (version === undefined) return;
    const lines = await client.sendRequest(ToTrtexecRequest, {
      uri: client.code2ProtocolConverter.asUri(document.uri),
      version,
      // That of a terminal opened here, which is where the paths are, also of a remote window; empty where there is none.
      ...(vscode.env.shell !== '' && { shell: shellOfProgram(vscode.env.shell) }),
    });
    const chosen = await pick(lines);
    if (chosen === undefined) return;
    await vscode.env.clipboard.writeText(chosen.map(({ line }) => line).join('\n'));
    tell(chosen, version);
  },
};

async function pick(
  lines: readonly TrtexecCommandLine[],
): Promise<readonly TrtexecCommandLine[] | undefined> {
  const [first] = lines;
  if (first === undefined) throw new Error('The config has no builds: see its problems.');
  if (lines.length === 1) return lines;
  const items = [
    ...lines.map((line) => ({ label: line.build, lines: [line] })),
    { label: 'All', description: `${lines.length} lines`, lines },
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Copy as trtexec Line',
    placeHolder: 'Which build?',
  });
  return picked?.lines;
}

function tell(lines: readonly TrtexecCommandLine[], version: string): void {
  const notes = [...new Set(lines.flatMap((line) => line.notes))];
  const message = `Copied for trtexec ${version}.`;
  if (notes.length === 0) vscode.window.setStatusBarMessage(message, 5000);
  else void vscode.window.showWarningMessage([message, ...notes].join(' '));
}
