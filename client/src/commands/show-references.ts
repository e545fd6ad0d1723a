import * as vscode from 'vscode';
import type { Location } from 'vscode-languageclient/node';
import type { Command } from './command.ts';
import { isPosition } from './position.ts';

/** Behind the lenses that count calls: the server's locations as the editor's. It is in no menu. */
export const showReferences: Command = {
  id: 'tensorrt.showReferences',
  run: async ({ client }, ...[uri, position, locations]) => {
    if (typeof uri !== 'string' || !isPosition(position) || !Array.isArray(locations)) {
      return;
    }
    const convert = client.protocol2CodeConverter;
    await vscode.commands.executeCommand(
      'editor.action.showReferences',
      convert.asUri(uri),
      convert.asPosition(position),
      locations.map((location: Location) => convert.asLocation(location)),
    );
  },
};
