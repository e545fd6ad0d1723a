/** trtexec's command lines in a text: a shell script, a document, or a log of trtexec. */
import { lineOfDashes, lineOfList, listsWithoutProgram } from './lists.ts';
import { commandWords, type Word } from './words.ts';

export interface TrtexecLine {
  /** Offsets in the text: from the program's name (with its path) to the last argument. */
  readonly start: number;
  readonly end: number;
  /** Behind the program's name. */
  readonly words: readonly Word[];
  /** `10.15.0`, where a log says it. */
  readonly version?: string;
}

const logLine = /^.*?&&&& [A-Z]+ TensorRT\.\w+ (?:\[TensorRT v(\d+)\] )?(?:\[[^\]\n]*\] )?# /;
const program =
  /(?:^|[\s"'`(=!@>;&|[{])((?:"[^"\n]*?|'[^'\n]*?|[^\s"'`(=;|&<>!@[{]*?[/\\])?(?:trtexec|tensorrt_rtx)(?:\.exe)?["']?|["']?\$[{(]?\w*(?:TRTEXEC|trtexec)\w*[)}]?["']?)(?=[\s,]|$)/gm;

/** All of them, in order. A log tells its own line several times (RUNNING, PASSED); each is found. */
export function findTrtexecLines(text: string): TrtexecLine[] {
  const found: TrtexecLine[] = [];
  let searched = 0;
  for (const match of text.matchAll(program)) {
    const name = nameAlone(match[1] ?? '');
    const end = match.index + match[0].length;
    const start = end - name.length;
    if (start < searched) continue;
    const before = lineBefore(text, start);
    const log = logLine.exec(before);
    const line =
      text[end] === ','
        ? lineOfList(text, start, end)
        : log
          ? lineOfLog(text, start, end, log[1])
          : (lineOfDashes(text, start, end) ?? lineOfShell(text, start, end, openQuote(before)));
    // In a comment or in prose it is mentioned, not called; so is what follows in the same command.
    if (line.words.some(({ text: word }) => isFlag(word))) found.push(line);
    searched = line.end;
  }
  const lists = listsWithoutProgram(text).filter((list) =>
    found.every(({ start, end }) => list.end <= start || list.start >= end),
  );
  return lists.length === 0 ? found : [...found, ...lists].toSorted((a, b) => a.start - b.start);
}

/** Documents make a dash of two hyphens: `–onnx=model.onnx`. */
function isFlag(word: string): boolean {
  return /^[-\u2013\u2014]/.test(word);
}

/** The program of `"cd x && trtexec`, where the quote is that of the whole command. */
function nameAlone(name: string): string {
  const isOpen = /^["']/.test(name) && name.at(-1) !== name[0];
  return isOpen ? (/[^\s"'`(=;|&<>]*$/.exec(name)?.[0] ?? name) : name;
}

/** What stands before an offset in its line; of a very long line, the end of that. */
function lineBefore(text: string, offset: number): string {
  const before = text.slice(Math.max(0, offset - 512), offset);
  return before.slice(before.lastIndexOf('\n') + 1);
}

/** The quote that a text leaves open: of `bash -c "…`, of a string in a program, of code in a document. An apostrophe is none. */
function openQuote(text: string): string | undefined {
  let open: string | undefined;
  for (const { 0: quote, index } of text.matchAll(/["'`]/g)) {
    const before = text.slice(0, index);
    if (open === quote) {
      if (!before.endsWith('\\')) open = undefined;
    } else if (open === undefined && /(?:^|\W)[fFrRbBuU]{0,2}$/.test(before)) {
      open = quote;
    }
  }
  return open;
}

function lineOfShell(text: string, start: number, from: number, quote: string | undefined): TrtexecLine {
  const closing = quote === undefined ? -1 : closingQuote(text, from, quote);
  const { words } = commandWords(closing < 0 ? text : text.slice(0, closing), from);
  return {
    start,
    end: words.at(-1)?.end ?? from,
    // Quotes in a command in quotes are escaped, and so left in its words.
    words: closing < 0 ? words : words.map((word) => ({ ...word, text: word.text.replaceAll('"', '') })),
  };
}

function closingQuote(text: string, from: number, quote: string): number {
  const rest = text.slice(from, from + 65_536);
  const place = rest.search(new RegExp(`(?<!\\\\)${quote}`));
  return place < 0 ? -1 : from + place;
}

/** A log has the arguments as trtexec got them, joined by blanks: without quotes, and what follows none begins no flag. */
function lineOfLog(text: string, start: number, from: number, version: string | undefined): TrtexecLine {
  const lineEnd = /\r?\n|$/.exec(text.slice(from));
  const end = from + (lineEnd?.index ?? 0);
  const words: Word[] = [];
  for (const match of text.slice(from, end).matchAll(/\S+/g)) {
    const word = { text: match[0], start: from + match.index, end: from + match.index + match[0].length };
    const last = words.at(-1);
    if (last && !word.text.startsWith('-')) {
      words[words.length - 1] = { ...last, text: text.slice(last.start, word.end), end: word.end };
    } else {
      words.push({ ...word, hasExpansion: false });
    }
  }
  const dotted = version === undefined ? undefined : dottedVersion(Number(version));
  return { start, end: words.at(-1)?.end ?? from, words, ...(dotted !== undefined && { version: dotted }) };
}

/** 101500 is 10.15.0; up to 8.6, four digits: 8601 is 8.6.1. */
function dottedVersion(number: number): string {
  const [major, minor] = number < 10_000 ? [1000, 100] : [10_000, 100];
  return [Math.floor(number / major), Math.floor((number % major) / minor), number % minor].join('.');
}

/** The words of a text that is a trtexec line, with or without the program's name; undefined for any other text. */
export function trtexecLineOf(text: string): TrtexecLine | undefined {
  const [line] = findTrtexecLines(text);
  if (line) return line;
  const start = text.length - text.trimStart().length;
  if (!/^(?:--?|[\u2013\u2014])[A-Za-z]/.test(text.slice(start))) return undefined;
  const { words } = commandWords(text, start);
  return words.every(({ text: word }) => isFlag(word))
    ? { start, end: words.at(-1)?.end ?? start, words }
    : undefined;
}
