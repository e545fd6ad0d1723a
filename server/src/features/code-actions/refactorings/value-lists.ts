/** Initializers and value infos that have become superfluous. */
import type { TextChange } from '../../source-text.ts';
import type { ListedBody } from './bodies.ts';
import type { LiveBody } from './liveness.ts';
import { skipBlanksAndComments, withoutEntries, withoutStatement } from './removal.ts';

/** For each entry of the body's list: whether it is an initializer that nothing uses, or the value info of a value that is no more. */
export function deadValues({ inputs, outputs, values, nodes, liveNodes, used }: LiveBody): boolean[] {
  const kept = new Set([...inputs, ...outputs].map(({ declaration }) => declaration.name.name));
  const made = new Set(
    nodes.flatMap(({ node }) => (liveNodes.has(node) ? node.outputs.map(({ name }) => name) : [])),
  );
  const initialized = new Set(
    values.flatMap(({ declaration }) => (declaration.data ? [declaration.name.name] : [])),
  );
  return values.map(({ declaration: { name, data } }) => {
    if (kept.has(name.name)) {
      return false;
    }
    const isLiveInitializer = initialized.has(name.name) && used.has(name.name);
    return !isLiveInitializer && (data !== undefined || !made.has(name.name));
  });
}

/** The changes that take these entries out; a list of which nothing is left goes as a whole. */
export function withoutValues(
  text: string,
  { values, start }: ListedBody,
  isRemoved: readonly boolean[],
): TextChange[] {
  const last = values.at(-1);
  if (last && isRemoved.every(Boolean)) {
    return [withoutStatement(text, listAround(text, start, last.end), start)];
  }
  return withoutEntries(text, values, (index) => isRemoved[index] === true, start);
}

/** From the `<` of a list of values to behind its `>`. */
function listAround(text: string, start: number, lastEnd: number): { start: number; end: number } {
  let open = skipBlanksAndComments(text, start);
  while (text[open] !== undefined && text[open] !== '<') {
    open = skipBlanksAndComments(text, open + 1);
  }
  let close = skipBlanksAndComments(text, lastEnd);
  while (text[close] === ',') {
    close = skipBlanksAndComments(text, close + 1);
  }
  return { start: open, end: close + 1 };
}
