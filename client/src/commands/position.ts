import type { Position } from 'vscode-languageclient/node';

/** Arguments of commands come from the server as they are. */
export function isPosition(value: unknown): value is Position {
  return typeof value === 'object' && value !== null && 'line' in value && 'character' in value;
}
