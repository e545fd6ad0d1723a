/** What can be asked for at a value of the main graph, or of a function: its values at run time. For editors that have the commands. */
import type { CodeAction, CodeActionContext, Range } from 'vscode-languageserver-types';
import type { OnnxDocument } from './document.ts';
import { placeAt } from './elements.ts';
import { offsetAt } from './source-text.ts';
import { occurrencesOfValue, valueAt } from './values.ts';
import { namesInCalls } from './values-in-functions.ts';

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
  const { name, scope } = value;
  const isComputed = occurrencesOfValue(document, value).some(({ role }) => role === 'node-output');
  if (!isComputed) return [];
  const action = (title: string, command: string, names: readonly string[] | 'unfused'): CodeAction => ({
    title,
    kind: debugActionKind,
    command: { title, command, arguments: [document.uri, names] },
  });
  const show = (where: string, names: readonly string[]) =>
    action(`Show values of "${name}" at run time${where}`, 'tensorrt.debugTensors', names);
  if (document.tree.declarations[scope.declaration]?.kind !== 'graph') {
    const names = namesInCalls(document, scope.declaration, name);
    if (names.length === 0) return [];
    const where = ['', '', ', in both calls'][names.length] ?? `, in all ${names.length} calls`;
    return [show(where, names)];
  }
  return [
    show('', [name]),
    action(`Mark "${name}" as debug tensor`, 'tensorrt.markDebugTensor', [name]),
    action('Mark all unfused tensors as debug tensors', 'tensorrt.markDebugTensor', 'unfused'),
  ];
}
