/** The pages of docs/, which come with the extension. Links of its own page in the editor lead to the network only. */
import * as vscode from 'vscode';
import type { Command } from './command.ts';

export const openDocumentation: Command = {
  id: 'tensorrt.openDocumentation',
  run: async ({ documentation }) => {
    const files = (await vscode.workspace.fs.readDirectory(documentation))
      .filter(([name]) => name.endsWith('.md'))
      .map(([name]) => vscode.Uri.joinPath(documentation, name));
    const pages = await Promise.all(files.map(async (uri) => ({ label: await headingOf(uri), uri })));
    const page = await vscode.window.showQuickPick(
      pages.toSorted((one, two) => one.label.localeCompare(two.label)),
      { placeHolder: 'Page to read' },
    );
    if (page) await vscode.commands.executeCommand('markdown.showPreview', page.uri);
  },
};

async function headingOf(page: vscode.Uri): Promise<string> {
  const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(page));
  return /^# (.*)$/m.exec(text)?.[1] ?? page.path;
}
