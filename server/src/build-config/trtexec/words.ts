/** Command lines as a POSIX shell reads them, as far as it takes to find a command's arguments. Nothing is run or expanded. */

export interface Word {
  /** Without quotes and escapes. Variables and substitutions stay as written. */
  readonly text: string;
  /** Offsets in the source; the end is exclusive. */
  readonly start: number;
  readonly end: number;
  /** Whether a shell would put something else in place of a part of it. */
  readonly hasExpansion: boolean;
}

export interface CommandWords {
  readonly words: readonly Word[];
  /** Where the command ends: at an operator, a comment or a line's end that is not continued. */
  readonly end: number;
}

/** The words of the command that starts at `start`. */
export function commandWords(text: string, start = 0): CommandWords {
  const words: Word[] = [];
  let at = start;
  for (;;) {
    at = skipBlanks(text, at);
    at += forgottenContinuation.exec(text.slice(at, at + 1024))?.[0].length ?? 0;
    if (at >= text.length || isCommandEnd(text, at)) return { words, end: at };
    const redirection = /^\d*(>>?|<)(&\d)?/.exec(text.slice(at, at + 16));
    if (redirection) {
      at += redirection[0].length;
      if (redirection[2] === undefined) at = readWord(text, skipBlanks(text, at)).end;
      continue;
    }
    const word = readWord(text, at);
    if (word.end === at) return { words, end: at };
    words.push(word);
    at = word.end;
  }
}

/** Ends of lines that are continued: by a backslash, or on Windows a caret or backtick. */
const continuation = /^[\\^`][ \t]*(\r?\n)/;

/**
 * A line's end, or a comment and that, before a line that begins with a flag. A shell ends the command there and takes the flag
 * for another one, which nobody means: such lines were wrapped by a document, are folded YAML, or have a flag commented out.
 */
const forgottenContinuation =
  /^(?:#[^\n]*\r?\n[ \t]*|\r?\n[ \t]*)(?:#[^\n]*\r?\n[ \t]*)*(?=(?:--|[\u2013\u2014])[A-Za-z])/;

function skipBlanks(text: string, from: number): number {
  let at = from;
  for (;;) {
    const character = text[at];
    if (character === ' ' || character === '\t') {
      at++;
    } else {
      const continued = isContinuationStart(character) ? continuation.exec(text.slice(at, at + 64)) : null;
      if (!continued) return at;
      at += continued[0].length;
    }
  }
}

function isContinuationStart(character: string | undefined): boolean {
  return character === '\\' || character === '^' || character === '`';
}

function isCommandEnd(text: string, at: number): boolean {
  const character = text[at];
  return (
    character === '\n' ||
    character === '\r' ||
    character === '#' ||
    character === ';' ||
    character === '|' ||
    character === ')' ||
    (character === '&' && text[at + 1] !== '>')
  );
}

const endsWord = /[\s;|&<>)]/;

function readWord(text: string, start: number): Word {
  let at = start;
  let value = '';
  let hasExpansion = false;
  let isOfWindows = false;
  while (at < text.length) {
    const character = text[at] ?? '';
    if (endsWord.test(character)) break;
    if (isContinuationStart(character) && continuation.test(text.slice(at, at + 64))) {
      // A shell joins what is before and behind; people mean a blank.
      break;
    }
    if (character === "'") {
      const end = text.indexOf("'", at + 1);
      value += text.slice(at + 1, end < 0 ? text.length : end);
      at = end < 0 ? text.length : end + 1;
    } else if (character === '"') {
      const quoted = readDoubleQuoted(text, at + 1);
      value += quoted.value;
      hasExpansion ||= quoted.hasExpansion;
      at = quoted.end;
    } else if (character === '\\') {
      const isPath = /[A-Za-z0-9_.]/.test(text[at + 1] ?? '');
      isOfWindows ||= text[at - 1] === ':';
      if (isOfWindows && /\s/.test(text[at + 1] ?? ' ')) {
        value += character;
        at++;
        continue;
      }
      // `C:\models\a.onnx` loses its backslashes in a shell; who writes it does so for Windows.
      value += isPath ? `\\${text[at + 1]}` : (text[at + 1] ?? '');
      at += 2;
    } else if (character === '$' || character === '`' || character === '%') {
      const end = endOfExpansion(text, at);
      value += text.slice(at, end);
      hasExpansion ||= end > at + 1;
      at = end;
    } else {
      value += character;
      at++;
    }
  }
  return { text: value, start, end: at, hasExpansion };
}

function readDoubleQuoted(text: string, start: number) {
  let at = start;
  let value = '';
  let hasExpansion = false;
  while (at < text.length && text[at] !== '"') {
    const character = text[at] ?? '';
    if (character === '\\' && /["\\$`\n]/.test(text[at + 1] ?? '')) {
      value += text[at + 1] === '\n' ? '' : text[at + 1];
      at += 2;
    } else if (character === '$' || character === '`' || character === '%') {
      const end = endOfExpansion(text, at);
      value += text.slice(at, end);
      hasExpansion ||= end > at + 1;
      at = end;
    } else {
      value += character;
      at++;
    }
  }
  return { value, hasExpansion, end: Math.min(at + 1, text.length) };
}

/**
 * Behind `$NAME`, `${…}`, `$(…)`, backticks, `$<` of a makefile, `%NAME%` or `%~dp0` of a batch file; behind the character alone
 * where it begins none of them.
 */
function endOfExpansion(text: string, at: number): number {
  // Longer ones are none that somebody has written.
  const rest = text.slice(at, at + 512);
  const simple = /^\$(?:env:)?(?:[A-Za-z_]\w*|[0-9@*#?!$<^-]|\{[^}\n]*\})|^%(?:[A-Za-z_]\w*%|~[a-z]*\d)/.exec(
    rest,
  );
  if (simple) return at + simple[0].length;
  if (rest.startsWith('`')) {
    const end = rest.indexOf('`', 1);
    return at + (end < 0 ? 1 : end + 1);
  }
  if (!rest.startsWith('$(')) return at + 1;
  let depth = 0;
  for (let index = 1; index < rest.length; index++) {
    if (rest[index] === '(') depth++;
    else if (rest[index] === ')' && --depth === 0) return at + index + 1;
  }
  return at + 1;
}
