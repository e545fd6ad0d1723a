import type { Span } from '../syntax-tree.ts';

/**
 * Where the element of an index stands in the text `{1, 2, …}`; the syntax tree keeps no spans of single elements, as there are
 * many and few are asked for. Undefined where there is no such element.
 */
export function elementSpan(text: string, index: number): Span | undefined {
  tokens.lastIndex = 0;
  let commas = 0;
  for (let match = tokens.exec(text); match !== null; match = tokens.exec(text)) {
    const [token] = match;
    if (token.startsWith('#')) continue;
    if (token === ',') commas++;
    else if (commas === index) return { start: match.index, end: match.index + token.length };
    else if (commas > index) return undefined;
  }
  return undefined;
}

/** Comments, strings, commas, and everything else that is no white space or brace. */
const tokens = /#[^\n]*|"(?:[^"\\]|\\.)*"|,|[^\s,{}#"]+/gs;
