/** What can be asked for at a value of the main graph: its values at run time. For editors that have the commands. */
import type { CodeAction, CodeActionContext, Range } from 'vscode-languageserver-types';
import type { OnnxDocument } from './document.ts';
import { placeAt } from './elements.ts';
import { offsetAt } from './source-text.ts';
import { occurrencesOfValue, valueAt } from './values.ts';

export const debugActionKind = 'tensorrt.debug';

/** On the name of a value that a node computes. */
export function debugActions(
  document: OnnxDocument,
  range: Range,
  { only }: Pick<CodeActionContext, 'only'>,
): CodeAction[] {
  if (only && !only.some((kind) => debugActionKind === kind || debugActionKind.startsWith(`${kind}.`)))
    return [];
  const place = placeAt(document.tree, offsetAt(document.source, range.start));
  const value = place && valueAt(document, place);
  if (!value || value.scope.graphs.length > 0) return [];
  if (document.tree.declarations[value.scope.declaration]?.kind !== 'graph') return [];
  const { name } = value;
  const isComputed = occurrencesOfValue(document, value).some(({ role }) => role === 'node-output');
  if (!isComputed) return [];
  const action = (title: string, command: string): CodeAction => ({
    title,
    kind: debugActionKind,
    command: { title, command, arguments: [document.uri, [name]] },
  });
  return [
    action(`Show values of "${name}" at run time`, 'tensorrt.debugTensors'),
    action(`Mark "${name}" as debug tensor`, 'tensorrt.markDebugTensor'),
  ];
}
