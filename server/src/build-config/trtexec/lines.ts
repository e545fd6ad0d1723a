/** trtexec's command lines in a text: a shell script, a document, or a log of trtexec. */
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
  /(?:^|[\s"'`(=])((?:"[^"\n]*?|'[^'\n]*?|[^\s"'`(=;|&<>]*?[/\\])?(?:trtexec|tensorrt_rtx)(?:\.exe)?["']?)(?=\s|$)/gm;

/** All of them, in order. A log tells its own line several times (RUNNING, PASSED); each is found. */
export function findTrtexecLines(text: string): TrtexecLine[] {
  const found: TrtexecLine[] = [];
  let searched = 0;
  for (const match of text.matchAll(program)) {
    const name = match[1] ?? '';
    const start = match.index + match[0].length - name.length;
    if (start < searched) continue;
    const log = logLine.exec(lineBefore(text, start));
    const line = log
      ? lineOfLog(text, start, start + name.length, log[1])
      : lineOfShell(text, start, start + name.length);
    // In a comment or in prose it is mentioned, not called; so is what follows in the same command.
    if (line.words.some(({ text: word }) => word.startsWith('-'))) found.push(line);
    searched = line.end;
  }
  return found;
}

/** What stands before an offset in its line; of a very long line, the end of that. */
function lineBefore(text: string, offset: number): string {
  const before = text.slice(Math.max(0, offset - 512), offset);
  return before.slice(before.lastIndexOf('\n') + 1);
}

function lineOfShell(text: string, start: number, from: number): TrtexecLine {
  const { words } = commandWords(text, from);
  return { start, end: words.at(-1)?.end ?? from, words };
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
  if (!/^--?[A-Za-z]/.test(text.slice(start))) return undefined;
  const { words } = commandWords(text, start);
  return words.every(({ text: word }) => word.startsWith('-'))
    ? { start, end: words.at(-1)?.end ?? start, words }
    : undefined;
}
