/** `markDebug` of a config with more tensors in it, and `markUnfusedTensorsAsDebugTensors`. */
import type { TextEdit } from 'vscode-languageserver-types';
import { scalarText } from '../../build-config/emit.ts';
import type { ConfigFile, ListNode, MapEntry } from '../../build-config/model.ts';

/**
 * Adds to the list that is there, in its own style, else writes one at the end of the file. Of builds that the file has, all have it.
 * Throws an error for people where the file has something else there.
 */
export function markDebugEdits({ root, text }: ConfigFile, tensors: readonly string[]): TextEdit[] {
  const entry = root?.entries.find(({ key }) => key.value === 'markDebug');
  const marked = entry ? namesIn(entry) : [];
  const added = tensors.filter((name) => !marked.includes(name)).map(scalarText);
  if (added.length === 0) return [];
  if (entry?.value.kind === 'list') return [addedToList(entry.value, added, text)];
  if (entry) {
    const all = [...marked.map(scalarText), ...added];
    return [{ range: entry.value.origin.range, newText: `[${all.join(', ')}]` }];
  }
  return [addedAtEnd(text, 'markDebug', `[${added.join(', ')}]`)];
}

/** The same for what fusions leave; none where it is marked. Throws an error for people. */
export function markUnfusedEdits({ root, text }: ConfigFile): TextEdit[] {
  const key = 'markUnfusedTensorsAsDebugTensors';
  const entry = root?.entries.find((each) => each.key.value === key);
  if (!entry) return [addedAtEnd(text, key, 'true')];
  const { value } = entry;
  return value.kind === 'scalar' && value.text === 'true'
    ? []
    : [{ range: value.origin.range, newText: 'true' }];
}

function addedAtEnd(text: string, key: string, value: string): TextEdit {
  if (/^\s*\{/.test(text)) {
    throw new Error(`This build config is written in braces. Add \`${key}\` to it by hand.`);
  }
  const lines = text.split('\n');
  const end = { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
  const lead = end.character === 0 ? '' : '\n';
  return { range: { start: end, end }, newText: `${lead}${key}: ${value}\n` };
}

/** A single name is a list of one. */
function namesIn({ value }: MapEntry): string[] {
  const nodes = value.kind === 'list' ? value.items : [value];
  return nodes.flatMap((node) => {
    if (node.kind !== 'scalar') throw new Error('`markDebug` is no list of names in this build config.');
    return node.value === null ? [] : [node.text];
  });
}

function addedToList({ items, origin }: ListNode, added: readonly string[], text: string): TextEdit {
  const last = items.at(-1);
  if (!last) return { range: origin.range, newText: `[${added.join(', ')}]` };
  const { start, end } = last.origin.range;
  const line = text.split('\n')[start.line] ?? '';
  const dash = /^(\s*)-\s+/.exec(line.slice(0, start.character));
  const newText = dash
    ? added.map((name) => `\n${dash[1]}- ${name}`).join('')
    : added.map((name) => `, ${name}`).join('');
  return { range: { start: end, end }, newText };
}
