import type { Span } from '../syntax-tree.ts';

/**
 * Where the elements stand in the text `{1, 2, …}`. The syntax tree keeps no spans of single elements, as there are many and few
 * are asked for.
 */
export function elementSpans(text: string): readonly Span[] {
  const spans: Span[] = [];
  for (const match of text.matchAll(tokens)) {
    const [token] = match;
    if (!token.startsWith('#')) spans.push({ start: match.index, end: match.index + token.length });
  }
  return spans;
}

/** Comments, strings, and everything else that is no white space, comma or brace. */
const tokens = /#[^\n]*|"(?:[^"\\]|\\.)*"|[^\s,{}#"]+/gs;
