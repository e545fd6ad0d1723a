import * as character from './characters.ts';

/**
 * Finds the ends of strings, in time linear in the text however often it is asked: an unclosed string is looked at again and again,
 * and each time its end may be far.
 */
export class StringEnds {
  readonly #text: string;
  readonly #lineFeeds: Search = { character: '\n', from: 0, none: 0 };
  readonly #backslashes: Search = { character: '\\', from: 0, none: 0 };
  #quote = { from: 0, at: 0 };
  #lineFeed = { from: 0, at: -1 };

  constructor(text: string) {
    this.#text = text;
  }

  /**
   * The closing quote of a string that begins at `start`, behind its opening quote. -1 where it is not sure that the string is an
   * ordinary one: on one line, without backslashes, and nothing behind it that cannot be there.
   */
  ordinary(start: number): number {
    const text = this.#text;
    const end = text.indexOf('"', start);
    const isOrdinary =
      end >= 0 &&
      this.#limit(this.#lineFeeds, start) >= end &&
      this.#limit(this.#backslashes, start) >= end &&
      !character.continuesIdentifier(text.charCodeAt(end + 1));
    return isOrdinary ? end : -1;
  }

  /** The closing quote of any string, the length of the text where there is none. */
  closingQuote(start: number): number {
    // A string that begins inside the last one begins at an escaped quote of it, and so ends with it.
    if (start > this.#quote.from && start < this.#quote.at) {
      return this.#quote.at;
    }
    const text = this.#text;
    let at = start;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === character.quote) {
        break;
      }
      at += code === character.backslash ? 1 : 0;
    }
    this.#quote = { from: start, at: Math.min(at, text.length) };
    return this.#quote.at;
  }

  /** The next line feed, the length of the text where there is none. */
  lineEnd(start: number): number {
    if (start < this.#lineFeed.from || start > this.#lineFeed.at) {
      const at = this.#text.indexOf('\n', start);
      this.#lineFeed = { from: start, at: at < 0 ? this.#text.length : at };
    }
    return this.#lineFeed.at;
  }

  /** An offset before which there is none of a character, at or behind `start`: the next one, or as far as was looked. */
  #limit(search: Search, start: number): number {
    if (start < search.from || start >= search.none) {
      const found = this.#text.slice(start, start + searchWindow).indexOf(search.character);
      search.from = start;
      search.none = start + (found < 0 ? searchWindow : found);
    }
    return search.none;
  }
}

/**
 * Where a string without a closing quote probably ends, from its begin to the end of its line: before what statements have behind
 * strings, a blank and `=` or `(`, or `> (`; or before closing brackets at the end of the line. Undefined where there is none of
 * these.
 */
export function probableEnd(text: string, start: number, end: number): number | undefined {
  let wordEnd = start;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (character.isSpace(code)) {
      continue;
    }
    const isBehindWord = at > wordEnd;
    if (isBehindWord && code === character.equals) {
      return wordEnd;
    }
    if (code === character.openParenthesis) {
      if (wordEnd > start && text.charCodeAt(wordEnd - 1) === character.greater) {
        return wordEnd - 1;
      }
      if (isBehindWord) {
        return wordEnd;
      }
    }
    wordEnd = at + 1;
  }
  let trimmed = wordEnd;
  while (trimmed > start && ')]}>, \t'.includes(text.charAt(trimmed - 1))) {
    trimmed--;
  }
  return trimmed < wordEnd ? trimmed : undefined;
}

/** What is known of where a character is: not between `from` and `none`. */
interface Search {
  readonly character: string;
  from: number;
  none: number;
}

/** Enough that searching costs nothing, little enough for one keystroke. */
const searchWindow = 0x10000;
