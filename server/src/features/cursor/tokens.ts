/** The tokens of ONNX text up to a cursor, without a grammar: what half-typed statements still have. */

export interface Token {
  readonly kind: 'word' | 'string' | 'number' | 'comment' | 'punctuation';
  /** Absolute, in UTF-16 code units. */
  readonly start: number;
  readonly end: number;
  /** As written; a string without its quotes and escapes. */
  readonly text: string;
  /** False for a string or comment that goes on behind the end of what was read. */
  readonly closed: boolean;
}

/** A string without its closing quote ends with its line: a quote that was just typed swallows nothing. */
const pattern =
  /(?<blank>\s+)|(?<comment>#[^\r\n]*)|(?<string>"(?:\\[\s\S]|[^"\\])*")|(?<open>"[^\r\n]*)|(?<word>[A-Za-z_]\w*)|(?<number>[-+]?\.?\d(?:[eE][-+]|[\w.])*)|(?<punctuation>=>|[\s\S])/uy;

/** Tokens of `text` from `from` to `to`; text behind `to` is not looked at. */
export function tokensBetween(text: string, from: number, to: number): Token[] {
  const part = text.slice(from, to);
  const tokens: Token[] = [];
  pattern.lastIndex = 0;
  for (let match = pattern.exec(part); match; match = pattern.exec(part)) {
    const start = from + match.index;
    const end = start + match[0].length;
    const { blank, comment, string, open, word, number } = match.groups ?? {};
    const token = (kind: Token['kind'], written: string, closed = true): void => {
      tokens.push({ kind, start, end, text: written, closed });
    };
    if (word !== undefined) {
      token('word', word);
    } else if (string !== undefined) {
      token('string', unescaped(string.slice(1, -1)));
    } else if (open !== undefined) {
      token('string', unescaped(open.slice(1)), false);
    } else if (comment !== undefined) {
      token('comment', comment, end < to);
    } else if (number !== undefined) {
      token('number', number);
    } else if (blank === undefined) {
      token('punctuation', match[0]);
    }
  }
  return tokens;
}

function unescaped(text: string): string {
  return text.replace(/\\([\s\S])/gu, '$1');
}
